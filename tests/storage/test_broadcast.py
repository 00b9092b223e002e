"""One conversation, offered to several agents at once: the first to accept has it."""

from __future__ import annotations

import asyncio

import pytest

from storage.errors import OfferOver, Taken
from storage.rows import Moved
from tests.storage.floor import Floor, at
from tests.support.database import Another


async def test_a9_the_first_to_accept_has_it_and_the_others_are_free(floor: Floor) -> None:
    names = ("Lin Mei", "Wang Fang", "Grace Holt")
    agents = [await floor.agent(name) for name in names]
    row = await floor.asked()
    offers = await floor.offered_to(row, agents)
    assert [offer.agent_id for offer in offers] == agents
    assert [await floor.held(agent) for agent in agents] == [[1], [1], [1]]

    moved = await floor.offers.accept(offers[1].id, agents[1], at(2))

    assert (moved.row.state, moved.row.agent_id) == ("active", agents[1])
    assert [(each.agent_id, each.end_reason) for each in moved.also_ended] == [
        (agents[0], "rescinded"),
        (agents[2], "rescinded"),
    ]
    assert set(moved.also_freed) == {agents[0], agents[2]}
    assert [await floor.held(agent) for agent in agents] == [[], [1], []]
    with pytest.raises(Taken, match="taken") as refused:
        await floor.offers.accept(offers[0].id, agents[0], at(3))
    assert refused.value.agent_name == "Wang Fang"


async def test_a9_it_waits_again_only_when_all_have_ended(floor: Floor) -> None:
    agents = [await floor.agent() for _ in range(3)]
    row = await floor.asked(seconds=5)
    first, second, third = await floor.offered_to(row, agents, 6)

    for offer, reason in ((first, "declined"), (second, "timed_out")):
        moved = await floor.offers.end(offer.id, None, reason, at(9))  # type: ignore[arg-type]
        assert moved is not None
        assert (moved.row.state, moved.freed_agent) == ("offered", offer.agent_id)
        assert await floor.held(offer.agent_id) == []
    moved = await floor.offers.end(third.id, third.agent_id, "declined", at(10))
    assert moved is not None
    assert (moved.row.state, moved.row.queued_at) == ("queued", at(5))


async def test_a9_only_those_who_still_can_are_asked(floor: Floor) -> None:
    full, away, ready = await floor.agent(capacity=1), await floor.agent(away=True), None
    await floor.answered(full)
    ready = await floor.agent()
    row = await floor.asked()
    [offer] = await floor.offered_to(row, [full, away, ready])
    assert offer.agent_id == ready
    assert await floor.offered_to(row, [ready]) == ()


async def test_a9_a1_of_all_who_accept_at_once_one_wins(floor: Floor, another: Another) -> None:
    elsewhere = floor.on(await another())
    for _ in range(10):
        agents = [await floor.agent(capacity=1) for _ in range(4)]
        row = await floor.asked()
        offers = await floor.offered_to(row, agents)
        answers = await asyncio.gather(
            *(
                (floor, elsewhere)[n % 2].offers.accept(offer.id, offer.agent_id, at(1))
                for n, offer in enumerate(offers)
            ),
            return_exceptions=True,
        )
        won = [each for each in answers if isinstance(each, Moved)]
        assert len(won) == 1
        assert all(isinstance(each, Taken) for each in answers if each not in won)
        held = [agent for agent in agents if await floor.held(agent)]
        assert held == [won[0].row.agent_id]


async def test_a9_accepts_declines_and_time_outs_at_once_leak_no_slot(
    floor: Floor, another: Another
) -> None:
    nodes = [floor, floor.on(await another()), floor.on(await another())]
    agents = [await floor.agent(capacity=4) for _ in range(5)]
    for turn in range(12):
        rows = [await floor.asked(seconds=turn) for _ in range(4)]
        made = await asyncio.gather(
            *(
                nodes[n % 3].offered_to(row, agents[n % 2 :: 2] or agents, turn)
                for n, row in enumerate(rows)
            )
        )
        offers = [offer for some in made for offer in some]
        await asyncio.gather(
            *(
                nodes[n % 3].offers.accept(offer.id, offer.agent_id, at(turn))
                if n % 3 == 0
                else nodes[n % 3].offers.end(
                    offer.id,
                    None,
                    ("declined", "agent_lost")[n % 2],
                    at(turn),  # type: ignore[arg-type]
                )
                for n, offer in enumerate(offers)
            ),
            return_exceptions=True,
        )
        for row in rows:
            await floor.transitions.end_by_customer(row.id, row.visitor_id, at(turn))
            now = await floor.now(row)
            if now.state == "wrap_up":
                await floor.transitions.finish(row.id, now.agent_id, None, at(turn))
    assert await floor.db.fetchval("SELECT count(*) FROM slot") == 0
    assert await floor.db.fetchval("SELECT count(*) FROM offer WHERE ended_at IS NULL") == 0


async def test_a8_a_customer_who_leaves_ends_every_offer(floor: Floor) -> None:
    agents = [await floor.agent() for _ in range(3)]
    row = await floor.asked()
    await floor.offered_to(row, agents)
    moved = await floor.transitions.end_by_customer(row.id, row.visitor_id, at(2))
    assert moved.ended_offer is not None
    ended = (moved.ended_offer, *moved.also_ended)
    assert {each.agent_id for each in ended} == set(agents)
    assert {each.end_reason for each in ended} == {"customer_gone"}
    assert await floor.db.fetchval("SELECT count(*) FROM slot") == 0


async def test_a19_who_is_asked_may_pick_it_and_others_may_not(floor: Floor) -> None:
    mei, fang, stranger = [await floor.agent() for _ in range(3)]
    row = await floor.asked()
    await floor.offered_to(row, [mei, fang])
    with pytest.raises(Taken):
        await floor.offers.pick(row.id, stranger, at(1))
    moved = await floor.offers.pick(row.id, fang, at(1))
    assert moved.row.agent_id == fang
    assert [each.agent_id for each in moved.also_ended] == [mei]
    with pytest.raises(Taken):
        await floor.offers.pick(row.id, mei, at(2))


async def test_a7_an_expired_offer_of_several_ends_alone(floor: Floor) -> None:
    mei, fang = await floor.agent(), await floor.agent()
    row = await floor.asked()
    first, second = await floor.offered_to(row, [mei, fang])
    await floor.offers.end(first.id, None, "timed_out", at(31))
    with pytest.raises(Taken):
        await floor.offers.accept(first.id, mei, at(31))
    await floor.offers.end(second.id, None, "timed_out", at(31))
    with pytest.raises(OfferOver):
        await floor.offers.accept(second.id, fang, at(31))
