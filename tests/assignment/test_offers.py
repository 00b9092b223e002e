from uuid import UUID

import pytest

from server.protocol.errors import Forbidden, NotFound, OfferEnded
from server.protocol.events import OfferEnded as Ended
from server.protocol.shapes import AgentConversation
from server.services.seats import AgentSeat
from storage import errors as stored
from storage.offers import Offers
from storage.rows import Moved
from tests.assignment.office import Office, together


async def test_a_customer_is_offered_accepted_and_answered_for(office: Office) -> None:
    ann = await office.agent("ann")
    row = await office.customer()

    [offer] = office.offers(ann)
    assert offer.conversation.id == str(row.id)
    assert offer.why.sentence == "You are the only one free who can take this."
    assert await office.node.desk.live_of(ann) == [offer]

    await office.accepts(ann)
    assert (await office.row(row)).agent_id == ann.agent_id
    assert await office.node.desk.live_of(ann) == []
    assert [each.state for each in office.told(row)][-1] == "active"


async def test_a1_of_two_who_take_it_at_once_one_wins_and_the_other_learns_who(
    office: Office,
) -> None:
    ann = await office.agent("ann")
    bob = await office.agent("bob", is_here=False)
    row = await office.customer()
    offer_id = UUID(office.offers(ann)[0].offer)

    outcomes = await together(
        office.node.desk.accept(ann, offer_id), office.node.desk.pick(bob, row.id)
    )

    [winner] = [each for each in outcomes if isinstance(each, AgentConversation)]
    [refusal] = [each for each in outcomes if isinstance(each, Exception)]
    assert isinstance(refusal, stored.Taken)
    assert winner.agent is not None
    assert refusal.agent_name == winner.agent.name
    assert await office.slots(ann) + await office.slots(bob) == 1


async def test_a1_the_same_accept_twice_is_one_accept(office: Office) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    offer_id = UUID(office.offers(ann)[0].offer)

    both = await together(*(office.node.desk.accept(ann, offer_id) for _ in range(2)))

    assert all(isinstance(each, AgentConversation) for each in both)
    events = await office.stores.conversations.events(row.id)
    assert [event.kind for event in events].count("accepted") == 1


async def test_a2_who_reloads_within_the_grace_keeps_the_offer(office: Office) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    before = office.offers(ann)

    await office.node.presence.went(ann, "ann")
    await office.turn()
    await office.passes(9)
    await office.node.presence.came(ann, "again")
    await office.turn()

    assert await office.node.desk.live_of(ann) == before
    assert (await office.row(row)).state == "offered"


async def test_a2_who_is_gone_loses_it_to_the_next_and_the_age_is_kept(office: Office) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    bob = await office.agent("bob")

    await office.node.presence.went(ann, "ann")
    await office.passes(11)

    assert [end.reason for end in office.endings(ann) if isinstance(end, Ended)] == ["agent_lost"]
    assert office.offered(bob) == [row.id]
    assert (await office.row(row)).queued_at == row.queued_at


async def test_a3_who_steps_away_loses_the_offer_at_once_and_is_not_blamed(office: Office) -> None:
    ann = await office.agent("ann")
    row = await office.customer()

    await office.sets(ann, "away")
    assert [end.reason for end in office.endings(ann) if isinstance(end, Ended)] == ["agent_away"]
    assert (await office.row(row)).state == "queued"

    await office.sets(ann, "available")
    assert office.offered(ann) == [row.id, row.id]


async def test_a4_who_misses_it_is_not_asked_again_while_another_can(office: Office) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    await office.passes(29)
    assert office.endings(ann) == []

    await office.passes(2)
    assert [end.reason for end in office.endings(ann) if isinstance(end, Ended)] == ["timed_out"]
    bob = await office.agent("bob")
    await office.turn()

    assert office.offered(bob) == [row.id]
    assert office.offered(ann) == [row.id]


async def test_a5_who_declines_is_asked_again_only_when_nobody_else_could(office: Office) -> None:
    ann = await office.agent("ann")
    row = await office.customer()

    await office.node.desk.decline(ann, UUID(office.offers(ann)[0].offer), "lunch")
    await office.turn()
    assert await office.slots(ann) == 0

    await office.passes(59)
    assert office.offered(ann) == [row.id]
    await office.passes(2)
    assert office.offered(ann) == [row.id, row.id]
    assert (await office.row(row)).queued_at == row.queued_at


async def test_declining_twice_is_declining_once(office: Office) -> None:
    ann, bob = await office.agent("ann"), await office.agent("bob")
    await office.customer()
    offer_id = UUID(office.offers(ann)[0].offer)

    await office.node.desk.decline(ann, offer_id, None)
    await office.node.desk.decline(ann, offer_id, None)

    with pytest.raises(stored.Missing):
        await office.node.desk.decline(bob, offer_id, None)
    assert len(office.endings(ann)) == 1


async def test_what_was_accepted_cannot_be_declined(office: Office) -> None:
    ann = await office.agent("ann")
    await office.customer()
    await office.accepts(ann)

    with pytest.raises(OfferEnded):
        await office.node.desk.decline(ann, UUID(office.offers(ann)[0].offer), None)


async def test_a7_an_accept_after_the_end_is_refused(office: Office) -> None:
    ann = await office.agent("ann")
    await office.customer()
    offer_id = UUID(office.offers(ann)[0].offer)

    await office.clock.advance(30.001)
    with pytest.raises(stored.OfferOver, match=r"."):
        await office.node.desk.accept(ann, offer_id)
    bob = await office.agent("bob")
    await office.turn()
    await office.accepts(bob)

    with pytest.raises(stored.Taken):
        await office.node.desk.accept(ann, offer_id)


async def test_a7_an_accept_and_the_end_in_one_moment_have_one_winner(office: Office) -> None:
    ann = await office.agent("ann", capacity=25)
    offers = Offers(office.db)
    for _ in range(20):
        row = await office.customer()
        offer_id, now = UUID(office.offers(ann)[-1].offer), office.clock.now()

        accepted, ended = await together(
            office.node.desk.accept(ann, offer_id), offers.end(offer_id, None, "timed_out", now)
        )

        state = (await office.row(row)).state
        if isinstance(accepted, stored.OfferOver):
            assert isinstance(ended, Moved)
            assert state == "queued"
        else:
            assert ended is None
            assert state == "active"
        await office.node.statuses.set(ann, "available")  # whatever was missed, she is here


async def test_a8_a_customer_who_leaves_takes_the_card_along(office: Office) -> None:
    ann = await office.agent("ann")
    row = await office.customer()

    await office.moved(
        await office.stores.transitions.end_by_customer(row.id, row.visitor_id, office.clock.now())
    )

    assert [end.reason for end in office.endings(ann) if isinstance(end, Ended)] == [
        "customer_gone"
    ]
    assert await office.slots(ann) == 0
    assert (await office.row(row)).state == "closed"


async def test_a19_picking_is_allowed_where_the_shop_allows_it(office: Office) -> None:
    ann = await office.agent("ann", is_here=False)
    row = await office.customer()

    await office.stores.shops.update(office.shop.id, {"agents_may_pick": False})
    with pytest.raises(Forbidden):
        await office.node.desk.pick(ann, row.id)
    await office.stores.shops.update(office.shop.id, {"agents_may_pick": True})

    view = await office.node.desk.pick(ann, row.id)
    assert view.state == "active"


async def test_p10_nobody_picks_from_another_shop(office: Office) -> None:
    row = await office.customer()
    other = await office.stores.shops.create("other", "Other", "secret")
    eve = AgentSeat(row.visitor_id, other.id, "eve", "admin")

    with pytest.raises(NotFound):
        await office.node.desk.pick(eve, row.id)


async def test_a_queue_may_accept_for_its_agents(office: Office) -> None:
    quick = await office.new_queue("quick", auto_accept=True)
    ann = await office.agent("ann")

    row = await office.customer(queue=quick)

    assert (await office.row(row)).agent_id == ann.agent_id
    assert office.offers(ann) == []


async def test_a_transfer_to_a_person_is_offered_to_them_first(office: Office) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    await office.accepts(ann)
    await office.agent("bob")
    cas = await office.agent("cas", capacity=2)
    await office.turn()
    await office.clock.advance(1)

    await office.moved(
        await office.stores.transitions.transfer(
            row.id, ann.agent_id, cas.agent_id, None, office.clock.now()
        )
    )
    assert office.offered(cas) == [row.id]
    assert office.offers(cas)[0].why.sentence == "A colleague has handed this customer to you."

    await office.accepts(cas)
    await office.moved(
        await office.stores.transitions.transfer(
            row.id, cas.agent_id, ann.agent_id, None, office.clock.now()
        )
    )
    assert office.offered(ann) == [row.id, row.id]
