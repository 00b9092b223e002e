"""The busy stretch of the past: a noon of each week at which many ask about their orders.

Only two are at the desk then, so customers wait, and some leave: what *Try a change* can show.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from server.seeding.people import Language
from server.seeding.talk import Script
from storage.people import AgentRow

DAYS_BACK = (8, 1)
"""Yesterday, and the same day a week before, by the shop's clock."""

BEGINS = time(12, 15)
"""Nobody else of the past comes within two hours: who is there is only who served it."""

LASTS_S = 1500.0
CUSTOMERS = 110
PATIENCE_S = 240.0
TOPIC = "order_delivery"
AT_THE_DESK = frozenset({"mei@demo.kefu", "hao@demo.kefu"})
ENGLISH_SHARE = 0.12
REACHES = timedelta(hours=1)

Span = tuple[datetime, datetime]


class Turn(NamedTuple):
    """Who takes a customer, and from when; or nobody, and when the customer leaves."""

    agent: AgentRow | None
    at: datetime


def arrivals(before: datetime, time_zone: str, chance: Random) -> list[tuple[datetime, Language]]:
    """Return who comes when, in order."""
    zone = ZoneInfo(time_zone)
    found: list[tuple[datetime, Language]] = []
    for back in DAYS_BACK:
        day = before.astimezone(zone).date() - timedelta(days=back)
        begin = datetime.combine(day, BEGINS, zone).astimezone(before.tzinfo)
        moments = sorted(round(chance.uniform(0, LASTS_S), 3) for _ in range(CUSTOMERS))
        for moment in moments:
            language: Language = "en" if chance.random() < ENGLISH_SHARE else "zh"
            found.append((begin + timedelta(seconds=moment), language))
    return found


def about(scripts: Sequence[Script]) -> list[Script]:
    """Return what is talked about then."""
    return [script for script in scripts if script.topic == TOPIC]


def in_turn(
    able: Sequence[AgentRow], held: Mapping[UUID, Sequence[Span]], at: datetime, chance: Random
) -> Turn:
    """Return who of those at the desk has a place first, unless the patience ends before."""
    gone = at + timedelta(seconds=round(chance.expovariate(1 / PATIENCE_S), 3))
    there = [agent for agent in able if agent.email in AT_THE_DESK]
    turns = [Turn(agent, _free_at(agent.capacity, held[agent.id], at)) for agent in there]
    first = min(turns, key=lambda turn: turn.at, default=Turn(None, gone))
    return first if first.at <= gone else Turn(None, gone)


def _free_at(capacity: int, held: Sequence[Span], at: datetime) -> datetime:
    """Return from when on somebody has a free place, ``at`` or later; all before are in line."""
    ends = sorted(ended for begun, ended in held if begun < at + REACHES and at < ended)
    return ends[len(ends) - capacity] if len(ends) >= capacity else at
