"""A9 with the host: several agents are asked at once."""

from uuid import UUID

from server.protocol.errors import AppError
from server.protocol.events import OfferEnded
from storage.errors import Taken
from tests.assignment.nodes import counted
from tests.assignment.office import Office, together


async def test_a9_three_are_asked_and_the_first_has_it(office: Office) -> None:
    await office.sets_queue(offers_at_once=3)
    seats = [await office.agent(name) for name in ("ann", "bob", "cid", "dan")]
    row = await office.customer()
    asked = [seat for seat in seats if office.offered(seat) == [row.id]]
    assert len(asked) == 3

    await office.accepts(asked[1])

    others = [asked[0], asked[2]]
    for seat in others:
        [ended] = office.endings(seat)
        assert isinstance(ended, OfferEnded)
        assert (ended.reason, ended.by) == ("rescinded", asked[1].name)
        assert await office.slots(seat) == 0
    assert (await office.row(row)).agent_id == asked[1].agent_id
    await office.passes(40)
    assert counted(office.node, "swept_total") == 0


async def test_a9_who_was_freed_is_asked_for_the_next(office: Office) -> None:
    await office.sets_queue(offers_at_once=2)
    ann, bob = await office.agent("ann"), await office.agent("bob")
    first, second = await office.customer(), await office.customer()
    assert office.offered(ann) == office.offered(bob) == [first.id]

    await office.accepts(ann)

    assert office.offered(bob) == [first.id, second.id]


async def test_a9_it_waits_again_when_all_have_ended(office: Office) -> None:
    await office.sets_queue(offers_at_once=2)
    ann, bob = await office.agent("ann"), await office.agent("bob")
    row = await office.customer()
    await office.declines(ann)
    assert (await office.row(row)).state == "offered"
    assert office.offered(bob) == [row.id]
    await office.declines(bob)
    again = await office.row(row)
    assert (again.state, again.queued_at) == ("queued", row.queued_at)


async def test_a9_each_may_tell_why_they_are_asked(office: Office) -> None:
    await office.sets_queue(offers_at_once=2)
    ann = await office.agent("ann", capacity=2)
    bob = await office.agent("bob", capacity=4)
    await office.customer()
    for seat, capacity in ((ann, 2), (bob, 4)):
        why = office.offers(seat)[-1].why
        assert why.facts["decided_by"] == "several"
        assert why.facts["capacity"] == capacity


async def test_a1_a9_all_accept_in_one_moment(office: Office) -> None:
    await office.sets_queue(offers_at_once=3)
    seats = [await office.agent(name, capacity=20) for name in ("ann", "bob", "cid")]
    for _ in range(8):
        row = await office.customer()
        answers = await together(
            *(office.node.desk.accept(seat, UUID(office.offers(seat)[-1].offer)) for seat in seats)
        )
        await office.turn()
        refused = [each for each in answers if isinstance(each, Taken | AppError)]
        assert len(refused) == 2
        assert (await office.row(row)).state == "active"
    held = [await office.slots(seat) for seat in seats]
    assert sum(held) == 8


async def test_a9_auto_accept_gives_it_to_one_and_shows_no_dead_card(office: Office) -> None:
    await office.sets_queue(offers_at_once=3, auto_accept=True)
    seats = [await office.agent(name) for name in ("ann", "bob", "cid")]
    row = await office.customer()
    assert (await office.row(row)).state == "active"
    assert [office.offered(seat) for seat in seats] == [[], [], []]
    assert sum([await office.slots(seat) for seat in seats]) == 1


async def test_a3_of_several_one_steps_away_and_the_others_keep_it(office: Office) -> None:
    await office.sets_queue(offers_at_once=2)
    ann, bob = await office.agent("ann"), await office.agent("bob")
    row = await office.customer()
    await office.sets(ann, "away")
    assert (await office.row(row)).state == "offered"
    assert await office.accepts(bob) == row.id


async def test_a8_a_customer_who_leaves_takes_every_card_along(office: Office) -> None:
    await office.sets_queue(offers_at_once=2)
    ann, bob = await office.agent("ann"), await office.agent("bob")
    row = await office.customer()
    now = office.clock.now()
    await office.moved(await office.stores.transitions.end_by_customer(row.id, row.visitor_id, now))
    for seat in (ann, bob):
        [ended] = office.endings(seat)
        assert isinstance(ended, OfferEnded)
        assert ended.reason == "customer_gone"
        assert await office.slots(seat) == 0
    again = await office.customer()
    assert office.offered(ann)[-1] == office.offered(bob)[-1] == again.id
