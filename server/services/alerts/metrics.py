"""What rules can be about, and how much of it there is. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from storage.alert_rules import Metric

SAMPLE_MIN = 10
"""Shares of fewer customers than this say nothing: the first of the day would raise an alert."""

Unit = Literal["customers", "seconds", "percent", "offers", "is"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFact:
    """A queue now, and those who came to it today. ``is_covered``: somebody ready can take."""

    id: UUID
    name: str
    waiting: int = 0
    oldest: datetime | None = None
    is_covered: bool = True
    answered: int = 0
    in_time: int = 0
    abandoned: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFact:
    """Somebody in service. ``is_silent``: available, and let offers run out until there are none.

    ``unanswered_since``: a customer of theirs has waited for an answer since then.
    """

    id: UUID
    name: str
    is_here: bool = True
    is_silent: bool = False
    in_hand: int = 0
    unanswered_since: datetime | None = None
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """A shop at one moment."""

    at: datetime
    queues: Sequence[QueueFact]
    agents: Sequence[AgentFact]


@dataclass(frozen=True, slots=True)
class Measure:
    """How much of it one queue or agent has; None where nobody can tell."""

    subject_id: UUID
    name: str
    value: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a metric counts. ``is_floor``: less than the threshold is the breach, not more."""

    subject: Literal["queue", "agent"]
    unit: Unit
    is_floor: bool = False


KINDS: Mapping[Metric, Kind] = {
    "waiting": Kind(subject="queue", unit="customers"),
    "longest_wait": Kind(subject="queue", unit="seconds"),
    "service_level": Kind(subject="queue", unit="percent", is_floor=True),
    "abandonment": Kind(subject="queue", unit="percent"),
    "uncovered": Kind(subject="queue", unit="customers"),
    "not_responding": Kind(subject="agent", unit="is"),
    "missed": Kind(subject="agent", unit="offers"),
    "unanswered": Kind(subject="agent", unit="seconds"),
    "gone": Kind(subject="agent", unit="customers"),
}

OF_QUEUES: Mapping[str, Callable[[QueueFact, datetime], int | None]] = {
    "waiting": lambda queue, _: queue.waiting,
    "longest_wait": lambda queue, now: _seconds(queue.oldest, now),
    "service_level": lambda queue, _: _percent(queue.in_time, queue),
    "abandonment": lambda queue, _: _percent(queue.abandoned, queue),
    "uncovered": lambda queue, _: 0 if queue.is_covered else queue.waiting,
}

OF_AGENTS: Mapping[str, Callable[[AgentFact, datetime], int | None]] = {
    "not_responding": lambda agent, _: int(agent.is_here and agent.is_silent),
    "missed": lambda agent, _: agent.missed,
    "unanswered": lambda agent, now: _seconds(agent.unanswered_since, now),
    "gone": lambda agent, _: 0 if agent.is_here else agent.in_hand,
}


def measure(metric: Metric, facts: Facts) -> list[Measure]:
    """Return how much of it each queue, or each agent, has."""
    if metric in OF_QUEUES:
        of_queue = OF_QUEUES[metric]
        return [Measure(each.id, each.name, of_queue(each, facts.at)) for each in facts.queues]
    of_agent = OF_AGENTS[metric]
    return [Measure(each.id, each.name, of_agent(each, facts.at)) for each in facts.agents]


def _seconds(since: datetime | None, now: datetime) -> int:
    return 0 if since is None else max(0, int((now - since).total_seconds()))


def _percent(part: int, queue: QueueFact) -> int | None:
    """Return the share of those who came today and were answered or left."""
    whole = queue.answered + queue.abandoned
    return None if whole < SAMPLE_MIN else round(100 * part / whole)
