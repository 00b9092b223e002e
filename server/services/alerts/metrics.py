"""What rules can be about, and how much of it there is. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from storage.alert_rules import Metric

SAMPLE_MIN = 10
"""Shares of fewer customers than this say nothing: the first of the day would raise an alert."""

OF_PRESENCE: frozenset[Metric] = frozenset({"uncovered", "not_responding", "gone"})
"""What rests on who is here. While nobody can tell that, nothing begins and nothing ends."""

OF_TIME: frozenset[Metric] = frozenset({"longest_wait", "unanswered"})
"""What counts the seconds in which it was open. While it is closed, nothing begins."""

Unit = Literal["customers", "seconds", "percent", "offers", "is"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFact:
    """A queue now, and those who came to it today. ``is_covered``: somebody ready can take.

    ``waited_s``: so many seconds of open time the oldest has waited.
    """

    id: UUID
    name: str
    waiting: int = 0
    waited_s: int = 0
    is_open: bool = True
    is_covered: bool = True
    answered: int = 0
    in_time: int = 0
    abandoned: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFact:
    """Somebody in service. ``is_silent``: available, and let offers run out until there are none.

    ``unanswered_s``: a customer of theirs has waited for an answer for so many seconds of the open
    time of its queue, ``is_open``.
    """

    id: UUID
    name: str
    is_here: bool = True
    is_silent: bool = False
    in_hand: int = 0
    unanswered_s: int = 0
    is_open: bool = True
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """A shop at one moment. ``is_sure``: all nodes have said who is here."""

    at: datetime
    queues: Sequence[QueueFact]
    agents: Sequence[AgentFact]
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Measure:
    """How much of it one queue or agent has; None where nobody can tell.

    ``is_held``: it is closed. A breach neither begins nor is raised before it opens.
    """

    subject_id: UUID
    name: str
    value: int | None
    is_held: bool = False


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

OF_QUEUES: Mapping[str, Callable[[QueueFact], int | None]] = {
    "waiting": lambda queue: queue.waiting,
    "longest_wait": lambda queue: queue.waited_s,
    "service_level": lambda queue: _percent(queue.in_time, queue),
    "abandonment": lambda queue: _percent(queue.abandoned, queue),
    "uncovered": lambda queue: 0 if queue.is_covered else queue.waiting,
}

OF_AGENTS: Mapping[str, Callable[[AgentFact], int | None]] = {
    "not_responding": lambda agent: int(agent.is_here and agent.is_silent),
    "missed": lambda agent: agent.missed,
    "unanswered": lambda agent: agent.unanswered_s,
    "gone": lambda agent: 0 if agent.is_here else agent.in_hand,
}


def measure(metric: Metric, facts: Facts) -> list[Measure]:
    """Return how much of it each queue, or each agent, has."""

    def found(each: QueueFact | AgentFact, value: int | None) -> Measure:
        return Measure(each.id, each.name, value, metric in OF_TIME and not each.is_open)

    if metric in OF_QUEUES:
        return [found(each, OF_QUEUES[metric](each)) for each in facts.queues]
    return [found(each, OF_AGENTS[metric](each)) for each in facts.agents]


def _percent(part: int, queue: QueueFact) -> int | None:
    """Return the share of those who came today and were answered or left."""
    whole = queue.answered + queue.abandoned
    return None if whole < SAMPLE_MIN else round(100 * part / whole)
