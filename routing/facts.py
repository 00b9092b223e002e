"""What the engine is told: agents, queues and tasks, as plain facts. Times are seconds since 1970.

A *task* is anything that waits for a person: a conversation, a call, an e-mail. Ids are opaque
strings that sort; skills go by key, languages as ``lang:zh``. Facts are never changed: whoever
knows better puts new ones (``msgspec.structs.replace``).
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

Status = Literal["available", "busy", "away"]

PRIORITY_STEP_S = 60.0
"""A step of priority is worth this much waiting, so that whoever waits long enough comes first."""

TARGET_S = 60.0
"""The target of a queue that names none, where it has to be compared with one that does."""

AGED_TARGETS = 5.0
"""Who has waited so many times the target of their queue goes before all who have not."""

EMERGENCY, NORMAL = -1, 0
"""Tiers: the smaller goes first, however long others have waited. Production has these two."""

LANGUAGE = "lang:"


class AgentFacts(Struct, frozen=True, kw_only=True, gc=False):
    """An agent: what they can do, how much they hold, whether they are here."""

    id: str
    skills: Mapping[str, int] = {}
    speeds: Mapping[str, float] = {}
    """How fast they are at a skill beside the average; 1 where nothing is known."""
    primary: tuple[str, ...] = ()
    """Their skills, the first one first; only ``primary_first`` looks."""
    capacity: int
    """In units. A task takes as many as its queue says."""
    in_hand: int = 0
    """Units taken: offers, running conversations and wrap-ups alike."""
    parkable: int = 0
    """Of those, the units of work that may be interrupted for other work."""
    quiet: int = 0
    """Tasks of theirs that take no unit until somebody speaks again; only told, never weighed."""
    held: Mapping[str, int] = {}
    """How many tasks of each queue they hold, for queues with ``per_agent_max``."""
    status: Status = "available"
    online: bool = True
    responding: bool = True
    """False once they have missed too many offers in a row."""
    idle: bool = False
    """Whether they have touched nothing for longer than the shop allows."""
    idle_since: float = 0.0
    """When their last real contact ended, or they became available."""
    assigned_at: float = 0.0
    """When they last took a task; an offer that was not taken does not count."""

    @property
    def ready(self) -> bool:
        """Whether new tasks may be offered, room aside."""
        return self.online and self.status == "available" and self.responding and not self.idle

    @property
    def free(self) -> int:
        """Units that could be taken now."""
        return max(0, self.capacity - self.in_hand) if self.ready else 0

    @property
    def load(self) -> float:
        """Share of the capacity that is taken, 0 to 1 and more where somebody is over."""
        return self.in_hand / self.capacity


class Ring(Struct, frozen=True, kw_only=True, gc=False):
    """Who may take a task from an age on. Rings add up: whom one lets in may stay."""

    after_s: float = 0.0
    needs: Mapping[str, int] = {}
    skip: bool = False
    """Open at once while nobody is ready whom an earlier ring allows (overflow)."""


class QueueFacts(Struct, frozen=True, kw_only=True, gc=False):
    """A queue: what its tasks ask of an agent, whom they prefer, and how urgent they are."""

    id: str
    rings: tuple[Ring, ...] = (Ring(),)
    """By age; the first is open from the beginning."""
    preferred: Mapping[str, int] = {}
    """Skills that only rank."""
    priority: int = 0
    target_s: float | None = None
    weight: float = 1.0
    match_language: bool = True
    policy: str = "min_cost"
    units: int = 1
    interruptible: bool = False
    per_agent_max: int | None = None
    offers_at_once: int = 1
    offer_timeout_s: float = 30.0
    load: float = 0.0
    """Work that arrives, in erlangs (arrivals a second times mean handle time in seconds)."""
    mean_s: float = 0.0
    """Mean handle time; 0 where nothing is known."""


class TaskFacts(Struct, frozen=True, kw_only=True, gc=False):
    """Somebody who waits. ``queued_at`` is their age and never moves."""

    id: str
    queue: str
    queued_at: float
    priority: int = 0
    tier: int = NORMAL
    boost_s: float = 0.0
    """A head start for who was declined or missed, in seconds."""
    language: str | None = None
    last_agent: str | None = None
    """Who served them last: preferred while free."""
    wanted_agent: str | None = None
    """Whom a colleague handed it to: they come first, with or without the queue's skills."""
    sticky_until: float = 0.0
    """Until then only the wanted or the last agent may take it, as long as that one is ready."""
    refused: Mapping[str, float] = {}
    """Who declined or missed it, and until when it is kept from them."""
    offered_to: tuple[str, ...] = ()

    @property
    def names_somebody(self) -> bool:
        """Whether some agents matter to it more than others: who is wanted, last, or refused it."""
        return bool(self.wanted_agent or self.last_agent or self.refused)


def covers(skills: Mapping[str, int], needs: Mapping[str, int]) -> bool:
    """Tell whether somebody with ``skills`` has all that is needed, each at its level."""
    return all(skills.get(skill, 0) >= level for skill, level in needs.items())
