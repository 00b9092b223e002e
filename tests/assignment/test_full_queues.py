"""Who is told that there is no place: judged once, when they come (C16), in open hours (C15)."""

from server.services.assignment.limits import JUST_CAME_S
from server.services.seats import AgentSeat
from storage.people import QueueRow
from storage.rows import ConversationRow
from tests.assignment.office import Office

# It is a Monday, 9:00 in the shop; it closes at 9:10, and opens again the next day at 8:00.
BRIEF = {"weekly": {"1": [["08:00", "09:10"]], "2": [["08:00", "18:00"]]}}
UNTIL_TOMORROW_AT_8_S = 23 * 3600


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


async def test_c15_while_the_shop_is_closed_nobody_waits_too_long(office: Office) -> None:
    await office.sets_shop(hours=BRIEF)
    await office.sets_queue(wait_max_s=900)
    row = await office.customer()
    await later(office, 600)  # it closes
    await later(office, 3600)
    assert await is_full(office, row) == [False]

    await later(office, UNTIL_TOMORROW_AT_8_S - 4200 + 299)
    assert await is_full(office, row) == [False], "4:59 of this morning, and 10 min of yesterday"

    await later(office, 1)
    assert await is_full(office, row) == [True]


async def test_c15_a_queues_own_hours_count_for_those_who_wait_there(office: Office) -> None:
    night = await office.new_queue("night", wait_max_s=60)
    day = await office.new_queue("day", wait_max_s=60)
    await office.sets_shop(
        hours={"weekly": {"1": [["08:00", "18:00"]]}},
        plans=[{"name": "Nights", "weekly": {"1": [["20:00", "26:00"]]}, "queues": ["night"]}],
    )
    rows = [await office.customer(queue=queue) for queue in (night, day)]

    await later(office, 60)
    assert await is_full(office, *rows) == [False, True]

    await later(office, 11 * 3600 - 60 + 59)
    assert await is_full(office, *rows) == [False, True]
    await later(office, 1)
    assert await is_full(office, *rows) == [True, True]


async def test_c15_the_host_looks_again_when_somebody_will_have_waited_too_long(
    office: Office,
) -> None:
    await office.sets_shop(hours=BRIEF)
    await office.sets_queue(wait_max_s=660)
    await office.customer()
    watch, opens = office.node.watch, office.clock.now().timestamp() + UNTIL_TOMORROW_AT_8_S
    board, _ = await office.node.library.read(office.shop.id, None)
    assert board is not None
    due = watch.next_due(board)
    assert due is not None
    assert abs(due - (opens + 60)) < 0.001


async def test_c15_hours_that_change_while_somebody_waits_count_from_then_on(
    office: Office,
) -> None:
    await office.sets_shop(hours={"weekly": {"2": [["08:00", "18:00"]]}})
    await office.sets_queue(wait_max_s=60)
    row = await office.customer()
    await office.passes(90)
    assert await is_full(office, row) == [False]

    await office.sets_shop(hours=None)

    assert await is_full(office, row) == [True], "open round the clock, they have waited"
