"""Capacity in units, limits of queues, and who they let through (A12-A15, A17)."""

from tests.assignment.nodes import counted
from tests.assignment.office import Office


async def test_a12_raising_the_agents_limit_assigns_who_waits(office: Office) -> None:
    await office.sets_queue(per_agent_max=2)
    ann = await office.agent("ann", capacity=1)
    await office.customer()
    await office.accepts(ann)
    waiting = await office.customer()
    assert len(office.offered(ann)) == 1

    await office.change(ann, capacity=2)

    assert office.offered(ann)[-1] == waiting.id


async def test_a13_a_limit_that_is_reached_counts_in_every_queue(office: Office) -> None:
    ann = await office.agent("ann", capacity=2)
    other = await office.new_queue("other")
    for _ in range(2):
        await office.customer()
        await office.accepts(ann)
    waiting = await office.customer(queue=other)
    assert len(office.offered(ann)) == 2
    await office.change(ann, capacity=3)
    assert office.offered(ann)[-1] == waiting.id


async def test_a14_lifting_the_queues_limit_assigns_who_waits(office: Office) -> None:
    ann = await office.agent("ann", capacity=9)
    narrow = await office.new_queue("narrow", per_agent_max=2)
    for _ in range(2):
        await office.customer(queue=narrow)
        await office.accepts(ann)
    waiting = await office.customer(queue=narrow)
    assert waiting.id not in office.offered(ann)
    beside = await office.customer()
    assert office.offered(ann)[-1] == beside.id, "other queues are not held up"
    await office.passes(12)
    assert counted(office.node, "swept_total") == 0

    await office.sets_queue(narrow, per_agent_max=None)

    assert office.offered(ann)[-1] == waiting.id


async def test_a14_a_freed_place_in_a_limited_queue_goes_to_the_next(office: Office) -> None:
    ann = await office.agent("ann", capacity=9)
    narrow = await office.new_queue("narrow", per_agent_max=1)
    first = await office.customer(queue=narrow)
    second, third = [await office.customer(queue=narrow) for _ in range(2)]
    await office.accepts(ann)
    assert office.offered(ann) == [first.id]

    await office.resolves(ann, first)

    assert office.offered(ann) == [first.id, second.id]
    assert third.id not in office.offered(ann)


async def test_a15_who_holds_more_than_their_lowered_limit_gets_nothing(office: Office) -> None:
    ann = await office.agent("ann", capacity=8)
    rows = [await office.customer() for _ in range(8)]
    for index in range(8):
        await office.accepts(ann, index)
    await office.change(ann, capacity=4)
    waiting = await office.customer()
    for row in rows[:4]:
        await office.resolves(ann, row)
    assert waiting.id not in office.offered(ann)
    await office.resolves(ann, rows[4])
    assert office.offered(ann)[-1] == waiting.id


async def test_a17_a_call_waits_until_all_its_units_are_free(office: Office) -> None:
    ann = await office.agent("ann", capacity=10)
    calls = await office.new_queue("calls", units=10)
    mails = await office.new_queue("mails", units=1)
    mail = await office.customer(queue=mails)
    await office.accepts(ann)

    call = await office.customer(queue=calls)
    assert call.id not in office.offered(ann)
    chat = await office.customer(queue=await office.new_queue("chats", units=2))
    assert office.offered(ann)[-1] == chat.id, "what fits is not held up by what does not"
    await office.accepts(ann)
    assert await office.slots(ann) == 3

    await office.resolves(ann, mail)
    assert call.id not in office.offered(ann)
    await office.resolves(ann, chat)

    assert office.offered(ann)[-1] == call.id
    await office.accepts(ann)
    assert await office.slots(ann) == 10
    await office.customer(queue=mails)
    await office.passes(8)
    assert len(office.offered(ann)) == 3
    assert counted(office.node, "swept_total") == 0


async def test_p6_who_has_two_hands_free_at_once_takes_whose_turn_it_is(office: Office) -> None:
    ann = await office.agent("ann", capacity=2)
    wide = await office.new_queue("wide", units=2)
    asks = await office.skill("x", 3, ((20, 0),))
    late = await office.new_queue("late", skills=(asks,))
    missed = await office.customer()
    needs_both = await office.customer(queue=wide)
    needs_one = await office.customer(queue=late)
    assert office.offered(ann) == [missed.id]

    await office.clock.advance(31)  # nobody did anything meanwhile: much is over at once
    await office.node.presence.renew()
    await office.turn()

    assert office.offered(ann) == [missed.id, needs_both.id]
    assert needs_one.id not in office.offered(ann)
