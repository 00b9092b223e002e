"""What the REST API takes and gives about unhappy customers, and who sees to them."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from server.protocol.commands import Command
from server.protocol.shapes import Id, Person, Shape, Version

FollowUpState = Literal["open", "in_progress", "done"]
FollowUpOutcome = Literal["solved", "apologised", "unreachable", "no_action"]


class QualitySettings(Shape, frozen=True):
    """From which rating down somebody sees to it, 1 to 4; absent: never."""

    low_score: int | None = None


class QualitySettingsPatch(Command, frozen=True):
    """What to change; null: low ratings are not followed up."""

    low_score: Annotated[int, Meta(ge=1, le=4)] | None


class FollowUpsQuery(Command, frozen=True):
    """Which of them, the oldest first. Who does not lead sees their own. ``done``: the newest."""

    done: bool = False
    mine: bool = False
    after: Id | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class FollowUp(Shape, frozen=True):
    """A customer who rated low. ``version`` grows with every change.

    ``score`` is what they say now; who rates low again after it was done is seen to again.
    """

    id: str
    conversation: str
    score: int
    rated_at: datetime
    state: FollowUpState
    note: str
    version: int
    changed_at: datetime
    customer: str | None = None
    comment: str | None = None
    agent: Person | None = None
    owner: Person | None = None
    outcome: FollowUpOutcome | None = None
    changed_by: Person | None = None


class FollowUpItems(Shape, frozen=True):
    """A page of them; ``open``: how many are not done in all that one may see."""

    items: list[FollowUp]
    open: int
    next: str | None = None


class FollowUpPatch(Command, frozen=True):
    """What to change of the ``version`` that was seen; what is left out stays.

    ``outcome`` belongs to what is done. Only those who lead choose the owner; null: nobody.
    """

    version: Version
    state: FollowUpState | UnsetType = UNSET
    outcome: FollowUpOutcome | None | UnsetType = UNSET
    owner: Id | None | UnsetType = UNSET
    note: Annotated[str, Meta(max_length=8000)] | UnsetType = UNSET
