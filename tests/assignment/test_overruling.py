"""Supervisors take over, let wait again, end, and set a status: slots, ages, words are right."""

from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest

from server.protocol.errors import Forbidden, Invalid, NotFound
from server.protocol.events import StatusChanged
from server.services.seats import AgentSeat
from storage import errors as stored
from storage.rows import ConversationRow, EventRow, NewConversation
from storage.step_ins import StepInRow
from tests.assignment.leads import Leads
from tests.assignment.office import Office, seat_row, together
from tests.assignment.people import People


@pytest.fixture
async def lead(office: Office) -> AgentSeat:
    """Hire somebody who leads, and takes no conversations."""
    seat = await office.agent("lea", capacity=1)
    await office.node.statuses.set(seat, "away")
    return replace(seat, role="supervisor")


@pytest.fixture
def leads(office: Office) -> Leads:
    return Leads(office)


async def in_hand(office: Office, seat: AgentSeat) -> ConversationRow:
    """Let somebody have a conversation in hand."""
    row = await office.customer()
    assert await office.accepts(seat) == row.id
    return await office.row(row)


async def event(office: Office, row: ConversationRow, kind: str) -> EventRow:
    [found] = [
        each for each in await office.stores.conversations.events(row.id) if each.kind == kind
    ]
    return found


async def written(office: Office, *kinds: str) -> list[StepInRow]:
    """Return what is in the record, the newest first."""
    found = await office.stores.step_ins.page(office.shop.id, None, office.clock.now(), 100)
    return [each for each in found if not kinds or each.kind in kinds]


async def notices(office: Office, row: ConversationRow) -> list[tuple[str | None, str | None]]:
    """Return what the customer was told, in order."""
    messages = await office.stores.messages.last(row.id, 100)
    return [(each.notice, each.sender_name) for each in messages if each.notice]


async def notes(office: Office, row: ConversationRow) -> list[tuple[str | None, str]]:
    found = await office.stores.messages.last(row.id, 100, private=True)
    return [(each.sender_name, each.text) for each in found]


async def test_who_takes_over_has_it_and_its_slot_and_everybody_is_told(
    office: Office, lead: AgentSeat
) -> None:
    ann, people = await office.agent("ann"), People(office)
    row = await in_hand(office, ann)

    view = await people.assigns(lead, row, lead, "The customer is a friend", epoch=row.epoch)
    await office.turn()

    assert view.agent is not None
    assert view.agent.id == str(lead.agent_id)
    assert (await office.slots(ann), await office.slots(lead)) == (0, 1)
    assert await notices(office, row) == [("agent_joined", "ann"), ("agent_joined", "lea")]
    assert await notes(office, row) == [("lea", "The customer is a friend")]
    [step] = await written(office)
    assert (step.kind, step.by_id, step.agent_id) == ("assigned", lead.agent_id, ann.agent_id)
    assert (step.conversation_id, step.reason) == (row.id, "The customer is a friend")
    again = await office.customer()
    assert office.offered(ann) == [row.id, again.id]  # her place is free for the next


async def test_who_had_joined_takes_over_and_the_customer_hears_who_left(
    office: Office, lead: AgentSeat
) -> None:
    ann, people = await office.agent("ann"), People(office)
    row = await in_hand(office, ann)
    joined = await office.stores.joining.join(
        office.shop.id, row.id, lead.agent_id, office.clock.now()
    )
    await office.moved(joined)
    assert await office.slots(lead) == 0

    view = await people.assigns(lead, row, lead)

    assert view.joined == []
    assert await notices(office, row) == [
        ("agent_joined", "ann"),
        ("agent_joined", "lea"),
        ("agent_left", "ann"),
    ]


async def test_p6_what_is_let_wait_again_keeps_its_age_and_goes_to_somebody_else_first(
    office: Office, lead: AgentSeat, leads: Leads
) -> None:
    ann = await office.agent("ann")
    row = await in_hand(office, ann)
    await office.passes(30)
    bob = await office.agent("bob")
    now = await office.row(row)

    view = await leads.requeues(lead, row, reason="Ann fell asleep", epoch=now.epoch)
    await office.turn()

    after = await office.row(row)
    assert (view.state, after.queued_at) == ("queued", row.queued_at)
    assert await office.slots(ann) == 0
    assert office.offered(bob) == [row.id]  # and not to ann, whom it was taken from
    assert await notices(office, row) == [("agent_joined", "ann"), ("agent_left", "ann")]
    assert await notes(office, row) == [("lea", "Ann fell asleep")]
    requeued = await event(office, row, "requeued")
    assert requeued.actor_id == lead.agent_id
    assert requeued.data == {"from": str(ann.agent_id), "reason": "Ann fell asleep"}
    [step] = await written(office)
    assert (step.kind, step.agent_id, step.reason) == ("requeued", ann.agent_id, "Ann fell asleep")


async def test_who_has_not_said_a_word_does_not_wait_and_the_engine_goes_on(
    office: Office, lead: AgentSeat, leads: Leads
) -> None:
    """Without an age it could be compared with nobody: nothing more would be offered at all."""
    now = office.clock.now()
    silent = NewConversation(
        shop_id=office.shop.id,
        visitor_id=(await office.stores.visitors.create_anonymous(office.shop.id, now)).id,
        client_id="silent",
        queue_id=office.queue.id,
    )
    row = (await office.stores.conversations.start(silent, now)).row
    other, people = await office.new_queue("other"), People(office)

    for queue in (None, other):
        with pytest.raises(stored.WrongState):
            await leads.requeues(lead, row, queue)
    with pytest.raises(stored.WrongState):
        await people.assigns(lead, row, lead)
    assert (await people.prioritizes(lead, row, 5)).state == "new"
    with pytest.raises(asyncpg.CheckViolationError):
        await office.db.execute("UPDATE conversation SET state = 'queued' WHERE id = $1", row.id)

    ann, waits = await office.agent("ann"), await office.customer()
    assert office.offered(ann) == [waits.id]


async def test_who_had_joined_and_then_picks_it_is_beside_nobody(
    office: Office, lead: AgentSeat, leads: Leads
) -> None:
    ann = await office.agent("ann")
    row = await in_hand(office, ann)
    await office.moved(
        await office.stores.joining.join(office.shop.id, row.id, lead.agent_id, office.clock.now())
    )
    await office.sets(ann, "away")
    await leads.requeues(lead, row)

    await office.node.desk.pick(lead, row.id)

    assert (await office.row(row)).agent_id == lead.agent_id
    assert await office.stores.joining.of_agent(lead.agent_id) == []


async def test_who_had_joined_and_is_asked_to_take_over_is_beside_nobody(
    office: Office, lead: AgentSeat
) -> None:
    ann, people = await office.agent("ann"), People(office)
    row = await in_hand(office, ann)
    await office.sets(lead, "available")
    await office.moved(
        await office.stores.joining.join(office.shop.id, row.id, lead.agent_id, office.clock.now())
    )

    await people.asks(ann, row, lead)
    await office.accepts(lead)

    assert (await office.row(row)).agent_id == lead.agent_id
    assert await office.stores.joining.of_agent(lead.agent_id) == []
    assert (await notices(office, row))[-1] == ("agent_left", "ann")


async def test_it_goes_to_another_queue_also_while_it_waits_or_is_on_offer(
    office: Office, lead: AgentSeat, leads: Leads
) -> None:
    returns = await office.new_queue("returns")
    await office.sets_queue(returns, skills=(await office.skill("returns", 1),))
    ann = await office.agent("ann")
    row = await office.customer()
    assert office.offered(ann) == [row.id]
    free_since = (await seat_row(office, ann)).idle_since
    await office.passes(2)

    await leads.requeues(lead, row, returns, reason="It is about a return")
    await office.turn()

    after = await office.row(row)
    assert (after.state, after.queue_id, after.handle_ms) == ("queued", returns.id, None)
    assert await office.slots(ann) == 0
    assert (await seat_row(office, ann)).idle_since == free_since  # an offer is no work
    assert await notices(office, row) == [("transferred", "returns")]
    assert await notes(office, row) == []  # nobody lost it
    again = await leads.requeues(lead, row, returns)
    assert again.epoch == after.epoch
    with pytest.raises(NotFound) as refused:
        await leads.requeues(lead, row, replace(returns, id=UUID(int=7)))
    assert refused.value.field == "queue"


async def test_a_supervisor_ends_what_is_in_other_hands_for_good(
    office: Office, lead: AgentSeat, leads: Leads
) -> None:
    ann = await office.agent("ann")
    row = await in_hand(office, ann)

    view = await leads.closes(lead, row, epoch=row.epoch)
    await office.turn()

    assert (view.state, view.closed_by, view.outcome) == ("closed", "agent", "spam")
    assert await office.slots(ann) == 0
    assert await notices(office, row) == [("agent_joined", "ann"), ("ended_by_agent", "lea")]
    assert await notes(office, row) == [("lea", "Nothing but insults")]
    assert (await event(office, row, "closed")).data["from"] == str(ann.agent_id)
    again = await office.customer()
    assert office.offered(ann) == [row.id, again.id]
    with pytest.raises(stored.Gone):
        await leads.closes(lead, row)
    await leads.closes(lead, again)  # who waits, or is on offer, too
    assert await office.slots(ann) == 0
    assert [each.kind for each in await written(office)] == ["closed", "closed"]


async def test_a20_of_two_priorities_at_once_one_stands_and_the_other_is_told(
    office: Office, lead: AgentSeat
) -> None:
    row, people = await office.customer(), People(office)
    outcomes = await together(
        people.prioritizes(lead, row, 3, was=0), people.prioritizes(lead, row, 7, was=0)
    )
    [refused] = [each for each in outcomes if isinstance(each, stored.Changed)]
    assert refused.now == str((await office.row(row)).priority)
    assert len([each for each in await office.events(row) if each == "prioritized"]) == 1


async def test_what_stays_in_the_same_hands_is_ended_though_its_priority_has_changed(
    office: Office, lead: AgentSeat, leads: Leads
) -> None:
    ann, bob = await office.agent("ann"), await office.agent("bob", is_here=False)
    row, people = await in_hand(office, ann), People(office)
    await people.prioritizes(lead, row, 3)

    with pytest.raises(stored.Taken):
        await leads.closes(lead, row, epoch=row.epoch, held_by=bob)
    view = await leads.closes(lead, row, epoch=row.epoch, held_by=ann)

    assert view.state == "closed"


async def test_who_forgot_to_go_is_set_away_and_told_by_whom(
    office: Office, lead: AgentSeat, leads: Leads
) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    assert office.offered(ann) == [row.id]

    await leads.sets(lead, ann, "away", "Her shift is over", was="available")
    await office.turn()

    assert (await seat_row(office, ann)).status == "away"
    assert await office.slots(ann) == 0
    heard = office.ears.of(f"agent:{ann.agent_id}", "status:changed")[-1]
    assert isinstance(heard, StatusChanged)
    assert (heard.status, heard.by, heard.reason) == ("away", "lea", "Her shift is over")
    [step] = await written(office)
    assert (step.kind, step.agent_id, step.reason) == (
        "status_set",
        ann.agent_id,
        "Her shift is over",
    )
    assert step.data == {"status": "away", "was": "available"}
    await leads.sets(lead, ann, "away")  # the same again is nothing
    assert len(await written(office)) == 1


async def test_a_status_that_is_set_proves_nothing_of_the_agent(
    office: Office, lead: AgentSeat, leads: Leads
) -> None:
    await office.sets_shop(misses_max=1)
    ann = await office.agent("ann")
    await office.customer()
    await office.passes(31)
    assert (await seat_row(office, ann)).unresponsive_at is not None

    await leads.sets(lead, ann, "busy")
    await leads.sets(lead, ann, "available")

    assert (await seat_row(office, ann)).unresponsive_at is not None
    assert office.news(ann)[-1] == ("available", False)


async def test_a20_of_two_supervisors_at_once_one_wins_and_the_other_is_told(
    office: Office, lead: AgentSeat, leads: Leads
) -> None:
    ann, bob = await office.agent("ann"), await office.agent("bob", is_here=False)
    other, elsewhere = Leads(office, office.another_node()), People(office, office.another_node())
    max_ = replace(bob, role="supervisor")
    for takes in ("requeue", "close", "assign"):
        row = await in_hand(office, ann)
        outcomes = await together(
            leads.requeues(lead, row, epoch=row.epoch),
            other.requeues(max_, row, epoch=row.epoch)
            if takes == "requeue"
            else other.closes(max_, row, epoch=row.epoch)
            if takes == "close"
            else elsewhere.assigns(max_, row, lead, epoch=row.epoch),
        )
        await office.turn()
        kinds = await office.events(row)
        if takes == "assign":  # whoever assigns what waits again takes it from nobody
            assert kinds.count("assigned") == 1
        else:
            refused = [each for each in outcomes if isinstance(each, stored.StorageError)]
            assert len(refused) == 1
            assert isinstance(refused[0], stored.WrongState | stored.Taken)
            assert kinds.count("requeued") + kinds.count("closed") == 1
        if (await office.row(row)).state != "closed":
            await leads.closes(lead, row)
        await office.turn()
        assert await office.slots(ann) + await office.slots(lead) == 0

    outcomes = await together(
        leads.sets(lead, ann, "away", was="available"),
        other.sets(max_, ann, "busy", was="available"),
    )
    [refused] = [each for each in outcomes if isinstance(each, Exception)]
    assert isinstance(refused, stored.Changed)
    assert refused.now == (await seat_row(office, ann)).status


async def test_nobody_overrules_without_leading_or_without_a_reason(
    office: Office, lead: AgentSeat, leads: Leads
) -> None:
    ann = await office.agent("ann")
    row = await in_hand(office, ann)
    for seat, refusal in ((replace(lead, role="agent"), Forbidden), (lead, Invalid)):
        reason = "because" if refusal is Forbidden else "   "
        for act in (
            leads.requeues(seat, row, reason=reason),
            leads.closes(seat, row, reason=reason),
            leads.sets(seat, ann, "away", reason=reason),
        ):
            with pytest.raises(refusal):
                await act
    assert await written(office) == []
