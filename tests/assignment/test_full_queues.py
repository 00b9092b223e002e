"""Who is told that there is no place: judged once, when they come (C16)."""

from server.services.assignment.limits import JUST_CAME_S
from server.services.seats import AgentSeat
from storage.people import QueueRow
from storage.rows import ConversationRow
from tests.assignment.office import Office


async def is_full(office: Office, *rows: ConversationRow) -> list[bool]:
    return [(await office.row(row)).full_at is not None for row in rows]


async def taken_by(office: Office, seat: AgentSeat) -> ConversationRow:
    """The oldest of all, in somebody's hands, who takes no more."""
    row = await office.customer()
    await office.accepts(seat)
    await office.sets(seat, "busy")
    await office.clock.advance(1)
    return row


async def moves(office: Office, row: ConversationRow, by: AgentSeat, to: QueueRow) -> None:
    moved = await office.stores.transitions.transfer(
        row.id, by.agent_id, None, to.id, office.clock.now()
    )
    await office.moved(moved)


async def later(office: Office, seconds: float) -> None:
    await office.clock.advance(seconds)
    await office.turn()


async def test_c16_who_came_while_there_was_place_is_not_told_otherwise_by_who_is_handed_on(
    office: Office,
) -> None:
    ann = await office.agent("ann")
    other = await office.new_queue("other", length_max=2)
    oldest = await taken_by(office, ann)
    rows = [await office.customer(queue=other) for _ in range(2)]

    await moves(office, oldest, ann, other)
    await office.passes(2)

    assert await is_full(office, oldest, *rows) == [False, False, False]


async def test_c16_who_comes_back_from_an_agent_takes_no_place_of_who_comes_anew(
    office: Office,
) -> None:
    ann = await office.agent("ann")
    other = await office.new_queue("other", length_max=2)
    oldest = await taken_by(office, ann)
    await moves(office, oldest, ann, other)

    rows = [await office.customer(queue=other) for _ in range(3)]

    assert await is_full(office, oldest, *rows) == [False, False, False, True]


async def test_c16_who_came_before_the_limit_was_lowered_is_not_told(office: Office) -> None:
    await office.sets_queue(length_max=3)
    rows = [await office.customer() for _ in range(3)]

    await office.sets_queue(length_max=1)
    await office.customer(queue=await office.new_queue("other"))
    new = await office.customer()

    assert await is_full(office, *rows, new) == [False, False, False, True]


async def test_c16_nor_when_another_node_takes_over(office: Office) -> None:
    await office.sets_queue(length_max=3)
    rows = [await office.customer() for _ in range(3)]
    await later(office, JUST_CAME_S + 1)
    await office.sets_queue(length_max=1)
    await office.node.host.retire()

    other = office.another_node()
    late = await office.customer(node=other, turn=False)
    await office.turn(other)

    assert await is_full(office, *rows, late) == [False, False, False, True]
