"""What the REST API takes and gives about calibration: several judge the same, blind."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from server.protocol.commands import Command
from server.protocol.quality import Answer
from server.protocol.shapes import Id, Person, Shape

REVIEWERS_MAX = 10


class NewCalibration(Command, frozen=True):
    """Let several judge one agent's part in a conversation. The agent never sees it."""

    conversation: Id
    agent: Id
    scorecard: Id
    reviewers: Annotated[list[Id], Meta(min_length=2, max_length=REVIEWERS_MAX)]


class CalibrationReviewer(Shape, frozen=True):
    """Somebody who judges, and whether they have handed in; the rest only once all is open.

    ``deviation``: how far their score is from the mean, in points.
    """

    person: Person
    handed_in: bool
    review: str | None = None
    score: float | None = None
    deviation: float | None = None
    note: str | None = None


class QuestionAgreement(Shape, frozen=True):
    """How a question was answered, in the order of the reviewers; ``spread`` 0 (alike) to 1.

    ``mean`` is a step. Who says that it does not apply where others rate disagrees wholly.
    """

    key: str
    text: str
    scale: int
    critical: bool
    answers: list[Answer]
    spread: float
    mean: float | None = None


class Agreement(Shape, frozen=True):
    """How far they agree. In points of the score: the mean, the mean distance from it, the range.

    ``alike``: the share of questions that all answered alike.
    """

    questions: list[QuestionAgreement]
    alike: float
    mean: float | None = None
    deviation: float | None = None
    range: float | None = None


class Calibration(Shape, frozen=True):
    """A calibration. Until it is closed everybody sees only who has handed in, and their own."""

    id: str
    conversation: str
    agent: Person
    scorecard: str
    opened_by: Person
    opened_at: datetime
    reviewers: list[CalibrationReviewer]
    own_review: str | None = None
    closed_at: datetime | None = None
    agreement: Agreement | None = None


class CalibrationItems(Shape, frozen=True):
    """The calibrations of the shop, the newest first; without what they came to."""

    items: list[Calibration]
    next: str | None = None


class CalibrationsQuery(Command, frozen=True):
    """Pages go on behind ``before``."""

    before: Id | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
