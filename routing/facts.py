"""What the engine is told: agents, queues and tasks, as plain facts. Times are seconds since 1970.

A *task* is anything that waits for a person; today that is a conversation. Ids are opaque strings
that sort; skills go by key, languages as ``lang:zh``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Status = Literal["available", "busy", "away"]

PRIORITY_STEP_S = 60.0
"""A step of priority is worth this much waiting, so that whoever waits long enough comes first."""

LANGUAGE = "lang:"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFacts:
    """An agent: what they can do, how much they hold, whether they are here."""

    id: str
    skills: Mapping[str, int] = field(default_factory=dict[str, int])
    capacity: int
    in_hand: int = 0
    """Slots taken: offers, running conversations and wrap-ups alike."""
    status: Status = "available"
    online: bool = True
    idle_since: float = 0.0

    @property
    def ready(self) -> bool:
        """Whether new tasks may be offered, room aside."""
        return self.online and self.status == "available"

    @property
    def free(self) -> int:
        """Slots that could take a task now."""
        return max(0, self.capacity - self.in_hand) if self.ready else 0

    @property
    def load(self) -> float:
        """Share of the capacity that is taken, 0 to 1."""
        return self.in_hand / self.capacity


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFacts:
    """A queue: what its tasks ask of an agent. Required skills bar, preferred ones only rank."""

    id: str
    required: Mapping[str, int] = field(default_factory=dict[str, int])
    preferred: Mapping[str, int] = field(default_factory=dict[str, int])
    priority: int = 0
    match_language: bool = True
    offer_timeout_s: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """Somebody who waits. ``queued_at`` is their age and never moves."""

    id: str
    queue: str
    queued_at: float
    priority: int = 0
    language: str | None = None
    last_agent: str | None = None
    wanted_agent: str | None = None
    """Whom a colleague handed it to: they come first, with or without the queue's skills."""
    refused: Mapping[str, float] = field(default_factory=dict[str, float])
    """Who declined or missed it, and until when it is kept from them."""
    offered_to: str | None = None


Key = tuple[float, str]
"""Whose turn it is: smaller goes first."""


def turn(task: TaskFacts, queue: QueueFacts) -> Key:
    """Return the virtual time of arrival and the id: oldest first, priority as a head start."""
    head_start_s = PRIORITY_STEP_S * (task.priority + queue.priority)
    return (task.queued_at - head_start_s, task.id)


def covers(skills: Mapping[str, int], required: Mapping[str, int]) -> bool:
    """Tell whether somebody with ``skills`` has all that is required, each at its level."""
    return all(skills.get(skill, 0) >= level for skill, level in required.items())
