"""What the REST API takes and gives about what is to be reviewed, and the rules that choose it."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from server.protocol.commands import Command
from server.protocol.quality import ReviewState
from server.protocol.setup.values import Name
from server.protocol.shapes import Id, Person, QueueRef, Shape, Version
from server.protocol.tags import Tag

RuleKind = Literal[
    "share", "per_agent_week", "low_score", "long_handle", "transfers", "reopened", "tag"
]
TaskState = Literal["open", "reviewed", "dismissed"]
Amount = Annotated[float, Meta(ge=0, le=86_400)]


class NewReviewRule(Command, frozen=True):
    """Which conversations are to be reviewed, from now on.

    ``amount`` by ``kind``: share: of 1, of all parts; per_agent_week: parts of each agent, drawn
    when the week is over; low_score: the customer's rating, or worse; long_handle: seconds in an
    agent's hands, or more; transfers and reopened: how often, or more; tag: nothing, ``tag`` says
    which. ``queue``: only what came from there.
    """

    name: Name
    scorecard: Id
    kind: RuleKind
    amount: Amount = 0
    tag: Id | None = None
    queue: Id | None = None


class ReviewRulePatch(Command, frozen=True):
    """What to change of a rule as it was seen; what is left out stays.

    Another amount, or one that is used again, judges what ends from now on.
    """

    version: Version
    name: Name | UnsetType = UNSET
    amount: Amount | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class ReviewRule(Shape, frozen=True):
    """A rule, and how much of what it chose is still to be reviewed."""

    id: str
    name: str
    scorecard: str
    scorecard_name: str
    kind: RuleKind
    amount: float
    active: bool
    since: datetime
    waiting: int
    chosen: int
    version: int
    tag: Tag | None = None
    queue: QueueRef | None = None


class ReviewRuleItems(Shape, frozen=True):
    """The rules of the shop, by name."""

    items: list[ReviewRule]
    next: str | None = None


class ReviewTasksQuery(Command, frozen=True):
    """What is to be reviewed, or was; the oldest first. Pages go on behind ``after``."""

    state: TaskState = "open"
    mine: bool = False
    after: Id | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class ReviewTask(Shape, frozen=True):
    """One agent's part in a conversation that a rule chose; who took it, and their review."""

    id: str
    conversation: str
    agent: Person
    rule: str
    kind: RuleKind
    scorecard: str
    at: datetime
    state: TaskState
    customer: str | None = None
    score: int | None = None
    reviewer: Person | None = None
    review: str | None = None
    review_state: ReviewState | None = None


class ReviewTaskItems(Shape, frozen=True):
    """A page of what is to be reviewed; ``open``: how much there is in all."""

    items: list[ReviewTask]
    open: int
    next: str | None = None


class ReviewTaskPatch(Command, frozen=True):
    """What becomes of it: it need not be reviewed, or others may take it."""

    action: Literal["dismiss", "release"]
