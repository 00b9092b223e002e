"""What some days need and who is planned, put together from the past, the rules and the plan."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from routing.hours import Hours
from server.schedule.expected import Expected, HalfHour, half_hours, open_ones
from server.schedule.need import Needs, Queue, Row, Serves, presence, rows_of, together
from server.schedule.spans import Span, joined
from server.schedule.times import days_span
from server.services.assignment.facts import rings
from server.services.clock import Clock
from server.services.demand import recorded
from server.services.hours import read_plan
from server.services.live.reading import TARGET_S
from storage.demand import DemandStore
from storage.live_agents import LiveAgents
from storage.people import QueueFacts, ShopRow
from storage.routing_facts import RoutingFacts
from storage.schedule.rows import ShiftRow
from storage.schedule.shifts import Shifts

WEEKS = 4
"""So many weeks before today say what a week is like."""

REMEMBERED_S = 600.0
"""The past changes once a day; it is not counted again for every shift that is moved."""

SHOPS_MAX = 200
NEEDS_MAX = 20_000
ONE_DAY = timedelta(days=1)


class Sources(NamedTuple):
    """Where it is read."""

    demand: DemandStore
    rules: RoutingFacts
    people: LiveAgents
    shifts: Shifts
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day: rows of each queue, and of all together; who is there, as spans by agent."""

    day: date
    rows: Mapping[Queue, Sequence[Row]]
    together: Sequence[Row]
    open: Mapping[Queue, Sequence[HalfHour]]
    spans: Mapping[str, Sequence[Span]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Days, and what they were worked out from; ``names`` are those of queues, by id."""

    expected: Expected
    days: Sequence[Day]
    names: Mapping[str, str]


class Outlooks:
    """Looks at days to come. What the past says is remembered for a while."""

    def __init__(self, sources: Sources) -> None:
        self._from = sources
        self._past: dict[UUID, tuple[float, str, Expected]] = {}
        self._needs = Needs()

    async def of(self, shop: ShopRow, days: Sequence[date]) -> Outlook:
        """Return some days of a shop; for a large one that is seconds of work, in a thread."""
        zone = ZoneInfo(shop.time_zone)
        expected = await self._expected(shop, zone)
        rules = await self._from.rules.queues(shop.id)
        skills = await self._from.people.skills(shop.id)
        agents = [
            Serves(id=str(each.id), capacity=each.capacity, skills=skills.get(each.id, {}))
            for each in await self._from.people.now(shop.id)
        ]
        # What began on the evening before goes on into the first day.
        shifts = await self._from.shifts.between(shop.id, days[0] - ONE_DAY, days[-1])
        queues = _queues(rules, agents)
        plans = _hours(shop, rules)
        if len(self._needs.alone) > NEEDS_MAX:
            self._needs = Needs()
        found = await asyncio.to_thread(
            lambda: [
                _day(day, zone, _Known(expected, queues, plans, shifts), self._needs)
                for day in days
            ]
        )
        names = {str(each.id): each.name for each in rules}
        return Outlook(expected=expected, days=found, names=names)

    async def _expected(self, shop: ShopRow, zone: ZoneInfo) -> Expected:
        """Return the mean of the weeks before today, by the shop's clock."""
        clock = self._from.clock
        today = clock.now().astimezone(zone).date()
        mark = f"{today} {zone.key}"
        known = self._past.get(shop.id)
        if known is not None and known[1] == mark and clock.monotonic() - known[0] < REMEMBERED_S:
            return known[2]
        first, last = today - timedelta(weeks=WEEKS), today - ONE_DAY
        since, until = days_span(first, last, zone)
        rows = await self._from.demand.of_shop(shop.id, since, until, clock.now())
        try:
            found = Expected.of(recorded(rows, zone), first, last)
        except ValueError:  # nobody has been served yet: the past says nothing
            found = Expected(since=first, until=last)
        if len(self._past) >= SHOPS_MAX:
            self._past.clear()
        self._past[shop.id] = (clock.monotonic(), mark, found)
        return found


class _Known(NamedTuple):
    expected: Expected
    queues: Sequence[Queue]
    hours: Mapping[str, Hours]
    shifts: Sequence[ShiftRow]


def working(shifts: Iterable[ShiftRow]) -> dict[str, list[Span]]:
    """Return when everybody is at work, breaks taken out, by agent."""
    found: dict[str, list[Span]] = defaultdict(list)
    for shift in shifts:
        begin = shift.starts_at
        for pause, back in shift.breaks:
            found[str(shift.agent_id)].append((begin, pause))
            begin = back
        found[str(shift.agent_id)].append((begin, shift.ends_at))
    return {agent: joined(spans) for agent, spans in found.items()}


def _day(day: date, zone: ZoneInfo, known: _Known, needs: Needs) -> Day:
    whole = half_hours(day, zone)
    spans = working(known.shifts)
    there = presence(whole, spans)
    opens = {queue: open_ones(whole, known.hours[queue.key]) for queue in known.queues}
    rows = {
        queue: rows_of(queue, those, known.expected, there, needs) for queue, those in opens.items()
    }
    return Day(
        day=day,
        rows=rows,
        together=together(opens, whole, known.expected, there, needs),
        open=opens,
        spans=spans,
    )


def _queues(rules: Sequence[QueueFacts], agents: Sequence[Serves]) -> list[Queue]:
    by_id = {str(each.id): each for each in rules}
    return [
        Queue.of(
            id=str(each.id),
            key=each.key,
            needs=rings(each, by_id)[0].needs,
            units=each.units,
            within_s=TARGET_S if each.target_s is None else each.target_s,
            agents=agents,
        )
        for each in rules
    ]


def _hours(shop: ShopRow, rules: Sequence[QueueFacts]) -> dict[str, Hours]:
    """Return the opening hours that each queue keeps, by key."""
    usual = read_plan(shop.hours, shop.time_zone)
    own: dict[str, Hours] = {}
    for plan in shop.plans:
        keys = cast("Sequence[str]", plan["queues"])
        own.update(dict.fromkeys(keys, read_plan(plan, shop.time_zone)))
    return {each.key: own.get(each.key, usual) for each in rules}
