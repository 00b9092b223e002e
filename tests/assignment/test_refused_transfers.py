"""Whom nothing can be handed to: at once or after asking, the refusal is the same (C8, P9)."""

import pytest

from server.protocol.errors import Conflict
from server.services.seats import AgentSeat
from storage.rows import ConversationRow
from tests.assignment.office import Office
from tests.assignment.people import People


async def refused(
    office: Office, row: ConversationRow, by: AgentSeat, to: AgentSeat, *, warm: bool
) -> tuple[str | None, object]:
    """Hand it over in vain; return the field at fault and the reason. It stays with the sender."""
    people = People(office)
    hands = people.asks if warm else people.hands
    with pytest.raises(Conflict) as refusal:
        await hands(by, row, to)
    await office.turn()
    assert (await office.row(row)).agent_id == by.agent_id
    return refusal.value.field, refusal.value.details["reason"]


@pytest.mark.parametrize("warm", [False, True])
async def test_who_holds_as_many_as_the_queue_allows_is_handed_no_more(
    office: Office, *, warm: bool
) -> None:
    await office.sets_queue(per_agent_max=1)
    ann = await office.agent("ann", capacity=3)
    row = await office.customer()
    await office.accepts(ann)
    bob = await office.agent("bob", capacity=3)
    await office.customer()
    await office.accepts(bob)
    other = await office.new_queue("other")
    beside = await office.customer(queue=other)
    await office.accepts(ann if beside.id in office.offered(ann) else bob)

    assert await refused(office, row, ann, bob, warm=warm) == ("to.agent", "at_capacity")


async def test_what_they_hold_of_other_queues_is_no_hindrance(office: Office) -> None:
    other = await office.new_queue("other", per_agent_max=1)
    bob = await office.agent("bob", capacity=3)
    await office.customer()
    await office.accepts(bob)
    await office.sets(bob, "busy")
    ann = await office.agent("ann", capacity=3)
    row = await office.customer(queue=other)
    await office.accepts(ann)
    await office.sets(bob, "available")

    await People(office).hands(ann, row, bob)
    await office.turn()

    assert office.offered(bob)[-1] == row.id


@pytest.mark.parametrize("warm", [False, True])
async def test_p9_who_is_not_available_or_has_no_room_is_named_as_the_fault(
    office: Office, *, warm: bool
) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    await office.accepts(ann)
    bob = await office.agent("bob")
    await office.sets(bob, "busy")
    assert await refused(office, row, ann, bob, warm=warm) == ("to.agent", "unready")

    await office.sets(bob, "available")
    await office.customer()
    await office.accepts(bob)
    assert await refused(office, row, ann, bob, warm=warm) == ("to.agent", "at_capacity")


async def test_p9_while_somebody_is_being_asked_another_is_named_as_the_fault(
    office: Office,
) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    await office.accepts(ann)
    bob, cas = await office.agent("bob"), await office.agent("cas")
    await People(office).asks(ann, row, bob)

    assert await refused(office, row, ann, cas, warm=True) == ("to.agent", "asked_already")
