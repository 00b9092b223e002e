"""A period that is replayed knows who is fast, and how much work there was whoever did it."""

from uuid import UUID

import pytest

from routing.simulator.replay import desk
from routing.simulator.traffic import Traffic
from server.simulating.periods import read_forecast
from server.simulating.shop import expected_traffic, recorded_traffic
from storage.agents import Agents
from storage.database import Database
from storage.people import QueueSkill
from storage.skills import Skills
from tests.simulating.test_periods import HEAD
from tests.storage.floor import NOON, Floor, at
from tests.support.past import Talk, had


async def a_shop(database: Database) -> tuple[Floor, UUID, UUID]:
    """In a queue that asks for a skill, Mei takes half the time that Lin takes."""
    floor = await Floor.open(database)
    tea = await Skills(database).create(floor.shop.id, "tea", "Tea")
    await floor.sets_queue(skills=(QueueSkill(tea.id, 1, required=True),))
    mei, lin = await floor.agent("Mei"), await floor.agent("Lin")
    for agent, handle_s in ((mei, 150), (lin, 300)):
        await Agents(database).update(floor.shop.id, agent, {"skills": {tea.id: 2}})
        talks = [Talk(agent=agent, handle_s=handle_s)] * 100
        await had(database, floor.shop.id, floor.queue.id, at(60), talks)
    return floor, mei, lin


def speeds(traffic: Traffic) -> dict[str, dict[str, float]]:
    return {each.id: dict(each.speeds) for each in traffic.people}


async def test_who_is_fast_did_as_much_work_in_less_time(database: Database) -> None:
    floor, mei, lin = await a_shop(database)

    traffic = await recorded_traffic(database, floor.shop.id, at(0), at(3600))

    assert speeds(traffic) == {str(mei): {"tea": 1.331}, str(lin): {"tea": 0.826}}
    assert {round(each.work_s or 0, 3) for each in traffic.arrivals} == {199.65, 247.8}
    assert traffic.lines[0].handle_s == pytest.approx((199.65 + 247.8) / 2)


async def test_in_the_same_hands_again_it_takes_as_long_as_it_took(database: Database) -> None:
    floor, mei, lin = await a_shop(database)

    traffic = await recorded_traffic(database, floor.shop.id, at(0), at(3600))

    again = desk(traffic)
    took = {
        round((arrival.work_s or 0) / speed)
        for arrival in traffic.arrivals
        for agent, (speed,) in zip(again.agents, again.speeds, strict=True)
        if (agent.id == str(mei)) == (arrival.work_s == pytest.approx(199.65))
    }
    assert took == {150, 300}
    assert {agent.id: dict(agent.speeds) for agent in again.agents} == speeds(traffic)
    assert str(lin) in speeds(traffic)


async def test_whoever_is_expected_is_served_as_fast_as_usual(database: Database) -> None:
    floor, mei, _ = await a_shop(database)
    lines = read_forecast([HEAD, "general,2026-03-09T09:00,30,200,100"])

    traffic = await expected_traffic(database, floor.shop.id, lines, "UTC", NOON)

    assert speeds(traffic)[str(mei)] == {"tea": 1.331}
