"""What a day would be like as it is planned, and with its gaps filled: asked of the simulator."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from routing.simulator import replay
from routing.simulator.change import Change
from routing.simulator.measure import Figures
from routing.simulator.replay import SimulationRequest
from routing.simulator.traffic import Traffic
from routing.simulator.wording import Mistake
from server.protocol.errors import Conflict, TooLarge, TooMany
from server.protocol.schedule import DayTried, TryDay
from server.schedule.gaps import Span, gaps_of
from server.schedule.need import Queue
from server.schedule.times import check_day
from server.schedule.trial import as_planned, expected_lines, with_filled
from server.services.clock import Clock
from server.services.schedule.outlook import Outlooks
from server.services.schedule.plan import shop_of
from server.services.schedule.staffing import day_gaps, skill_names
from server.services.seats import AgentSeat
from server.services.stores import Stores
from server.simulating.jobs import all_done
from server.simulating.periods import Expected as Line
from server.simulating.replays import Job, done
from server.simulating.variants import PROCESSES, compared, plain

SEEDS_MAX, SEEDS_MIN = 10, 3
CUSTOMERS_MAX = 60_000
"""Customers of all runs together: so many are simulated while somebody waits for the answer."""

WAITING_MAX = 4

Forecast = Callable[[UUID, Sequence[Line], str, datetime], Awaitable[Traffic]]
"""Returns a shop as it is, with customers as they are expected."""


class DayTrials:
    """Tries out planned days. One at a time on a node, in other processes."""

    def __init__(
        self, outlooks: Outlooks, stores: Stores, forecast: Forecast, clock: Clock
    ) -> None:
        self._outlooks, self._stores = outlooks, stores
        self._forecast, self._clock = forecast, clock
        self._turn, self._waiting = asyncio.Lock(), 0

    async def try_day(self, seat: AgentSeat, given: TryDay) -> DayTried:
        """Simulate a day as planned, and with every gap of a queue filled."""
        seat.must_lead()
        check_day(given.day, "day")
        shop = await shop_of(self._stores, seat)
        zone = ZoneInfo(shop.time_zone)
        outlook = await self._outlooks.of(shop, [given.day])
        [day] = outlook.days
        lines = expected_lines(day.open, outlook.expected)
        if not lines:
            raise Conflict(
                "The past says nothing of such a day, so nothing can be tried.", reason="no_past"
            )
        customers = sum(line.arrivals for line in lines)
        seeds = _seeds(customers)
        traffic = await self._forecast(shop.id, lines, zone.key, self._clock.now())
        planned = as_planned(traffic, day.spans)
        gaps = [(q, span) for q, rows in day.rows.items() for span in gaps_of(rows, day.day, zone)]
        ways = [planned, _filled(planned, gaps)] if gaps else [planned]
        runs = await self._run(ways, seeds)
        queues = [line.facts.id for line in traffic.lines]
        skills = await skill_names(self._stores, seat.shop_id)
        filled = [each for each in day_gaps(day, outlook.names, skills, zone) if each.queue]
        return DayTried(
            day=given.day,
            customers=round(customers, 1),
            filled=filled,
            planned=plain("", runs[0], queues),
            with_filled=compared("", runs[1], runs[0], queues) if gaps else None,
        )

    async def _run(self, ways: Sequence[Traffic], seeds: int) -> list[list[Figures]]:
        if self._waiting >= WAITING_MAX:
            raise TooMany
        self._waiting += 1
        try:
            async with self._turn:
                return await _runs(ways, seeds)
        except Mistake as mistake:
            raise Conflict(str(mistake), reason="no_past") from mistake
        finally:
            self._waiting -= 1


def _seeds(customers: float) -> int:
    """Return how often a day is simulated, each way; a busy one less often."""
    seeds = int(CUSTOMERS_MAX / (2 * customers))
    if seeds < SEEDS_MIN:
        raise TooLarge("These are too many customers to try a day while you wait.")
    return min(seeds, SEEDS_MAX)


async def _runs(ways: Sequence[Traffic], seeds: int) -> list[list[Figures]]:
    asked = SimulationRequest(traffic=ways[0], change=Change(), seeds=seeds)
    jobs = [Job(way, replay.thresholds(asked, way), seed) for way in ways for seed in asked.numbers]
    found = await all_done(done, jobs, PROCESSES)
    return [list(found[at * seeds : (at + 1) * seeds]) for at in range(len(ways))]


def _filled(planned: Traffic, gaps: Sequence[tuple[Queue, Span]]) -> Traffic:
    return with_filled(
        planned,
        [(queue.needs, span.starts_at, span.ends_at, span.short) for queue, span in gaps],
    )
