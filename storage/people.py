"""What storage hands out about shops, the people in them and their set-up: frozen rows."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from storage.rows import OfferRow, Role, Scalar, State, Status

Hours = dict[str, object]
LostAgent = Literal["stay", "requeue"]
Policy = Literal[
    "min_cost",
    "least_loaded",
    "longest_idle",
    "round_robin",
    "least_flexible",
    "fastest_first",
    "random",
]
Steps = tuple[tuple[int, int], ...]
"""(age in seconds, level): from that age so much is enough; 0 drops the skill."""


@dataclass(frozen=True, slots=True)
class ShopRow:
    """One shop; columns as in ``shop``, and the ``plans`` that some of its queues follow.

    ``idle_after_s``: nothing is offered to who has touched nothing for so long. ``blurs_watched``:
    whoever watches sees no personal data.
    """

    id: UUID
    key: str
    name: str
    greeting: str | None
    locale: str
    time_zone: str
    accent: str
    identity_secret: str
    identity_required: bool
    allowed_origins: list[str]
    topics: list[str]
    hours: Hours | None
    agents_may_pick: bool
    wait_notice_s: int
    wait_urgent_s: int
    created_at: datetime
    lost_agent: LostAgent = "stay"
    lost_agent_s: int = 120
    misses_max: int = 2
    plans: tuple[Hours, ...] = ()
    idle_after_s: int | None = None
    blurs_watched: bool = False


@dataclass(frozen=True, slots=True)
class AgentRow:
    """One agent; ``skills`` maps a skill's id to the level 1 to 5.

    ``idle_at``: since when they have touched nothing, once that is longer than the shop allows.
    ``idle_since`` is another thing: since when nobody has occupied them.
    """

    id: UUID
    shop_id: UUID
    email: str
    name: str
    password_hash: str
    role: Role
    capacity: int
    status: Status
    status_at: datetime
    idle_since: datetime
    deactivated_at: datetime | None
    created_at: datetime
    skills: dict[UUID, int]
    assigned_at: datetime | None = None
    misses: int = 0
    unresponsive_at: datetime | None = None
    idle_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SkillRow:
    """One skill; languages have the key ``lang:<code>``."""

    id: UUID
    shop_id: UUID
    key: str
    name: str
    kind: Literal["skill", "language"]


@dataclass(frozen=True, slots=True)
class QueueSkill:
    """A skill that a queue requires, or prefers."""

    skill_id: UUID
    level: int
    required: bool
    steps: Steps = ()


@dataclass(frozen=True, slots=True)
class Overflow:
    """Another queue whose agents may help from an age on.

    With ``skip_if_empty`` at once, while nobody is ready whom the queue itself asks for.
    """

    queue: UUID
    after_s: int
    skip_if_empty: bool = True


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One queue; columns as in ``queue``, with its skills."""

    id: UUID
    shop_id: UUID
    key: str
    name: str
    topics: list[str]
    priority: int
    offer_timeout_s: int
    wrap_up_s: int
    auto_accept: bool
    match_language: bool
    archived_at: datetime | None
    skills: tuple[QueueSkill, ...]
    policy: Policy = "min_cost"
    target_s: int | None = None
    weight: float = 1.0
    units: int = 1
    per_agent_max: int | None = None
    length_max: int | None = None
    wait_max_s: int | None = None
    sticky_s: int = 20
    offers_at_once: int = 1
    overflow: tuple[Overflow, ...] = ()
    takes_transfers_when_empty: bool = True
    quiet_after_s: int | None = None


@dataclass(frozen=True, slots=True)
class CannedReplyRow:
    """One ready-made answer."""

    id: UUID
    shop_id: UUID
    shortcut: str
    locale: str
    text: str


@dataclass(frozen=True, slots=True)
class VisitorRow:
    """One customer; ``external_id`` is set when the shop vouched for who they are."""

    id: UUID
    shop_id: UUID
    external_id: str | None
    name: str | None
    email: str | None
    phone: str | None
    locale: str | None
    attributes: dict[str, Scalar]
    page_url: str | None
    page_title: str | None
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class VisitorSummary:
    """How many conversations a customer had, and their mean score 1 to 5."""

    conversations: int
    csat: float | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A signed-in agent; the token itself is never stored."""

    token_hash: bytes
    agent_id: UUID
    created_at: datetime
    expires_at: datetime


# What the routing engine needs to know


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """An agent as the engine sees them. ``held`` are the conversations in their slots.

    ``in_hand`` counts the slots; ``of_queue`` the conversations of queues that limit them.
    ``quiet`` conversations are theirs too and take no slot. ``idle``: they touch nothing.
    """

    id: UUID
    shop_id: UUID
    name: str
    status: Status
    capacity: int
    idle_since: datetime
    deactivated: bool
    skills: dict[str, int]
    held: tuple[UUID, ...]
    in_hand: int = 0
    responding: bool = True
    assigned_at: datetime | None = None
    of_queue: dict[UUID, int] = field(default_factory=dict[UUID, int])
    quiet: int = 0
    idle: bool = False


@dataclass(frozen=True, slots=True)
class NeededSkill:
    """A skill by key that a queue requires, or prefers."""

    key: str
    level: int
    required: bool
    steps: Steps = ()


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """A queue as the engine sees it."""

    id: UUID
    key: str
    name: str
    priority: int
    offer_timeout_s: int
    wrap_up_s: int
    auto_accept: bool
    match_language: bool
    skills: tuple[NeededSkill, ...]
    policy: Policy = "min_cost"
    target_s: int | None = None
    weight: float = 1.0
    units: int = 1
    per_agent_max: int | None = None
    length_max: int | None = None
    wait_max_s: int | None = None
    sticky_s: int = 20
    offers_at_once: int = 1
    overflow: tuple[Overflow, ...] = ()
    quiet_after_s: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An agent had this conversation offered, or in hand, and did not keep it.

    ``asked``: a colleague asked them to take over, and they did not.
    """

    agent_id: UUID
    reason: Literal["declined", "timed_out", "transferred", "asked"]
    at: datetime

    @property
    def is_bounce(self) -> bool:
        """Whether it was offered to them because it waited."""
        return self.reason in {"declined", "timed_out"}


@dataclass(frozen=True, slots=True)
class WaitingFacts:
    """A customer who waits (``queued``) or is on offer (``offered``).

    ``was_taken``: somebody had it in hand before. ``full_at`` and ``unclaimed_at`` are marks.
    """

    id: UUID
    shop_id: UUID
    visitor_id: UUID
    state: State
    epoch: int
    queue_id: UUID | None
    topic: str | None
    locale: str | None
    priority: int
    queued_at: datetime
    last_agent_id: UUID | None
    wanted_agent_id: UUID | None
    emergency: bool
    was_taken: bool
    full_at: datetime | None
    unclaimed_at: datetime | None
    offered_to: list[UUID]
    refusals: tuple[Refusal, ...]

    @property
    def passed_over_by(self) -> set[UUID]:
        """Who declined or missed it since it was handed on last."""
        handed = [each.at for each in self.refusals if each.reason == "transferred"]
        since = max(handed, default=self.queued_at)
        return {each.agent_id for each in self.refusals if each.is_bounce and each.at >= since}


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """All that the engine needs of one shop. ``agents`` has those away, not the deactivated."""

    agents: tuple[AgentFacts, ...]
    queues: tuple[QueueFacts, ...]
    waiting: tuple[WaitingFacts, ...]
    offers: tuple[OfferRow, ...]
