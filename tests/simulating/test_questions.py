"""Questions to the simulator are few at a time, and none lasts for ever."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

import pytest

from routing.simulator.traffic import Traffic
from routing.simulator.wording import Mistake
from server.protocol.errors import TooMany
from server.protocol.simulations import NewSimulation, SimulationRecord, Variant
from server.services.admin.variants import VariantsAdmin
from server.services.seats import AgentSeat
from server.services.simulations import LASTS_MAX, Simulations
from server.simulating.shop import recorded_traffic
from storage.database import Database
from storage.simulations import Simulations as Store
from tests.assignment.nodes import stores_of
from tests.storage.floor import Floor, at
from tests.support.clock import FakeClock

ASKED = NewSimulation(since=at(0), until=at(3600), variants=[Variant(name="As it is")])


class Office:
    """A shop whose supervisor asks; nobody came there in time, or ever, or at all."""

    def __init__(self, floor: Floor, seat: AgentSeat) -> None:
        self.clock, self.seat = FakeClock(), seat
        self.simulations = Simulations(
            store=Store(floor.db),
            stores=stores_of(floor.db),
            variants=cast("VariantsAdmin", None),
            recorded=self._recorded,
            clock=self.clock,
        )
        self.reads = 0
        self.read_until: datetime | None = None

    @classmethod
    async def open(cls, database: Database) -> Office:
        floor = await Floor.open(database)
        qin = await floor.agent()
        return cls(floor, AgentSeat(qin, floor.shop.id, "Qin", "supervisor"))

    async def _recorded(self, _shop: UUID, _since: datetime, until: datetime) -> Traffic:
        self.reads += 1
        self.read_until = until
        raise Mistake("Nobody came in this period")

    async def answered(self, simulation: SimulationRecord) -> SimulationRecord:
        """Let one job answer until this is answered."""
        job = asyncio.create_task(self.simulations.run())
        try:
            async with asyncio.timeout(10):
                while True:
                    found = await self.simulations.one(self.seat, UUID(simulation.id))
                    if found.reason != "lost" and found.state != "running":
                        return found
        finally:
            job.cancel()


async def test_a_period_that_is_not_over_is_read_until_now(database: Database) -> None:
    office = await Office.open(database)
    now = office.clock.now()
    asked = NewSimulation(
        since=now - timedelta(hours=1),
        until=now + timedelta(hours=9),
        variants=[Variant(name="As it is")],
    )

    await office.answered(await office.simulations.start(office.seat, asked))

    assert office.read_until is not None
    assert now <= office.read_until < now + timedelta(minutes=1)


async def test_p13_however_many_ask_at_once_two_questions_wait(database: Database) -> None:
    office = await Office.open(database)

    asked = [office.simulations.start(office.seat, ASKED) for _ in range(8)]
    answers = await asyncio.gather(*asked, return_exceptions=True)

    assert [type(each) for each in answers].count(SimulationRecord) == 2
    assert [type(each) for each in answers].count(TooMany) == 6


async def test_a_question_whose_turn_comes_too_late_is_given_up_and_says_so(
    database: Database,
) -> None:
    office = await Office.open(database)
    late = await office.simulations.start(office.seat, ASKED)
    await office.clock.advance((LASTS_MAX + timedelta(minutes=1)).total_seconds())

    found = await office.answered(late)

    assert (found.state, found.reason) == ("failed", "too_many_customers")
    assert office.reads == 0


async def test_p13_a_period_in_which_too_many_came_is_refused_before_it_is_read(
    database: Database,
) -> None:
    floor = await Floor.open(database)
    for seconds in (10, 20, 30):
        await floor.asked(seconds=seconds)

    asked = floor.db, floor.shop.id, at(0), at(60)
    assert len((await recorded_traffic(*asked, customers_max=3)).arrivals) == 3
    with pytest.raises(Mistake, match="shorter period"):
        await recorded_traffic(*asked, customers_max=2)
