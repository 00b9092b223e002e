"""A colleague is asked to take over; until they do, the sender keeps the customer."""

from dataclasses import replace
from uuid import UUID

import pytest

from server.protocol.errors import AtCapacity, Conflict, Invalid, NobodyThere
from server.protocol.events import OfferEnded as Ended
from server.protocol.shapes import AgentConversation, Message, Offer
from server.services.assignment.facts import task_facts
from server.services.seats import AgentSeat
from storage import errors as stored
from storage.people import QueueRow, QueueSkill
from storage.routing_facts import RoutingFacts
from storage.rows import ConversationRow
from tests.assignment.nodes import counted
from tests.assignment.office import Office, seat_row, together
from tests.assignment.people import People


@pytest.fixture
def people(office: Office) -> People:
    return People(office)


@pytest.fixture
async def ann(office: Office) -> AgentSeat:
    return await office.agent("ann")


@pytest.fixture
async def bob(office: Office, row: ConversationRow) -> AgentSeat:
    """Come after Ann has taken the customer."""
    seat = await office.agent("bob")
    await office.turn()
    return seat


@pytest.fixture
async def row(office: Office, ann: AgentSeat) -> ConversationRow:
    """A conversation in Ann's hands."""
    row = await office.customer()
    await office.accepts(ann)
    return row


def card(office: Office, seat: AgentSeat) -> Offer:
    return office.offers(seat)[-1]


def reasons(office: Office, seat: AgentSeat) -> list[str]:
    return [end.reason for end in office.endings(seat) if isinstance(end, Ended)]


async def notes(office: Office, row: ConversationRow) -> list[str | None]:
    """What is written on the amber paper: notices by key, else the text."""
    found = await office.stores.messages.last(row.id, 20, private=True)
    return [each.notice or each.text for each in found]


async def strict_queue(office: Office, skill: QueueSkill) -> QueueRow:
    """Set up a queue that takes no transfer while nobody is there."""
    queue = await office.new_queue("strict", skills=(skill,))
    changed = await office.stores.queues.update(
        office.shop.id, queue.id, {"takes_transfers_when_empty": False}
    )
    assert changed is not None
    return changed


async def kinds(office: Office, row: ConversationRow) -> list[str]:
    return [each.kind for each in await office.stores.conversations.events(row.id)]


async def test_who_is_asked_sees_by_whom_and_the_note_and_the_sender_keeps_the_customer(
    office: Office, people: People, ann: AgentSeat, row: ConversationRow, bob: AgentSeat
) -> None:
    view = await people.asks(ann, row, bob, "She wants to pay by invoice")
    await office.turn()

    offer = card(office, bob)
    assert offer.why.sentence == "ann asks you to take over."
    assert offer.conversation.handover is not None
    assert offer.conversation.handover.note == "She wants to pay by invoice"
    assert (view.state, view.agent and view.agent.name) == ("active", "ann")
    assert view.handover is not None
    assert view.handover.to.name == "bob"
    assert (await office.slots(ann), await office.slots(bob)) == (1, 1)
    assert await office.node.desk.live_of(bob) == [offer]  # a reload loses nothing
    assert await notes(office, row) == ["She wants to pay by invoice"]
    assert list(office.told(row))[-1].state == "active"


async def test_accepted_it_moves_with_one_notice_one_event_and_split_times(
    office: Office, people: People, ann: AgentSeat, row: ConversationRow, bob: AgentSeat
) -> None:
    await office.clock.advance(30)
    await people.asks(ann, row, bob)
    await office.clock.advance(5)

    await office.node.desk.accept(bob, UUID(card(office, bob).offer))
    await office.turn()

    now = await office.row(row)
    assert (now.agent_id, now.state, now.handle_ms) == (bob.agent_id, "active", 35_000)
    assert (await seat_row(office, ann)).idle_since == office.clock.now()
    assert (now.queued_at, now.waiting_ms) == (row.queued_at, 0)
    assert (await office.slots(ann), await office.slots(bob)) == (0, 1)
    public = await office.stores.messages.last(row.id, 9)
    assert [(each.notice, each.sender_name) for each in public if each.notice] == [
        ("agent_joined", "ann"),
        ("agent_joined", "bob"),
    ]
    assert (await kinds(office, row)).count("transferred") == 1
    await office.clock.advance(7)
    await office.resolves(bob, row)
    assert (await office.row(row)).handle_ms == 42_000


async def test_the_freed_place_of_the_sender_goes_to_the_next(
    office: Office, people: People, ann: AgentSeat, row: ConversationRow, bob: AgentSeat
) -> None:
    await people.asks(ann, row, bob)
    late = await office.customer()
    assert office.offered(ann) == [row.id]
    assert office.offered(bob) == [row.id]  # his only place is held for the question

    await office.node.desk.accept(bob, UUID(card(office, bob).offer))
    await office.turn()

    assert office.offered(ann) == [row.id, late.id]


async def test_c10_declined_it_stays_and_the_sender_is_told_once(
    office: Office, people: People, ann: AgentSeat, row: ConversationRow, bob: AgentSeat
) -> None:
    await people.asks(ann, row, bob, "Please")
    before = await office.row(row)

    for _ in range(2):
        await office.node.desk.decline(bob, UUID(card(office, bob).offer), "lunch")
    await office.turn()

    now = await office.row(row)
    assert (now.agent_id, now.state, now.assigned_at) == (
        ann.agent_id,
        "active",
        before.assigned_at,
    )
    assert now.queued_at == row.queued_at
    assert await notes(office, row) == ["Please", "handover_declined"]
    assert reasons(office, bob) == ["declined"]
    assert (await office.slots(ann), await office.slots(bob)) == (1, 0)
    heard = office.ears.of(f"conversation:{row.id}", "message:created")
    told = [each for each in heard if isinstance(each, Message) and each.private and each.notice]
    assert [(each.notice, each.sender.name) for each in told] == [("handover_declined", "bob")]
    view = await office.node.views.agent_conversation(row.id)
    assert view.handover is None


async def test_c10_unanswered_it_stays_and_counts_as_nothing_else(
    office: Office, people: People, ann: AgentSeat, row: ConversationRow, bob: AgentSeat
) -> None:
    await people.asks(ann, row, bob)
    await office.passes(29)
    assert reasons(office, bob) == []
    await office.passes(2)

    assert reasons(office, bob) == ["timed_out"]
    assert await notes(office, row) == ["handover_missed"]
    assert (await office.row(row)).agent_id == ann.agent_id
    assert await office.slots(bob) == 0
    late = await office.customer()
    assert office.offered(bob)[-1] == late.id
    assert counted(office.node, "swept_total") == 0


async def test_c10_who_is_gone_is_asked_no_more(
    office: Office, people: People, ann: AgentSeat, row: ConversationRow, bob: AgentSeat
) -> None:
    await people.asks(ann, row, bob)
    await office.node.presence.went(bob, "bob")
    await office.passes(9)
    assert reasons(office, bob) == []
    await office.passes(3)

    assert reasons(office, bob) == ["agent_lost"]
    assert await notes(office, row) == ["handover_left"]
    assert (await office.row(row)).agent_id == ann.agent_id


async def test_c10_who_steps_away_is_asked_no_more_at_once(
    office: Office, people: People, ann: AgentSeat, row: ConversationRow, bob: AgentSeat
) -> None:
    await people.asks(ann, row, bob)
    await office.sets(bob, "away")

    assert reasons(office, bob) == ["agent_away"]
    assert await notes(office, row) == ["handover_left"]
    assert (await office.row(row)).state == "active"


async def test_the_sender_takes_the_question_back_and_nobody_is_told_off(
    office: Office, people: People, ann: AgentSeat, row: ConversationRow, bob: AgentSeat
) -> None:
    await people.asks(ann, row, bob)
    view = await people.cancels(ann, row)
    await people.cancels(ann, row)
    await office.turn()

    assert view.handover is None
    assert reasons(office, bob) == ["rescinded"]
    assert await notes(office, row) == []
    with pytest.raises(stored.OfferOver):
        await office.node.desk.accept(bob, UUID(card(office, bob).offer))
    with pytest.raises(stored.NotYours):
        await people.cancels(bob, row)


@pytest.mark.parametrize(("who", "reason"), [("customer", "customer_gone"), ("ann", "rescinded")])
async def test_the_end_of_the_talk_ends_the_question(
    office: Office, ann: AgentSeat, row: ConversationRow, bob: AgentSeat, who: str, reason: str
) -> None:
    await People(office).asks(ann, row, bob)
    transitions, now = office.stores.transitions, office.clock.now()
    if who == "customer":
        await office.moved(await transitions.end_by_customer(row.id, row.visitor_id, now))
    else:
        await office.moved(await transitions.close(row.id, ann.agent_id, None, now))

    assert reasons(office, bob) == [reason]
    assert (await office.slots(ann), await office.slots(bob)) == (1, 0)  # Ann wraps up
    assert (await office.row(row)).agent_id == ann.agent_id


async def test_handed_on_at_once_nobody_is_asked_any_more(
    office: Office, people: People, ann: AgentSeat, row: ConversationRow, bob: AgentSeat
) -> None:
    cas = await office.agent("cas")
    await people.asks(ann, row, bob)
    await people.hands(ann, row, cas)
    await office.turn()

    assert reasons(office, bob) == ["rescinded"]
    assert office.offered(cas) == [row.id]
    assert (await office.slots(ann), await office.slots(bob), await office.slots(cas)) == (0, 0, 1)


async def test_who_is_asked_can_be_handed_it_at_once_though_the_question_fills_them(
    office: Office, people: People, ann: AgentSeat, row: ConversationRow
) -> None:
    await office.sets_queue(per_agent_max=1)
    cas = await office.agent("cas", capacity=1)
    await people.asks(ann, row, cas)
    await people.hands(ann, row, cas)
    await office.turn()

    assert reasons(office, cas) == ["rescinded"]
    assert office.offered(cas) == [row.id, row.id]
    assert [await office.slots(each) for each in (ann, cas)] == [0, 1]


async def test_given_to_somebody_else_by_a_supervisor_nobody_is_asked_any_more(
    office: Office, people: People, ann: AgentSeat, row: ConversationRow, bob: AgentSeat
) -> None:
    cas = await office.agent("cas")
    await people.asks(ann, row, bob)
    await people.assigns(replace(ann, role="supervisor"), row, cas)
    await office.turn()

    assert reasons(office, bob) == ["rescinded"]
    assert [await office.slots(each) for each in (ann, bob, cas)] == [0, 0, 1]
    assert (await office.row(row)).agent_id == cas.agent_id


async def test_only_one_is_asked_at_a_time_and_the_same_again_is_one_question(
    office: Office, people: People, ann: AgentSeat, row: ConversationRow, bob: AgentSeat
) -> None:
    cas = await office.agent("cas")
    await people.asks(ann, row, bob)
    await people.asks(ann, row, bob)

    assert (await kinds(office, row)).count("asked") == 1
    assert await office.slots(bob) == 1
    with pytest.raises(Conflict, match="has not answered"):
        await people.asks(ann, row, cas)


async def test_who_cannot_take_it_is_not_asked(
    office: Office, people: People, ann: AgentSeat, row: ConversationRow, bob: AgentSeat
) -> None:
    await office.sets(bob, "busy")
    with pytest.raises(Conflict, match="not available"):
        await people.asks(ann, row, bob)
    await office.sets(bob, "available")
    await office.customer()
    with pytest.raises(AtCapacity):
        await people.asks(ann, row, bob)
    with pytest.raises(Invalid):
        await people.asks(ann, row, ann)
    ghost = await office.agent("ghost", is_here=False)
    with pytest.raises(Conflict, match="not here"):
        await people.asks(ann, row, ghost)
    assert (await office.row(row)).agent_id == ann.agent_id


async def test_a_question_survives_the_host_and_another_node_ends_it(
    office: Office, people: People, ann: AgentSeat, row: ConversationRow, bob: AgentSeat
) -> None:
    await people.asks(ann, row, bob)
    other = office.another_node()
    await office.node.tenure.release()
    await other.tenure.renew()
    await office.clock.advance(31)
    await other.tenure.renew()
    await other.host.turn()

    assert reasons(office, bob) == ["timed_out"]
    assert (await office.row(row)).state == "active"


async def test_an_accept_and_a_cancel_at_once_have_one_winner(office: Office) -> None:
    here, there = People(office), office.another_node()
    ann = await office.agent("ann", capacity=25)
    bob = await office.agent("bob", capacity=25)
    await office.sets(bob, "busy")
    for _ in range(15):
        row = await office.customer()
        await office.accepts(ann)
        await office.node.statuses.set(bob, "available")
        await here.asks(ann, row, bob)
        offer_id = UUID(card(office, bob).offer)

        accepted, cancelled = await together(
            there.desk.accept(bob, offer_id), here.cancels(ann, row)
        )

        holder = (await office.row(row)).agent_id
        if isinstance(accepted, AgentConversation):
            assert holder == bob.agent_id
            assert isinstance(cancelled, stored.NotYours)
        else:
            assert isinstance(accepted, stored.OfferOver)
            assert isinstance(cancelled, AgentConversation)
            assert holder == ann.agent_id
        await office.node.statuses.set(bob, "busy")
        await office.turn()
    assert await office.slots(ann) + await office.slots(bob) == 15


async def test_an_accept_and_the_customers_end_at_once_leave_one_holder_and_one_place(
    office: Office,
) -> None:
    here, there = People(office), office.another_node()
    ann = await office.agent("ann", capacity=25)
    bob = await office.agent("bob", capacity=25)
    await office.sets(bob, "busy")
    for _ in range(15):
        row = await office.customer()
        await office.accepts(ann)
        await office.node.statuses.set(bob, "available")
        await here.asks(ann, row, bob)
        offer_id, now = UUID(card(office, bob).offer), office.clock.now()

        accepted, _ = await together(
            there.desk.accept(bob, offer_id),
            office.stores.transitions.end_by_customer(row.id, row.visitor_id, now),
        )

        ended = await office.row(row)
        winner = bob if isinstance(accepted, AgentConversation) else ann
        assert (ended.state, ended.agent_id) == ("wrap_up", winner.agent_id)
        held = await office.db.fetch("SELECT * FROM slot WHERE conversation_id = $1", row.id)
        assert [slot["agent_id"] for slot in held] == [winner.agent_id]
        await office.node.statuses.set(bob, "busy")
        await office.turn()


async def test_back_to_who_had_it_before(
    office: Office, people: People, ann: AgentSeat, row: ConversationRow, bob: AgentSeat
) -> None:
    with pytest.raises(Conflict) as refusal:
        await people.hands_back(ann, row)
    assert refusal.value.details["reason"] == "nobody_before"
    await people.asks(ann, row, bob)
    await office.node.desk.accept(bob, UUID(card(office, bob).offer))
    await office.turn()

    await people.hands_back(bob, row)
    await office.turn()
    assert office.offered(ann) == [row.id, row.id]
    await office.accepts(ann)

    await people.hands_back(ann, row, warm=True)
    assert card(office, bob).why.sentence == "ann asks you to take over."


async def test_back_is_refused_when_they_are_not_available(
    office: Office, people: People, ann: AgentSeat, row: ConversationRow, bob: AgentSeat
) -> None:
    await people.hands(ann, row, bob)
    await office.turn()
    await office.accepts(bob)
    await office.sets(ann, "away")
    with pytest.raises(Conflict, match="not available") as refusal:
        await people.hands_back(bob, row)
    assert refusal.value.field == "to.back"
    await office.node.presence.went(ann, "ann")
    await office.passes(11)
    with pytest.raises(Conflict) as refusal:
        await people.hands_back(bob, row)
    assert refusal.value.field == "to.back"
    assert (await office.row(row)).agent_id == bob.agent_id


async def test_who_did_not_take_over_has_passed_over_nobody_who_waits(
    office: Office, people: People, ann: AgentSeat, bob: AgentSeat, row: ConversationRow
) -> None:
    await people.asks(ann, row, bob)
    await office.declines(bob)
    await people.hands_to_queue(ann, row, office.queue.id)
    await office.sets(ann, "away")

    now = await office.row(row)
    assert (now.state, now.unclaimed_at) == ("queued", None)
    [waiting] = await RoutingFacts(office.db).waiting([row.id])
    facts = task_facts(waiting, None)
    assert facts.boost_s == 0
    assert str(bob.agent_id) in facts.refused  # not at once again, all the same


async def test_a6_what_was_declined_before_it_was_handed_on_is_forgiven(
    office: Office, people: People, ann: AgentSeat, bob: AgentSeat, row: ConversationRow
) -> None:
    await office.db.execute(
        """
        INSERT INTO offer (conversation_id, agent_id, made_at, expires_at, ended_at, end_reason)
        VALUES ($1, $2, $3, $3, $3, 'declined')
        """,
        row.id,
        bob.agent_id,
        office.clock.now(),
    )
    await office.passes(61)
    await people.hands_to_queue(ann, row, office.queue.id)
    await office.sets(ann, "away")

    assert (await office.row(row)).unclaimed_at is None
    assert office.offered(bob) == [row.id]


async def test_c8_a_queue_where_nobody_is_there_refuses_if_it_is_set_so(
    office: Office, people: People, ann: AgentSeat, row: ConversationRow
) -> None:
    danish = await office.skill("lang:da", 3)
    strict = await strict_queue(office, danish)
    with pytest.raises(NobodyThere) as refusal:
        await people.hands_to_queue(ann, row, strict.id)
    assert (refusal.value.field, refusal.value.details["reason"]) == ("to.queue", "nobody_there")
    assert (await office.row(row)).agent_id == ann.agent_id

    await office.agent("dan", skills={"lang:da": 3}, is_here=False)
    with pytest.raises(NobodyThere):
        await people.hands_to_queue(ann, row, strict.id)


async def test_c8_else_it_is_queued_there_and_the_customer_sees_their_place(
    office: Office, people: People, ann: AgentSeat, row: ConversationRow
) -> None:
    danish = await office.skill("lang:da", 3)
    kind = await office.new_queue("danish", skills=(danish,))

    view = await people.hands_to_queue(ann, row, kind.id)
    await office.turn()

    assert (view.state, view.queue and view.queue.name) == ("queued", "danish")
    assert office.position(row) == 1
    assert await office.slots(ann) == 0


async def test_c9_a_queue_at_capacity_is_waited_for_with_the_age_kept(
    office: Office, people: People, ann: AgentSeat, row: ConversationRow
) -> None:
    danish = await office.skill("lang:da", 3)
    strict = await strict_queue(office, danish)
    dan = await office.agent("dan", skills={"lang:da": 3})
    busy = await office.customer(queue=strict)
    await office.accepts(dan)
    await office.passes(20)
    young = await office.customer(queue=strict)

    await people.hands_to_queue(ann, row, strict.id)
    await office.turn()
    await office.resolves(dan, busy)

    assert (await office.row(row)).queued_at == row.queued_at
    assert office.offered(dan)[-1] == row.id  # older than who came later
    assert young.id not in office.offered(dan)
