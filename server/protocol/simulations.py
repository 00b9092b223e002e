"""What the REST API takes and gives about simulations: a period, what to try, what came out."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from server.protocol.commands import Command
from server.protocol.setup.queues import Weight
from server.protocol.setup.values import Capacity, Name
from server.protocol.shapes import Id, Level, Person, Shape

VARIANTS_MAX = 4
Seconds = Annotated[int, Meta(ge=1, le=86_400)]
SkillLevels = Annotated[dict[Id, Level], Meta(max_length=200)]
State = Literal["running", "done", "failed"]
FailReason = Literal["nobody_came", "too_many_customers", "lost", "internal"]


class AgentTried(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is different about an agent; ``skills`` (by id) replaces all that they have."""

    agent: Id
    capacity: Capacity | UnsetType = UNSET
    skills: SkillLevels | UnsetType = UNSET
    absent: bool = False


class AgentsAdded(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """People who are not there yet, ``count`` alike, present whenever anybody is."""

    count: Annotated[int, Meta(ge=1, le=100)] = 1
    capacity: Capacity = 3
    skills: SkillLevels = {}


class QueueTried(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is different about a queue."""

    queue: Id
    policy: (
        Literal[
            "min_cost", "least_loaded", "longest_idle", "round_robin", "least_flexible",
            "fastest_first", "random",
        ]
        | UnsetType
    ) = UNSET  # fmt: skip
    target_s: Seconds | UnsetType = UNSET
    priority: Annotated[int, Meta(ge=0, le=10)] | UnsetType = UNSET
    weight: Weight | UnsetType = UNSET


class Variant(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to try, by a name that people choose."""

    name: Name
    agents: Annotated[list[AgentTried], Meta(max_length=1000)] = []
    added: Annotated[list[AgentsAdded], Meta(max_length=20)] = []
    queues: Annotated[list[QueueTried], Meta(max_length=200)] = []


class NewSimulation(Command, frozen=True):
    """Try variants on the customers of a period, beside what there is. Times in UTC."""

    since: datetime
    until: datetime
    variants: Annotated[list[Variant], Meta(min_length=1, max_length=VARIANTS_MAX)]
    seeds: Annotated[int, Meta(ge=2, le=50)] = 10


class ApplySimulation(Command, frozen=True):
    """Make a variant true: skills, capacities and queues. Who was only imagined is not made.

    What somebody has changed since it was asked is not overwritten, except ``anyway``.
    """

    variant: Annotated[int, Meta(ge=0, lt=VARIANTS_MAX)] = 0
    anyway: bool = False


class Figure(Shape, frozen=True):
    """A mean and half the width of its 95 % interval; seconds or shares of 0 to 1."""

    mean: float
    half: float


class Figures(Shape, frozen=True):
    """What came out, of everything or of one queue; absent where there was nothing to measure."""

    mean_wait_s: Figure | None = None
    asa_s: Figure | None = None
    p95_s: Figure | None = None
    waits: Figure | None = None
    service_level: Figure | None = None
    abandonment: Figure | None = None
    occupancy: Figure | None = None
    occupancy_spread: Figure | None = None


class Outcome(Shape, frozen=True):
    """What came out of one way to run the shop. ``queues``: by id."""

    name: str
    total: Figures
    queues: dict[str, Figures]


class VariantOutcome(Outcome, frozen=True):
    """The same of a variant, and what it changed, customer by customer (paired)."""

    difference: Figures
    queue_differences: dict[str, Figures]


class Recorded(Shape, frozen=True):
    """How it really was: waits of all who came, in seconds, and the share who gave up.

    ``service_level``: answered within what queues promise today (20 s in one that promises
    nothing); null where no queue promises anything, absent in answers from before it was kept.
    """

    customers: int
    mean_wait_s: float
    p95_s: float
    abandonment: float
    service_level: float | None | UnsetType = UNSET


class Apart(Shape, frozen=True):
    """A figure that was recorded, and another one that is simulated for today: not the same."""

    metric: Literal["mean_wait_s", "service_level", "abandonment"]
    really: float
    simulated: float


class AgentWas(Shape, frozen=True):
    """What an agent had when it was asked; ``skills``: level by id."""

    capacity: int
    skills: dict[str, int] = {}


class QueueWas(Shape, frozen=True):
    """How a queue was when it was asked."""

    policy: str
    priority: int
    weight: float
    target_s: int | None = None


class Was(Shape, frozen=True):
    """What the variants touch, by id, as it was when they were asked."""

    agents: dict[str, AgentWas] = {}
    queues: dict[str, QueueWas] = {}


class SimulationResult(Shape, frozen=True):
    """What came out; ``recorded`` says in one sentence how it really was, ``really`` in figures.

    ``queues_really``: by id, of the queues that anybody came to. ``apart``: where what was recorded
    and what is simulated for today are so far from each other that the rest is hardly to be
    believed. ``was``: what it was asked of.
    """

    customers: float
    recorded: str
    before: Outcome
    variants: list[VariantOutcome]
    really: Recorded | None = None
    queues_really: dict[str, Recorded] = {}
    apart: list[Apart] = []
    was: Was | None = None


class AgentBefore(Shape, frozen=True):
    """What an agent was like before a variant was made true; ``skills`` by id."""

    agent: str
    capacity: int
    skills: dict[str, int]


class QueueBefore(Shape, frozen=True):
    """What a queue was like before a variant was made true."""

    queue: str
    policy: str
    priority: int
    weight: float
    target_s: int | None = None


class Before(Shape, frozen=True):
    """What a variant found when it was made true: with these values it can be put back."""

    agents: list[AgentBefore] = []
    queues: list[QueueBefore] = []


class MadeTrue(Shape, frozen=True):
    """That a variant (by its place) was made true, by whom and when, and what was before."""

    variant: int
    by: Person
    at: datetime
    before: Before


class SimulationRecord(Shape, frozen=True):
    """A question and its answer. ``error`` is a sentence, ``reason`` the same for programs.

    ``applied``: each time that one of its variants was made true, the first first.
    """

    id: str
    state: State
    asked_by: Person
    created_at: datetime
    since: datetime
    until: datetime
    seeds: int
    variants: list[Variant]
    result: SimulationResult | None = None
    error: str | None = None
    reason: FailReason | None = None
    applied: list[MadeTrue] = []


class SimulationItems(Shape, frozen=True):
    """The newest questions of the shop."""

    items: list[SimulationRecord]


class Applied(Shape, frozen=True):
    """What became true, and what must still be done by hand."""

    agents: int
    queues: int
    not_made: int
