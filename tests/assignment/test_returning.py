"""Customers who come again: their last agent is asked first, if ready (C6, B12)."""

from server.services.seats import AgentSeat
from storage.rows import ConversationRow
from tests.assignment.office import Office


async def served(office: Office, seat: AgentSeat) -> ConversationRow:
    row = await office.customer()
    await office.accepts(seat)
    await office.resolves(seat, row)
    return row


async def test_c6_a_returning_customer_waits_a_little_for_their_last_agent(office: Office) -> None:
    ann = await office.agent("ann")
    before = await served(office, ann)
    busy = await office.customer()
    await office.accepts(ann)
    bob = await office.agent("bob")

    again = await office.customer(again=before)
    assert office.offered(bob) == [], "ann is here, though busy"
    await office.resolves(ann, busy)
    assert office.offered(ann)[-1] == again.id


async def test_c6_but_not_for_long(office: Office) -> None:
    await office.sets_queue(sticky_s=20)
    ann = await office.agent("ann")
    before = await served(office, ann)
    await office.customer()
    await office.accepts(ann)
    bob = await office.agent("bob")
    again = await office.customer(again=before)
    await office.passes(18)
    assert office.offered(bob) == []
    await office.passes(3)
    assert office.offered(bob) == [again.id]


async def test_c6_nor_for_somebody_who_is_not_ready(office: Office) -> None:
    ann = await office.agent("ann")
    before = await served(office, ann)
    await office.sets(ann, "away")
    bob = await office.agent("bob")
    again = await office.customer(again=before)
    assert office.offered(bob) == [again.id]


async def test_c6_a_queue_may_forgo_it(office: Office) -> None:
    await office.sets_queue(sticky_s=0)
    ann = await office.agent("ann")
    before = await served(office, ann)
    await office.customer()
    await office.accepts(ann)
    bob = await office.agent("bob")
    again = await office.customer(again=before)
    assert office.offered(bob) == [again.id]


async def test_b13_where_it_is_turned_off_whom_they_know_is_like_any_other(office: Office) -> None:
    await office.sets_queue(sticky_s=0)
    bob = await office.agent("bob")
    await office.sets(bob, "busy")
    ann = await office.agent("ann")
    before = await served(office, ann)
    await office.sets(bob, "available")
    await office.clock.advance(9)

    again = await office.customer(again=before)

    assert office.offered(bob) == [again.id], "who has been free for longer, not whom they know"
    why = office.offers(bob)[-1].why
    assert why is not None
    assert why.facts["decided_by"] != "last_agent"


async def test_b13_what_is_turned_off_counts_for_those_who_wait_already(office: Office) -> None:
    ann = await office.agent("ann")
    before = await served(office, ann)
    busy = await office.customer()
    await office.accepts(ann)
    bob = await office.agent("bob")
    again = await office.customer(again=before)
    assert office.offered(bob) == [], "ann is here, though busy"

    await office.sets_queue(sticky_s=0)

    assert office.offered(bob) == [again.id]
    await office.resolves(ann, busy)
    assert again.id not in office.offered(ann)
