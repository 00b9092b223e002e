"""Capacity in units: what a conversation takes, and how many of a queue one agent may hold."""

from __future__ import annotations

import asyncio

import pytest

from storage.agents import Agents
from storage.errors import AtCapacity
from storage.queues import NewQueue, Queues
from tests.storage.floor import Floor, at
from tests.support.database import Another


async def test_a17_a_call_takes_what_its_queue_says_and_gives_all_of_it_back(floor: Floor) -> None:
    await floor.sets_queue(units=4)
    agent = await floor.agent(capacity=10)
    first, second, third = [await floor.asked() for _ in range(3)]

    offer = await floor.offered(first, agent)
    await floor.offers.accept(offer.id, agent, at(1))
    await floor.offered(second, agent)
    assert await floor.held(agent) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert await floor.try_offer(third, agent) is None, "two units are no room for four"

    await floor.transitions.close(first.id, agent, None, at(2))
    await floor.transitions.finish(first.id, agent, None, at(3))
    assert await floor.held(agent) == [5, 6, 7, 8]
    await floor.offered(third, agent, 4)
    assert await floor.held(agent) == [1, 2, 3, 4, 5, 6, 7, 8]


async def test_a17_a_heavy_conversation_is_not_offered_beside_a_light_one(floor: Floor) -> None:
    agent = await floor.agent(capacity=10)
    calls = await Queues(floor.db).create(
        NewQueue(shop_id=floor.shop.id, key="calls", name="Calls", units=10)
    )
    await floor.answered(agent)
    new = floor.asking(await floor.visitor(), "Please call me")
    await floor.db.execute("UPDATE queue SET topics = '{call}' WHERE id = $1", calls.id)
    call = (await floor.conversations.start(new, at(0))).row
    await floor.db.execute("UPDATE conversation SET queue_id = $2 WHERE id = $1", call.id, calls.id)
    assert await floor.try_offer(call, agent) is None
    with pytest.raises(AtCapacity):
        await floor.offers.pick(call.id, agent, at(1))
    assert await floor.held(agent) == [1]


async def test_p4_a10_units_hold_in_a_burst_from_three_nodes(
    floor: Floor, another: Another
) -> None:
    await floor.sets_queue(units=3)
    agent = await floor.agent(capacity=10)
    rows = [await floor.asked() for _ in range(20)]
    nodes = [floor, floor.on(await another()), floor.on(await another())]

    answers = await asyncio.gather(
        *(node.try_offer(row, agent) for row in rows for node in nodes),
        *(node.offers.pick(row.id, agent, at(1)) for row in rows for node in nodes),
        return_exceptions=True,
    )

    assert not [each for each in answers if isinstance(each, asyncio.TimeoutError)]
    taken = await floor.db.fetch(
        "SELECT conversation_id, count(*) AS units FROM slot WHERE agent_id = $1 GROUP BY 1", agent
    )
    assert [row["units"] for row in taken] == [3, 3, 3]


async def test_a12_a_raised_capacity_makes_room_below_the_limit_of_the_queue(floor: Floor) -> None:
    await floor.sets_queue(per_agent_max=2)
    agent = await floor.agent(capacity=1)
    await floor.answered(agent)
    waiting = await floor.asked()
    assert await floor.try_offer(waiting, agent) is None
    await Agents(floor.db).update(floor.shop.id, agent, {"capacity": 2})
    await floor.offered(waiting, agent)


async def test_a14_the_limit_of_a_queue_holds_until_it_is_lifted(
    floor: Floor, another: Another
) -> None:
    await floor.sets_queue(per_agent_max=2)
    agent = await floor.agent(capacity=100)
    rows = [await floor.asked() for _ in range(8)]
    nodes = [floor, floor.on(await another())]
    await asyncio.gather(*(node.try_offer(row, agent) for row in rows for node in nodes))
    assert len(await floor.held(agent)) == 2

    row = next(
        each for each in await floor.conversations.waiting(floor.shop.id) if each.state == "queued"
    )
    with pytest.raises(AtCapacity):
        await floor.offers.pick(row.id, agent, at(1))
    await floor.sets_queue(per_agent_max=None)
    await floor.offers.pick(row.id, agent, at(1))
    assert len(await floor.held(agent)) == 3


async def test_a13_a15_the_capacity_counts_over_all_queues(floor: Floor) -> None:
    agent = await floor.agent(capacity=8)
    for _ in range(8):
        await floor.answered(agent)
    await Agents(floor.db).update(floor.shop.id, agent, {"capacity": 4})
    other = await Queues(floor.db).create(
        NewQueue(shop_id=floor.shop.id, key="other", name="Other", per_agent_max=100)
    )
    row = await floor.asked()
    await floor.db.execute("UPDATE conversation SET queue_id = $2 WHERE id = $1", row.id, other.id)
    assert await floor.try_offer(row, agent) is None
    await Agents(floor.db).update(floor.shop.id, agent, {"capacity": 9})
    await floor.offered(row, agent)
