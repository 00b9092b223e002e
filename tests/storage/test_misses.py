"""Who misses too many offers in a row is not responding, until they act."""

from __future__ import annotations

from uuid import UUID

from storage.agents import Agents
from storage.people import AgentRow
from storage.rows import Moved
from storage.shops import Shops
from tests.storage.floor import Floor, at


async def state(floor: Floor, agent: UUID) -> AgentRow:
    found = await Agents(floor.db).get(agent)
    assert found is not None
    return found


async def misses(floor: Floor, agent: UUID, seconds: float) -> Moved:
    offer = await floor.offered(await floor.asked(), agent, seconds)
    moved = await floor.offers.end(offer.id, None, "timed_out", at(seconds + 30))
    assert moved is not None
    return moved


async def test_a4_two_misses_in_a_row_make_not_responding(floor: Floor) -> None:
    agent = await floor.agent()
    first = await misses(floor, agent, 0)
    assert first.heard is None
    assert (await state(floor, agent)).misses == 1

    second = await misses(floor, agent, 40)
    assert second.heard is not None
    assert (second.heard.agent_id, second.heard.responding) == (agent, False)
    row = await state(floor, agent)
    assert (row.misses, row.unresponsive_at, row.status) == (2, at(70), "available")
    assert row.idle_since == at(0), "a miss is no work, and no reward either"
    assert await floor.try_offer(await floor.asked(), agent, 80) is None


async def test_a4_the_shop_says_how_many(floor: Floor) -> None:
    agent = await floor.agent()
    await Shops(floor.db).update(floor.shop.id, {"misses_max": 3})
    for turn in range(2):
        assert (await misses(floor, agent, turn)).heard is None
    assert (await misses(floor, agent, 9)).heard is not None


async def test_an_answer_in_between_forgets_the_misses(floor: Floor) -> None:
    agent = await floor.agent()
    for answer in ("accept", "decline"):
        await misses(floor, agent, 0)
        offer = await floor.offered(await floor.asked(), agent, 40)
        if answer == "accept":
            await floor.offers.accept(offer.id, agent, at(41))
            assert (await state(floor, agent)).assigned_at == at(41)
        else:
            await floor.offers.end(offer.id, agent, "declined", at(41))
        assert (await state(floor, agent)).misses == 0
        assert (await misses(floor, agent, 50)).heard is None
        await Agents(floor.db).set_status(agent, "available", at(60))


async def test_a3_c1_whoever_leaves_or_steps_away_has_missed_nothing(floor: Floor) -> None:
    agent = await floor.agent()
    for reason in ("agent_lost", "agent_away", "rescinded"):
        offer = await floor.offered(await floor.asked(), agent)
        await floor.offers.end(offer.id, None, reason, at(5))  # type: ignore[arg-type]
    assert (await state(floor, agent)).misses == 0


async def test_choosing_a_status_even_the_same_again_is_being_back(floor: Floor) -> None:
    agent = await floor.agent()
    await misses(floor, agent, 0)
    await misses(floor, agent, 40)
    await Agents(floor.db).set_status(agent, "available", at(90))
    row = await state(floor, agent)
    assert (row.misses, row.unresponsive_at, row.idle_since) == (0, None, at(0))
    await floor.offered(await floor.asked(), agent, 91)


async def test_picking_is_being_back(floor: Floor) -> None:
    agent = await floor.agent()
    await misses(floor, agent, 0)
    await misses(floor, agent, 40)
    moved = await floor.offers.pick((await floor.asked()).id, agent, at(90))
    assert moved.heard is not None
    assert moved.heard.responding
    assert (await state(floor, agent)).unresponsive_at is None
