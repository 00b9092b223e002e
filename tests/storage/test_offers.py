"""Offers: one owner, never more than the capacity, whoever presses at whatever moment."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from storage.agents import Agents
from storage.errors import AtCapacity, Gone, Missing, OfferOver, Taken, WrongState
from storage.leases import Leases
from storage.rows import ConversationRow, Moved, OfferRow
from tests.storage.floor import Floor, at
from tests.support.database import Another


async def test_an_accepted_offer_makes_the_conversation_theirs(floor: Floor) -> None:
    agent = await floor.agent("Lin Mei")
    row = await floor.asked(seconds=1)
    offer = await floor.offered(row, agent, 3)
    assert (await floor.now(row)).state == "offered"

    moved = await floor.offers.accept(offer.id, agent, at(5))

    assert moved.ended_offer is not None
    assert moved.ended_offer.end_reason == "accepted"
    assert (moved.row.state, moved.row.agent_id, moved.row.assigned_at) == ("active", agent, at(5))
    assert (moved.row.waiting_ms, moved.row.queued_at) == (4000, at(1))
    notice = moved.notices[0]
    assert (notice.notice, notice.text, notice.seq) == ("agent_joined", "Lin Mei joined", 2)
    assert await floor.kinds(row) == ["started", "queued", "offered", "accepted"]
    assert await floor.held(agent) == [1]


async def test_a_repeated_accept_changes_nothing(floor: Floor) -> None:
    agent = await floor.agent()
    offer = await floor.offered(await floor.asked(), agent)
    first = await floor.offers.accept(offer.id, agent, at(1))
    again = await floor.offers.accept(offer.id, agent, at(2))
    assert (again.changed, again.row, again.notices) == (False, first.row, ())


async def test_p4_a10_a_burst_from_three_nodes_never_exceeds_the_capacity(
    floor: Floor, another: Another
) -> None:
    agent = await floor.agent(capacity=3)
    rows = [await floor.asked() for _ in range(50)]
    nodes = [floor, floor.on(await another()), floor.on(await another())]

    answers = await asyncio.gather(*(node.try_offer(row, agent) for row in rows for node in nodes))

    offers = [answer for answer in answers if answer is not None]
    assert len(offers) == 3
    assert len({offer.conversation_id for offer in offers}) == 3
    assert await floor.held(agent) == [1, 2, 3]
    assert len(await floor.offers.live_of_agent(agent)) == 3


async def test_p4_offers_accepts_and_ends_at_random_keep_every_promise(
    floor: Floor, another: Another
) -> None:
    agents = [await floor.agent(capacity=2) for _ in range(3)]
    rows = [await floor.asked() for _ in range(12)]
    nodes = [floor, floor.on(await another())]

    async def agent_works(node: Floor, number: int) -> None:
        for step in range(12):
            agent, row = agents[(number + step) % 3], rows[(number * 5 + step) % 12]
            offer = await node.try_offer(row, agent, step)
            if offer is None:
                continue
            if step % 3:
                await node.offers.end(offer.id, agent, "declined", at(step))
                continue
            await node.offers.accept(offer.id, agent, at(step))
            await node.transitions.close(row.id, agent, None, at(step))
            await node.transitions.finish(row.id, agent, None, at(step))

    await asyncio.gather(*(agent_works(nodes[n % 2], n) for n in range(8)))

    broken = await floor.db.fetch(
        """
        SELECT c.id FROM conversation c LEFT JOIN slot s ON s.conversation_id = c.id
         WHERE (c.state IN ('offered', 'active', 'wrap_up')) <> (s.conversation_id IS NOT NULL)
            OR (c.state = 'offered') <> EXISTS (SELECT FROM offer o WHERE o.conversation_id = c.id
                                                   AND o.ended_at IS NULL)
        """
    )
    assert broken == []


async def test_a1_two_agents_take_it_in_the_same_millisecond(
    floor: Floor, another: Another
) -> None:
    other_node = floor.on(await another())
    for _ in range(10):
        row = await floor.asked()
        mei, fang = await floor.agent("Lin Mei"), await floor.agent("Wang Fang")
        answers = await asyncio.gather(
            floor.offers.pick(row.id, mei, at(1)),
            other_node.offers.pick(row.id, fang, at(1)),
            return_exceptions=True,
        )
        won = [answer for answer in answers if isinstance(answer, Moved)]
        lost = [answer for answer in answers if isinstance(answer, Taken)]
        assert (len(won), len(lost)) == (1, 1)
        assert (lost[0].agent_id, lost[0].agent_name) == (
            won[0].row.agent_id,
            "Lin Mei" if won[0].row.agent_id == mei else "Wang Fang",
        )
        joined = [m for m in await floor.messages.last(row.id, 10) if m.notice == "agent_joined"]
        assert len(joined) == 1


async def test_a7_an_accept_after_the_expiry_is_refused(floor: Floor) -> None:
    agent, next_one = await floor.agent(), await floor.agent("Wang Fang")
    row = await floor.asked()
    offer = await floor.offered(row, agent)
    late = offer.expires_at + timedelta(milliseconds=1)

    with pytest.raises(OfferOver, match="ended"):
        await floor.offers.accept(offer.id, agent, late)
    assert [due.id for due in await floor.offers.expired(late)] == [offer.id]
    ended = await floor.offers.end(offer.id, None, "timed_out", late)
    assert ended is not None
    assert (ended.row.state, ended.row.queued_at, ended.freed_agent) == ("queued", at(0), agent)
    await floor.offered(row, next_one, 31)
    with pytest.raises(Taken):
        await floor.offers.accept(offer.id, agent, late)
    assert await floor.held(agent) == []


async def test_a8_the_customer_leaves_while_the_offer_is_open(floor: Floor) -> None:
    agent = await floor.agent()
    row = await floor.asked()
    offer = await floor.offered(row, agent)

    moved = await floor.transitions.end_by_customer(row.id, row.visitor_id, at(4))

    assert moved.row.state == "closed"
    assert moved.freed_agent == agent
    assert moved.ended_offer is not None
    assert (moved.ended_offer.id, moved.ended_offer.end_reason) == (offer.id, "customer_gone")
    assert await floor.held(agent) == []
    with pytest.raises(OfferOver) as refused:
        await floor.offers.accept(offer.id, agent, at(5))
    assert refused.value.reason == "customer_gone"


async def test_a8_leaving_and_accepting_at_once_has_one_outcome(
    floor: Floor, another: Another
) -> None:
    elsewhere = floor.on(await another())
    for _ in range(10):
        agent = await floor.agent(capacity=1)
        row = await floor.asked()
        offer = await floor.offered(row, agent)
        await asyncio.gather(
            floor.transitions.end_by_customer(row.id, row.visitor_id, at(4)),
            elsewhere.offers.accept(offer.id, agent, at(4)),
            return_exceptions=True,
        )
        now = await floor.now(row)
        assert now.state in {"closed", "wrap_up"}
        assert await floor.held(agent) == ([] if now.state == "closed" else [1])


async def test_a11_a_freed_slot_can_be_given_at_once(floor: Floor) -> None:
    agent = await floor.agent(capacity=3)
    held = [await floor.answered(agent) for _ in range(3)]
    fourth, fifth = await floor.asked(seconds=20), await floor.asked(seconds=30)
    assert await floor.try_offer(fourth, agent, 31) is None

    await floor.transitions.close(held[1].id, agent, None, at(40))
    moved = await floor.transitions.finish(held[1].id, agent, None, at(41))

    assert moved.freed_agent == agent
    waiting = await floor.conversations.waiting(floor.shop.id)
    assert [row.id for row in waiting] == [fourth.id, fifth.id]
    await floor.offered(waiting[0], agent, 41)
    assert await floor.held(agent) == [1, 2, 3], "the lowest free number is taken"
    assert await floor.try_offer(fifth, agent, 41) is None


async def test_p4_a_lowered_capacity_counts_what_is_held(floor: Floor) -> None:
    agent = await floor.agent(capacity=3)
    held = [await floor.answered(agent) for _ in range(3)]
    await Agents(floor.db).update(floor.shop.id, agent, {"capacity": 1})
    for row in held[:2]:
        await floor.transitions.close(row.id, agent, None, at(1))
        await floor.transitions.finish(row.id, agent, None, at(1))
    assert await floor.held(agent) == [3]
    assert await floor.try_offer(await floor.asked(), agent) is None


async def test_p6_a_declined_offer_keeps_the_age_and_frees_the_slot(floor: Floor) -> None:
    agent = await floor.agent()
    row = await floor.asked(seconds=2)
    offer = await floor.offered(row, agent, 5)

    moved = await floor.offers.end(offer.id, agent, "declined", at(8), "lunch")

    assert moved is not None
    assert moved.ended_offer is not None
    assert moved.ended_offer.decline_reason == "lunch"
    assert (moved.row.state, moved.row.queued_at, moved.freed_agent) == ("queued", at(2), agent)
    assert await floor.offers.end(offer.id, agent, "declined", at(9)) is None
    assert await floor.held(agent) == []
    with pytest.raises(OfferOver, match="ended"):
        await floor.offers.accept(offer.id, agent, at(9))


async def test_an_offer_of_somebody_else_does_not_exist(floor: Floor) -> None:
    agent, other = await floor.agent(), await floor.agent()
    offer = await floor.offered(await floor.asked(), agent)
    with pytest.raises(Missing):
        await floor.offers.accept(offer.id, other, at(1))
    with pytest.raises(Missing):
        await floor.offers.end(offer.id, other, "declined", at(1))


async def test_nobody_is_offered_anything_while_they_are_away(floor: Floor) -> None:
    away, gone = await floor.agent(away=True), await floor.agent()
    row = await floor.asked()
    await Agents(floor.db).deactivate(floor.shop.id, gone, at(1))
    stranger = await (await Floor.open(floor.db, key="coffee")).agent()
    for agent in (away, gone, stranger):
        assert await floor.try_offer(row, agent) is None


async def test_a19_picking_is_atomic_and_keeps_to_the_capacity(floor: Floor) -> None:
    agent = await floor.agent(capacity=1)
    first, second = await floor.asked(seconds=1), await floor.asked()
    moved = await floor.offers.pick(first.id, agent, at(3))
    assert (moved.row.state, moved.row.waiting_ms) == ("active", 2000)
    assert not (await floor.offers.pick(first.id, agent, at(4))).changed
    with pytest.raises(AtCapacity):
        await floor.offers.pick(second.id, agent, at(4))
    stranger = await (await Floor.open(floor.db, key="coffee")).agent()
    with pytest.raises(Missing):
        await floor.offers.pick(second.id, stranger, at(4))
    with pytest.raises(WrongState):
        await floor.offers.pick((await floor.asked(text=None)).id, await floor.agent(), at(4))
    await floor.transitions.end_by_customer(second.id, second.visitor_id, at(5))
    with pytest.raises(Gone):
        await floor.offers.pick(second.id, await floor.agent(), at(6))


async def test_picking_what_is_on_offer_to_oneself_accepts_it(floor: Floor) -> None:
    agent = await floor.agent(capacity=1)
    row = await floor.asked()
    offer = await floor.offered(row, agent)
    moved = await floor.offers.pick(row.id, agent, at(1))
    assert moved.ended_offer is not None
    assert (moved.ended_offer.id, moved.ended_offer.end_reason) == (offer.id, "accepted")
    assert await floor.held(agent) == [1]


async def test_a19_picking_what_was_on_offer_to_oneself_for_too_long_accepts_nothing(
    floor: Floor,
) -> None:
    lin = await floor.agent()
    row = await floor.asked()
    offer = await floor.offered(row, lin)
    taken = await floor.offers.pick(row.id, lin, offer.expires_at)
    assert (taken.row.state, taken.row.agent_id) == ("active", lin)
    ended = await floor.offers.get(offer.id)
    assert ended is not None
    assert ended.end_reason == "timed_out"
    assert len(await floor.held(lin)) == 1


async def test_a_deposed_host_offers_nothing(floor: Floor, another: Another) -> None:
    agent = await floor.agent()
    row = await floor.asked()
    ours, theirs = Leases(floor.db), Leases(await another())
    old = await ours.hold(0, "node-a", 3, at(0))
    assert old is not None
    assert await theirs.hold(0, "node-b", 3, at(1)) is None
    new = await theirs.hold(0, "node-b", 3, at(4))
    assert new is not None
    assert new.epoch == old.epoch + 1

    async def offer(lease: object) -> tuple[OfferRow, ...]:
        return await floor.offers.make(row.id, [agent], at(40), at(5), {}, lease)  # type: ignore[arg-type]

    assert await offer(old) == ()
    assert await ours.hold(0, "node-a", 3, at(5)) is None
    assert len(await offer(new)) == 1


async def test_a_lease_is_renewed_in_its_epoch_and_given_up_at_once(floor: Floor) -> None:
    leases = Leases(floor.db)
    first = await leases.hold(7, "node-a", 3, at(0))
    renewed = await leases.hold(7, "node-a", 3, at(2))
    assert first is not None
    assert renewed is not None
    assert (renewed.epoch, renewed.expires_at) == (first.epoch, at(5))
    await leases.release(renewed)
    taken = await leases.hold(7, "node-b", 3, at(2))
    assert taken is not None
    assert taken.epoch == first.epoch + 1


async def test_p4_one_of_many_takes_a_lease(floor: Floor, another: Another) -> None:
    dbs = [floor.db, await another(), await another()]
    for moment in (0, 10, 20):
        answers = await asyncio.gather(
            *(Leases(db).hold(0, f"n{moment}-{n}", 3, at(moment)) for n, db in enumerate(dbs * 4))
        )
        assert len([answer for answer in answers if answer is not None]) == 1


async def test_a20_a_machine_and_a_person_assign_at_once_and_one_of_them_does(
    floor: Floor, another: Another
) -> None:
    machine = floor.on(await another())
    for _ in range(15):
        mei, fang = await floor.agent("Lin Mei"), await floor.agent("Wang Fang")
        row = await floor.asked()

        async def deals(row: ConversationRow = row, agent: UUID = mei) -> Moved | None:
            offer = await machine.try_offer(row, agent, 1)
            return None if offer is None else await machine.offers.accept(offer.id, agent, at(1))

        answers = await asyncio.gather(
            deals(), floor.offers.pick(row.id, fang, at(1)), return_exceptions=True
        )

        won = [answer for answer in answers if isinstance(answer, Moved)]
        assert len(won) == 1
        kinds = await floor.kinds(row)
        assert kinds.count("accepted") + kinds.count("picked") == 1
        notices = [each.notice for each in await floor.messages.last(row.id, 10)]
        assert notices.count("agent_joined") == 1
        held = [agent for agent in (mei, fang) if await floor.held(agent)]
        assert held == [won[0].row.agent_id]
