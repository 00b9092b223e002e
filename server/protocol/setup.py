"""What the REST API takes and gives about how a shop is set up: people, skills, queues, texts."""

from datetime import date as Date
from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from server.protocol.commands import Command
from server.protocol.shapes import Id, Level, Role, Shape, Status

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Key = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9_:.-]*$(?!\n)")]
Email = Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$(?!\n)")]
Password = Annotated[str, Meta(min_length=10, max_length=200)]
Capacity = Annotated[int, Meta(ge=1, le=100)]
Wait = Annotated[int, Meta(ge=1, le=86_400)]
Locale = Annotated[str, Meta(min_length=2, max_length=35, pattern=r"^[A-Za-z0-9-]+$(?!\n)")]
Topic = Annotated[str, Meta(min_length=1, max_length=64)]
Accent = Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}$")]
Origin = Annotated[
    str,
    Meta(
        max_length=255,
        pattern=r"^https?://([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$(?!\n)",
        description="Scheme, host and port as a browser sends them; no wildcards.",
    ),
]
Shortcut = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^\S+$(?!\n)")]
SkillKind = Literal["skill", "language"]
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
AfterSeconds = Annotated[int, Meta(ge=1, le=86_400)]
TargetSeconds = Annotated[int, Meta(ge=1, le=86_400)]
Weight = Annotated[float, Meta(ge=0.001, le=100)]
Units = Annotated[int, Meta(ge=1, le=100)]
LengthMax = Annotated[int, Meta(ge=1, le=1_000_000)]
WaitMax = Annotated[int, Meta(ge=10, le=604_800)]
QuietAfter = Annotated[int, Meta(ge=60, le=86_400)]
IdleAfter = Annotated[int, Meta(ge=60, le=14_400)]
StickySeconds = Annotated[int, Meta(ge=0, le=600)]
OffersAtOnce = Annotated[int, Meta(ge=1, le=10)]
Step = tuple[AfterSeconds, Annotated[int, Meta(ge=0, le=5)]]
Steps = Annotated[
    list[Step],
    Meta(
        max_length=10,
        description="[after_s, level]: from that age on so much is enough; level 0 drops the skill."
        " Ages rise, levels fall. A required skill is dropped only where a step says so.",
    ),
]


class AgentSkill(Shape, frozen=True):
    """How well an agent knows something, 1 to 5."""

    skill: Id
    level: Level


class AgentSkillGiven(Command, frozen=True):
    """A skill to give to an agent."""

    skill: Id
    level: Level


class AgentRecord(Shape, frozen=True):
    """An agent as administrators and colleagues see them. ``capacity`` is in units.

    ``unresponsive_since``: they missed too many offers, and get none until they act again.
    ``idle_since``: they have touched nothing since, and get none until they do.
    ``in_hand`` counts the places that are taken, also beyond the ``capacity``.
    """

    id: str
    name: str
    email: str
    role: Role
    capacity: int
    status: Status
    active: bool
    online: bool
    skills: list[AgentSkill]
    unresponsive_since: datetime | None = None
    idle_since: datetime | None = None
    in_hand: int = 0


class AgentItems(Shape, frozen=True):
    """The agents of the shop, by name."""

    items: list[AgentRecord]
    next: str | None = None


class NewAgent(Command, frozen=True):
    """An agent to be."""

    email: Email
    name: Name
    password: Password
    role: Role = "agent"
    capacity: Capacity = 3
    skills: Annotated[list[AgentSkillGiven], Meta(max_length=200)] = []


class AgentPatch(Command, frozen=True):
    """What to change of an agent; what is left out stays.

    Without ``active`` they are out of service: they cannot sign in, and hand back what they held.
    """

    email: Email | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    password: Password | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    capacity: Capacity | UnsetType = UNSET
    skills: Annotated[list[AgentSkillGiven], Meta(max_length=200)] | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class SkillRecord(Shape, frozen=True):
    """Something agents may know and queues may need. Languages are skills, keyed ``lang:zh``."""

    id: str
    key: str
    name: str
    kind: SkillKind


class SkillItems(Shape, frozen=True):
    """The skills of the shop, by name."""

    items: list[SkillRecord]
    next: str | None = None


class NewSkill(Command, frozen=True):
    """A skill to be."""

    key: Key
    name: Name
    kind: SkillKind = "skill"


class SkillPatch(Command, frozen=True):
    """What to change of a skill."""

    name: Name | UnsetType = UNSET


class QueueSkill(Shape, frozen=True):
    """What a queue needs of its agents; not ``required`` means preferred."""

    skill: Id
    level: Level
    required: bool
    steps: Steps = []


class QueueSkillGiven(Command, frozen=True):
    """A skill that a queue is to need."""

    skill: Id
    level: Level = 1
    required: bool = True
    steps: Steps = []


class Overflow(Shape, frozen=True):
    """Another queue whose agents may help from an age on.

    With ``skip_if_empty`` at once, while nobody is ready whom the queue itself asks for.
    """

    queue: Id
    after_s: AfterSeconds
    skip_if_empty: bool


class OverflowGiven(Command, frozen=True):
    """A queue whose agents are to help."""

    queue: Id
    after_s: AfterSeconds
    skip_if_empty: bool = True


OverflowsGiven = Annotated[list[OverflowGiven], Meta(max_length=10)]


class QueueRecord(Shape, frozen=True):
    """Where conversations wait, and how they find their agents.

    ``policy`` chooses among agents; ``target_s`` is the promised answer time and ``weight`` how
    much waiting counts; ``units`` is what a conversation takes of an agent's capacity, and
    ``per_agent_max`` how many one agent may hold. Beyond ``length_max`` waiting or ``wait_max_s``
    the queue is full for its customers. A returning customer waits ``sticky_s`` for their last
    agent; ``offers_at_once`` agents are asked, and the first to accept has it. A conversation in
    which the agent had the last word ``quiet_after_s`` ago takes no room until somebody speaks.
    ``version`` tells whether anything of it has changed since.
    """

    id: str
    key: str
    name: str
    topics: list[str]
    priority: int
    offer_timeout_s: int
    wrap_up_s: int
    auto_accept: bool
    match_language: bool
    archived: bool
    skills: list[QueueSkill]
    policy: Policy
    weight: float
    units: int
    sticky_s: int
    offers_at_once: int
    overflow: list[Overflow]
    takes_transfers_when_empty: bool
    target_s: int | None = None
    per_agent_max: int | None = None
    length_max: int | None = None
    wait_max_s: int | None = None
    quiet_after_s: int | None = None
    version: str = ""


class QueuesQuery(Command, frozen=True):
    """Which ones; with ``archived`` those out of use too."""

    archived: bool = False


class QueueItems(Shape, frozen=True):
    """The queues of the shop, by name."""

    items: list[QueueRecord]
    next: str | None = None


class NewQueue(Command, frozen=True):
    """A queue to be."""

    key: Key
    name: Name
    topics: Annotated[list[Topic], Meta(max_length=50)] = []
    priority: Annotated[int, Meta(ge=0, le=10)] = 0
    offer_timeout_s: Annotated[int, Meta(ge=5, le=600)] = 30
    wrap_up_s: Annotated[int, Meta(ge=0, le=3600)] = 10
    auto_accept: bool = False
    match_language: bool = True
    policy: Policy = "min_cost"
    target_s: TargetSeconds | None = None
    weight: Weight = 1.0
    units: Units = 1
    per_agent_max: Units | None = None
    length_max: LengthMax | None = None
    wait_max_s: WaitMax | None = None
    sticky_s: StickySeconds = 20
    offers_at_once: OffersAtOnce = 1
    overflow: OverflowsGiven = []
    takes_transfers_when_empty: bool = True
    quiet_after_s: QuietAfter | None = None
    skills: Annotated[list[QueueSkillGiven], Meta(max_length=200)] = []


class QueuePatch(Command, frozen=True):
    """What to change of a queue; what is left out stays.

    An ``archived`` queue takes nobody; who waited in it waits in `general`, and stays there.
    ``expect`` is the version that was read: if by now the queue is another, nothing changes.
    """

    name: Name | UnsetType = UNSET
    topics: Annotated[list[Topic], Meta(max_length=50)] | UnsetType = UNSET
    priority: Annotated[int, Meta(ge=0, le=10)] | UnsetType = UNSET
    offer_timeout_s: Annotated[int, Meta(ge=5, le=600)] | UnsetType = UNSET
    wrap_up_s: Annotated[int, Meta(ge=0, le=3600)] | UnsetType = UNSET
    auto_accept: bool | UnsetType = UNSET
    match_language: bool | UnsetType = UNSET
    policy: Policy | UnsetType = UNSET
    target_s: TargetSeconds | None | UnsetType = UNSET
    weight: Weight | UnsetType = UNSET
    units: Units | UnsetType = UNSET
    per_agent_max: Units | None | UnsetType = UNSET
    length_max: LengthMax | None | UnsetType = UNSET
    wait_max_s: WaitMax | None | UnsetType = UNSET
    sticky_s: StickySeconds | UnsetType = UNSET
    offers_at_once: OffersAtOnce | UnsetType = UNSET
    overflow: OverflowsGiven | UnsetType = UNSET
    takes_transfers_when_empty: bool | UnsetType = UNSET
    quiet_after_s: QuietAfter | None | UnsetType = UNSET
    skills: Annotated[list[QueueSkillGiven], Meta(max_length=200)] | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    expect: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET


class CannedReply(Shape, frozen=True):
    """A prepared answer, called up with ``/shortcut``."""

    id: str
    shortcut: str
    locale: str
    text: str


class CannedReplyItems(Shape, frozen=True):
    """The prepared answers of the shop, by shortcut."""

    items: list[CannedReply]
    next: str | None = None


class NewCannedReply(Command, frozen=True):
    """A prepared answer to be."""

    shortcut: Shortcut
    text: str
    locale: Locale = "en"


class CannedReplyPatch(Command, frozen=True):
    """What to change of a prepared answer."""

    shortcut: Shortcut | UnsetType = UNSET
    text: str | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET


Interval = tuple[
    Annotated[str, Meta(pattern=r"^[0-2]?\d:[0-5]\d$(?!\n)")],
    Annotated[str, Meta(pattern=r"^[0-4]?\d:[0-5]\d$(?!\n)")],
]
Intervals = Annotated[list[Interval], Meta(max_length=20)]


class SpecialDay(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A day on which the week does not count: these intervals begin on it, none means closed.

    ``yearly``: the same day of every later year as well. A day that is special once beats it.
    """

    date: Date
    open: Intervals
    name: Annotated[str, Meta(max_length=100)] = ""
    yearly: bool = False


class OpeningHours(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Local times by ISO weekday, "1" is Monday; 2 at night is "26:00". ``weekly`` null: always."""

    weekly: dict[Literal["1", "2", "3", "4", "5", "6", "7"], Intervals] | None
    special: Annotated[list[SpecialDay], Meta(max_length=400)] = []


class HoursPlan(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Hours that some queues keep instead of the shop's; ``queues`` are their keys.

    It holds while one of them is in use. A queue keeps one plan at most.
    """

    name: Name
    queues: Annotated[list[Key], Meta(max_length=200)]
    weekly: dict[Literal["1", "2", "3", "4", "5", "6", "7"], Intervals] | None
    special: Annotated[list[SpecialDay], Meta(max_length=400)] = []


class HoursQuery(Command, frozen=True):
    """Opening hours to try, not to keep."""

    time_zone: Annotated[str, Meta(max_length=64)]
    hours: OpeningHours | None = None


class DayAhead(Shape, frozen=True):
    """When the shop is open on a day, by its clock, from "00:00" to "24:00".

    ``special``: the week does not count on this day, perhaps because of what it is called.
    """

    date: Date
    open: list[tuple[str, str]]
    special: bool = False
    name: str = ""


class HoursAhead(Shape, frozen=True):
    """Whether the shop is open now, its next changes (at most two), and the days ahead."""

    open: bool
    changes: list[datetime]
    days: list[DayAhead]


class ShopRecord(Shape, frozen=True):
    """The shop as its administrators see it; ``hours`` absent means always open.

    Queues that a plan names keep that plan's hours, all others the shop's.

    From ``wait_notice_s`` on consoles show a wait as long, from ``wait_urgent_s`` on as too long.
    Conversations of an agent who is gone for ``lost_agent_s`` stay theirs, or wait again; who
    misses ``misses_max`` offers in a row is offered nothing until they act again. Who has
    touched nothing for ``idle_after_s`` is offered nothing until they do; absent: they are.
    ``blurs_watched``: who watches a conversation reads no personal data in it.
    """

    id: str
    key: str
    name: str
    locale: str
    time_zone: str
    accent: str
    identity_required: bool
    allowed_origins: list[str]
    topics: list[str]
    agents_may_pick: bool
    wait_notice_s: int
    wait_urgent_s: int
    lost_agent: LostAgent
    lost_agent_s: int
    misses_max: int
    snippet: str
    greeting: str | None = None
    hours: OpeningHours | None = None
    plans: list[HoursPlan] = []
    idle_after_s: int | None = None
    blurs_watched: bool = False


class ShopPatch(Command, frozen=True):
    """What to change of the shop; what is left out stays."""

    name: Name | UnsetType = UNSET
    greeting: Annotated[str, Meta(max_length=1000)] | None | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET
    time_zone: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    accent: Accent | UnsetType = UNSET
    identity_required: bool | UnsetType = UNSET
    allowed_origins: Annotated[list[Origin], Meta(max_length=100)] | UnsetType = UNSET
    topics: Annotated[list[Topic], Meta(max_length=50)] | UnsetType = UNSET
    agents_may_pick: bool | UnsetType = UNSET
    wait_notice_s: Wait | UnsetType = UNSET
    wait_urgent_s: Wait | UnsetType = UNSET
    lost_agent: LostAgent | UnsetType = UNSET
    lost_agent_s: Annotated[int, Meta(ge=10, le=86_400)] | UnsetType = UNSET
    misses_max: Annotated[int, Meta(ge=1, le=10)] | UnsetType = UNSET
    hours: OpeningHours | None | UnsetType = UNSET
    plans: Annotated[list[HoursPlan], Meta(max_length=50)] | UnsetType = UNSET
    idle_after_s: IdleAfter | None | UnsetType = UNSET
    blurs_watched: bool | UnsetType = UNSET


class IdentitySecret(Shape, frozen=True):
    """The key with which the shop's server, and only it, signs who its customers are."""

    identity_secret: str
