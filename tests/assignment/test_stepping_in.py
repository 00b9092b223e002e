"""Supervisors give conversations to people and say who goes first."""

from dataclasses import replace
from uuid import UUID

import pytest

from server.protocol.errors import Conflict, Forbidden, Invalid, NotFound
from server.protocol.events import OfferEnded as Ended
from server.protocol.shapes import AgentConversation
from server.services.seats import AgentSeat
from storage import errors as stored
from storage.rows import ConversationRow, EventRow
from tests.assignment.office import Office, seat_row, together
from tests.assignment.people import People


@pytest.fixture
async def lead(office: Office) -> AgentSeat:
    """Hire somebody who leads, and takes no conversations."""
    seat = await office.agent("lea")
    await office.node.statuses.set(seat, "away")
    return replace(seat, role="supervisor")


@pytest.fixture
def people(office: Office) -> People:
    return People(office)


async def event(office: Office, row: ConversationRow, kind: str) -> list[EventRow]:
    return [each for each in await office.stores.conversations.events(row.id) if each.kind == kind]


def reasons(office: Office, seat: AgentSeat) -> list[tuple[str, str | None]]:
    return [(end.reason, end.by) for end in office.endings(seat) if isinstance(end, Ended)]


async def test_a18_a_supervisor_may_assign_beyond_the_capacity_and_it_is_written_down(
    office: Office, people: People, lead: AgentSeat
) -> None:
    ann = await office.agent("ann", capacity=1)
    await office.customer()
    await office.accepts(ann)
    row = await office.customer()

    view = await people.assigns(lead, row, ann, "Only Ann speaks Danish")

    assert (view.state, view.agent and view.agent.name) == ("active", "ann")
    assert await office.slots(ann) == 2
    [written] = await event(office, row, "assigned")
    assert written.actor_id == lead.agent_id
    assert written.data == {
        "agent": str(ann.agent_id),
        "reason": "Only Ann speaks Danish",
        "over": True,
    }
    assert [each.notice for each in await office.stores.messages.last(row.id, 5)] == [
        None,
        "agent_joined",
    ]
    [note] = await office.stores.messages.last(row.id, 5, private=True)
    assert (note.sender_name, note.text) == ("lea", "Only Ann speaks Danish")
    await office.customer()
    assert len(office.offers(ann)) == 1  # nothing more is offered to who is over


async def test_a18_with_room_nobody_is_over(
    office: Office, people: People, lead: AgentSeat
) -> None:
    ann = await office.agent("ann", capacity=2)
    await office.sets(ann, "busy")
    row = await office.customer()

    await people.assigns(lead, row, ann)
    await office.turn()

    [written] = await event(office, row, "assigned")
    assert written.data["over"] is False
    assert (await office.row(row)).waiting_ms == 0


async def test_a18_as_many_places_are_taken_as_the_queue_says(
    office: Office, people: People, lead: AgentSeat
) -> None:
    heavy = await office.new_queue("heavy")
    await office.stores.queues.update(office.shop.id, heavy.id, {"units": 2})
    ann = await office.agent("ann", capacity=3)
    await office.sets(ann, "busy")
    first, second = [await office.customer(queue=heavy) for _ in range(2)]

    await people.assigns(lead, first, ann)
    assert await office.slots(ann) == 2
    await people.assigns(lead, second, ann)

    assert await office.slots(ann) == 4  # 4 of 3
    assert (await event(office, first, "assigned"))[0].data["over"] is False
    assert (await event(office, second, "assigned"))[0].data["over"] is True
    loads = await office.stores.stepping_in.loads(office.shop.id)
    assert loads == {ann.agent_id: 4}
    await office.resolves(ann, second)
    assert await office.slots(ann) == 2


async def test_a18_who_was_asked_already_keeps_the_places_that_the_offer_took(
    office: Office, people: People, lead: AgentSeat
) -> None:
    ann = await office.agent("ann", capacity=3)
    row = await office.customer()
    assert office.offered(ann) == [row.id]
    await office.sets_queue(units=2)

    await people.assigns(lead, row, ann)

    assert await office.slots(ann) == 1


async def test_of_several_who_are_asked_all_others_are_asked_no_more(
    office: Office, people: People, lead: AgentSeat
) -> None:
    wide = await office.new_queue("wide")
    await office.stores.queues.update(office.shop.id, wide.id, {"offers_at_once": 3})
    ann, bob, cas = [await office.agent(name) for name in ("ann", "bob", "cas")]
    row = await office.customer(queue=wide)
    assert [office.offered(each) for each in (ann, bob, cas)] == [[row.id]] * 3

    await people.assigns(lead, row, bob)
    await office.turn()

    assert reasons(office, ann) == reasons(office, cas) == [("rescinded", "bob")]
    assert [await office.slots(each) for each in (ann, bob, cas)] == [0, 1, 0]


@pytest.mark.parametrize("reason", ["  ", " a ", "ab"])
async def test_a18_a_reason_is_needed(
    office: Office, people: People, lead: AgentSeat, reason: str
) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    with pytest.raises(Invalid):
        await people.assigns(lead, row, ann, reason)


async def test_only_who_leads_may_step_in(office: Office, people: People) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    with pytest.raises(Forbidden):
        await people.assigns(ann, row, ann)
    with pytest.raises(Forbidden):
        await people.prioritizes(ann, row, 5)


async def test_p10_nobody_steps_in_elsewhere(
    office: Office, people: People, lead: AgentSeat
) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    other = await office.stores.shops.create("other", "Other", "secret")
    eve = replace(lead, shop_id=other.id)

    with pytest.raises(NotFound):
        await people.assigns(eve, row, ann)
    with pytest.raises(NotFound):
        await people.prioritizes(eve, row, 9)
    with pytest.raises(NotFound):
        await people.assigns(lead, row, replace(ann, agent_id=row.id))


async def test_nothing_is_parked_on_who_is_not_here(
    office: Office, people: People, lead: AgentSeat
) -> None:
    ghost = await office.agent("ghost", is_here=False)
    row = await office.customer()
    with pytest.raises(Conflict) as refusal:
        await people.assigns(lead, row, ghost)
    assert (refusal.value.field, refusal.value.details["reason"]) == ("agent", "offline")


async def test_an_offer_to_somebody_else_is_rescinded_and_they_learn_who(
    office: Office, people: People, lead: AgentSeat
) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    bob = await office.agent("bob")

    await people.assigns(lead, row, bob)
    await office.turn()

    assert reasons(office, ann) == [("rescinded", "bob")]
    assert await office.slots(ann) == 0
    with pytest.raises(stored.Taken) as refusal:
        await office.accepts(ann)
    assert refusal.value.agent_name == "bob"
    late = await office.customer()
    assert office.offered(ann) == [row.id, late.id]  # her place is free again


async def test_who_had_it_keeps_nothing_and_their_time_is_counted(
    office: Office, people: People, lead: AgentSeat
) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    await office.accepts(ann)
    bob = await office.agent("bob")
    await office.clock.advance(40)

    await people.assigns(lead, row, bob, "Ann goes home")
    await office.turn()

    now = await office.row(row)
    assert (now.agent_id, now.handle_ms, now.queued_at) == (bob.agent_id, 40_000, row.queued_at)
    assert (await seat_row(office, ann)).idle_since == office.clock.now()
    assert (await office.slots(ann), await office.slots(bob)) == (0, 1)
    [written] = await event(office, row, "assigned")
    assert written.data["from"] == str(ann.agent_id)
    await office.clock.advance(2)
    await office.resolves(bob, row)
    assert (await office.row(row)).handle_ms == 42_000


async def test_who_is_offered_it_and_is_given_it_needs_no_second_place(
    office: Office, people: People, lead: AgentSeat
) -> None:
    ann = await office.agent("ann")
    row = await office.customer()

    await people.assigns(lead, row, ann)

    assert await office.slots(ann) == 1
    [written] = await event(office, row, "assigned")
    assert written.data["over"] is False


async def test_a7_who_is_given_it_when_their_offer_is_over_has_not_accepted_it(
    office: Office, people: People, lead: AgentSeat
) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    [offer] = office.offers(ann)
    seconds = (offer.expires_at - office.clock.now()).total_seconds()
    await office.clock.advance(seconds)  # and nobody has noticed yet
    await people.assigns(lead, row, ann)

    assert (await office.row(row)).agent_id == ann.agent_id
    ends = await office.db.fetch("SELECT end_reason FROM offer")
    assert [end["end_reason"] for end in ends] == ["timed_out"]


async def test_the_same_assignment_twice_is_one(
    office: Office, people: People, lead: AgentSeat
) -> None:
    ann = await office.agent("ann")
    row = await office.customer()

    both = await together(people.assigns(lead, row, ann), people.assigns(lead, row, ann))

    assert all(isinstance(each, AgentConversation) for each in both)
    assert len(await event(office, row, "assigned")) == 1
    assert await office.slots(ann) == 1


async def test_a20_of_an_accept_and_an_assignment_on_two_nodes_exactly_one_wins(
    office: Office, lead: AgentSeat
) -> None:
    other = People(office, office.another_node())
    ann = await office.agent("ann", capacity=25)
    bob = await office.agent("bob", capacity=25)
    for _ in range(20):
        row = await office.customer()
        holder = ann if row.id in office.offered(ann) else bob
        rival = bob if holder is ann else ann
        card = next(each for each in office.offers(holder) if each.conversation.id == str(row.id))
        seen = await office.row(row)

        accepted, assigned = await together(
            office.node.desk.accept(holder, UUID(card.offer)),
            other.assigns(lead, row, rival, epoch=seen.epoch),
        )

        now = await office.row(row)
        if isinstance(assigned, stored.Taken):
            assert isinstance(accepted, AgentConversation)
            assert (now.agent_id, assigned.agent_id) == (holder.agent_id, holder.agent_id)
        else:
            assert isinstance(accepted, stored.Taken)
            assert (now.agent_id, accepted.agent_id) == (rival.agent_id, rival.agent_id)
        kinds = [each.kind for each in await office.stores.conversations.events(row.id)]
        assert kinds.count("accepted") + kinds.count("assigned") == 1
        await office.turn()
    assert await office.slots(ann) + await office.slots(bob) == 20


async def test_a20_two_supervisors_at_once_and_one_of_them_is_told_who_has_it(
    office: Office, people: People, lead: AgentSeat
) -> None:
    other = People(office, office.another_node())
    ann, bob = await office.agent("ann"), await office.agent("bob")
    row = await office.customer()
    seen = (await office.row(row)).epoch

    outcomes = await together(
        people.assigns(lead, row, ann, epoch=seen), other.assigns(lead, row, bob, epoch=seen)
    )

    assert sorted(type(each).__name__ for each in outcomes) == ["AgentConversation", "Taken"]
    assert await office.slots(ann) + await office.slots(bob) == 1
    assert len(await event(office, row, "assigned")) == 1


async def test_what_is_over_is_given_to_nobody(
    office: Office, people: People, lead: AgentSeat
) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    await office.accepts(ann)
    await office.resolves(ann, row)
    with pytest.raises(stored.Gone):
        await people.assigns(lead, row, ann)
    with pytest.raises(stored.Gone):
        await people.prioritizes(lead, row, 3)


async def test_b15_a_raised_priority_reorders_and_each_who_waits_is_told_once(
    office: Office, people: People, lead: AgentSeat
) -> None:
    first, second, third = [await office.customer() for _ in range(3)]
    await office.passes(2)
    assert [office.position(each) for each in (first, second, third)] == [1, 2, 3]
    told = {each.id: len(list(office.told(each))) for each in (first, second)}

    view = await people.prioritizes(lead, third, 5, reason="A wedding tomorrow")
    await office.turn()
    await office.passes(2)

    assert view.priority == 5
    assert [office.position(each) for each in (third, first, second)] == [1, 2, 3]
    for each in (first, second):
        assert len(list(office.told(each))) == told[each.id] + 1
    [written] = await event(office, third, "prioritized")
    assert written.actor_id == lead.agent_id
    assert written.data == {
        "priority": 5,
        "was": 0,
        "emergency": False,
        "reason": "A wedding tomorrow",
    }
    ann = await office.agent("ann")
    await office.turn()
    assert office.offered(ann) == [third.id]


async def test_b15_an_emergency_goes_before_every_priority(
    office: Office, people: People, lead: AgentSeat
) -> None:
    first, second = [await office.customer() for _ in range(2)]
    await office.passes(2)
    await people.prioritizes(lead, first, 10)
    await people.prioritizes(lead, second, 0, emergency=True, reason="Chest pain")
    await office.turn()
    await office.passes(2)

    assert [office.position(each) for each in (second, first)] == [1, 2]
    ann = await office.agent("ann")
    await office.turn()
    assert office.offered(ann) == [second.id]


async def test_b15_the_same_priority_again_is_no_event(
    office: Office, people: People, lead: AgentSeat
) -> None:
    row = await office.customer()
    await people.prioritizes(lead, row, 4, emergency=True)
    again = await people.prioritizes(lead, row, 4)
    assert (again.priority, again.emergency) == (4, True)
    assert len(await event(office, row, "prioritized")) == 1
