"""What rules look at, read from where the live view reads it."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from uuid import UUID

from server.services.alerts.metrics import OF_TIME, AgentFact, Facts, QueueFact
from server.services.alerts.waits import ALWAYS, Waits, kept_now
from server.services.live.cover import Cover
from server.services.live.crew import Crew
from server.services.live.reading import TARGET_S, Sources
from server.services.live.today import midnight
from storage.alert_facts import AlertFacts, HandNow, LineNow
from storage.alert_rules import Metric
from storage.live import QueueNow
from storage.live_agents import AgentDay, AgentNow

DAY_S = 15.0
"""Figures of the whole day are read so often; they move slowly, and cost what the day has had."""

NOBODY = LineNow(0, None)
NOTHING = HandNow(0, {})
NO_DAY = AgentDay()


@dataclass(slots=True)
class _Day:
    """What is not read at each look, and when it was."""

    read_at: float
    queues: list[QueueNow]
    missed: Mapping[UUID, AgentDay] = field(default_factory=dict[UUID, AgentDay])


class AlertReading:
    """Reads what some metrics need of a shop."""

    def __init__(self, sources: Sources, counts: AlertFacts) -> None:
        self._from, self._counts = sources, counts
        self._days: dict[UUID, _Day] = {}

    async def facts(self, shop_id: UUID, metrics: Set[Metric]) -> Facts:
        """Return the shop as it is now, as far as these metrics look at it."""
        source = self._from
        day = await self._day(shop_id, metrics)
        crew, open_time = Crew(), ALWAYS
        if metrics & (OF_TIME | {"uncovered"}):
            rules = await source.rules.queues(shop_id)
            if "uncovered" in metrics:
                crew.know(Cover.of(rules, await source.agents.skills(shop_id)), {})
            if metrics & OF_TIME:
                open_time = kept_now(await source.shops.get(shop_id), rules)
        people = await source.agents.now(shop_id)
        lines = await source.lines.lines(shop_id)
        crew.put(people, lines)
        waiting, hands = await self._counts.lines(shop_id), await self._counts.hands(shop_id)
        is_covered = {key: each.ready > 0 and not each.lacks for key, each in crew.takers.items()}
        waits = Waits(open_time, source.clock.now())
        return Facts(
            at=waits.now,
            queues=[
                _queue(
                    each, waiting.get(each.id, NOBODY), waits, is_covered.get(str(each.id), True)
                )
                for each in day.queues
            ],
            agents=[
                _agent(
                    each,
                    each.id in lines,
                    hands.get(each.id, NOTHING),
                    waits,
                    day.missed.get(each.id, NO_DAY),
                )
                for each in people
            ],
            is_sure=source.lines.is_sure(shop_id),
        )

    async def _day(self, shop_id: UUID, metrics: Set[Metric]) -> _Day:
        source = self._from
        known, now = self._days.get(shop_id), source.clock.monotonic()
        if known is not None and now - known.read_at < DAY_S:
            return known
        today = await midnight(source.shops, shop_id, source.clock)
        day = _Day(now, await source.talks.queues(shop_id, today, TARGET_S))
        if "missed" in metrics:
            day.missed = await source.agents.days(shop_id, today)
        self._days[shop_id] = day
        return day


def _queue(row: QueueNow, line: LineNow, waits: Waits, is_covered: bool) -> QueueFact:
    return QueueFact(
        id=row.id,
        name=row.name,
        waiting=line.waiting,
        waited_s=0 if line.oldest is None else waits.seconds(row.id, line.oldest),
        is_open=waits.is_open(row.id),
        is_covered=is_covered,
        answered=row.answered,
        in_time=row.in_time,
        abandoned=row.abandoned,
    )


def _agent(row: AgentNow, is_here: bool, hand: HandNow, waits: Waits, day: AgentDay) -> AgentFact:
    unanswered_s, queue_id = waits.longest(hand.unanswered)
    return AgentFact(
        id=row.id,
        name=row.name,
        is_here=is_here,
        is_silent=row.status == "available" and not row.is_responding,
        in_hand=hand.count,
        unanswered_s=unanswered_s,
        is_open=waits.is_open(queue_id),
        missed=day.missed,
    )
