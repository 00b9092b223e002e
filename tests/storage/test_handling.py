"""What queues have to do, and how long agents take: for prices, estimates and speeds."""

from __future__ import annotations

from uuid import UUID

import pytest

from storage.handling import ARRIVALS_S, Handling
from tests.storage.floor import Floor, at


async def handled(floor: Floor, agent: UUID, seconds: float, start: float = 0) -> UUID:
    row = await floor.answered(agent, start)
    await floor.transitions.close(row.id, agent, None, at(start + seconds))
    await floor.transitions.finish(row.id, agent, None, at(start + seconds))
    return row.id


async def test_traffic_counts_the_last_hour_and_the_last_that_were_closed(floor: Floor) -> None:
    agent, handling = await floor.agent(capacity=9), Handling(floor.db)
    for seconds in (100, 200, 300):
        await handled(floor, agent, seconds)
    await floor.asked()
    other = await Floor.open(floor.db, key="coffee")
    await other.asked()
    await floor.db.execute("UPDATE conversation SET created_at = $1", at(0))

    traffic = (await handling.traffic(floor.shop.id, at(10)))[floor.queue.id]
    assert traffic.arrivals_per_s == pytest.approx(4 / ARRIVALS_S)
    assert (traffic.mean_s, traffic.count) == (200.0, 3)
    later = (await handling.traffic(floor.shop.id, at(ARRIVALS_S + 1)))[floor.queue.id]
    assert (later.arrivals_per_s, later.count) == (0.0, 3)


async def test_each_agent_is_held_beside_all(floor: Floor) -> None:
    quick, slow, handling = await floor.agent(capacity=9), await floor.agent(), Handling(floor.db)
    for seconds in (60, 120):
        await handled(floor, quick, seconds)
    await handled(floor, slow, 300)
    passed_on = await floor.answered(slow)
    await floor.transitions.transfer(passed_on.id, slow, None, floor.queue.id, at(900))
    offer = await floor.offered(passed_on, quick, 901)
    await floor.offers.accept(offer.id, quick, at(902))
    await floor.transitions.close(passed_on.id, quick, None, at(903))
    await floor.transitions.finish(passed_on.id, quick, None, at(904))

    found = {each.agent_id: each for each in await handling.by_agent(floor.shop.id, at(1000))}

    assert (found[quick].count, found[quick].mean_s) == (2, 90.0)
    assert (found[slow].count, found[slow].mean_s) == (1, 300.0)
    assert {each.queue_mean_s for each in found.values()} == {160.0}
    assert await handling.by_agent(floor.shop.id, at(91 * 86_400)) == []
