"""What the REST API takes and gives about queues."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from server.protocol.commands import Command
from server.protocol.setup.values import Key, Name, Topic
from server.protocol.shapes import Id, Level, Shape

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
