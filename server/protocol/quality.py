"""What the REST API takes and gives about quality: scorecards, reviews, answers to them."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from server.protocol.commands import Command
from server.protocol.setup.values import Name
from server.protocol.shapes import Id, Person, Shape, Version

QUESTIONS_MAX = 40
STEPS_MAX = 5
Text = Annotated[str, Meta(max_length=8000)]
Words = Annotated[str, Meta(min_length=3, max_length=4000)]
PassMark = Annotated[int, Meta(ge=0, le=100)]
QuestionKey = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[a-z0-9_]+$(?!\n)")]
Reply = Literal["acknowledged", "answered", "disputed"]
Decision = Literal["upheld", "revised"]
ReviewState = Literal["draft", "published"]


class Question(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a scorecard asks. Answers are steps from 1, the worst, to ``scale``, the best.

    ``weight``: how much it counts beside the others. ``critical``: its worst answer fails the whole
    review. ``optional``: it may not apply. ``key`` stays the same through the versions; whoever
    adds a question leaves it out.
    """

    text: Name
    key: QuestionKey | None = None
    help: Annotated[str, Meta(max_length=500)] = ""
    scale: Annotated[int, Meta(ge=2, le=STEPS_MAX)] = 5
    weight: Annotated[int, Meta(ge=1, le=100)] = 1
    critical: bool = False
    optional: bool = False


Questions = Annotated[list[Question], Meta(min_length=1, max_length=QUESTIONS_MAX)]


class NewScorecard(Command, frozen=True):
    """A scorecard to be. A review whose score is below ``pass_mark`` has not passed."""

    name: Name
    questions: Questions
    pass_mark: PassMark = 80


class ScorecardPatch(Command, frozen=True):
    """What to change of the ``version`` that was seen; what is left out stays.

    Other questions or another pass mark make a new version. Reviews keep theirs.
    """

    version: Version
    name: Name | UnsetType = UNSET
    questions: Questions | UnsetType = UNSET
    pass_mark: PassMark | UnsetType = UNSET
    archived: bool | UnsetType = UNSET


class Scorecard(Shape, frozen=True):
    """A scorecard as its newest version has it."""

    id: str
    name: str
    version: int
    pass_mark: int
    questions: list[Question]
    changed_at: datetime
    archived: bool


class ScorecardItems(Shape, frozen=True):
    """The scorecards of the shop, by name."""

    items: list[Scorecard]
    next: str | None = None


class Answer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was answered to a question: a step, or that it does not apply; and why.

    With neither it is not answered yet.
    """

    step: Annotated[int, Meta(ge=1, le=STEPS_MAX)] | None = None
    applies: bool = True
    comment: Annotated[str, Meta(max_length=2000)] = ""


Answers = Annotated[dict[QuestionKey, Answer], Meta(max_length=QUESTIONS_MAX)]


class Part(Shape, frozen=True):
    """What one agent had of a conversation: how often they spoke to the customer, and when."""

    agent: Person
    replies: int
    first_at: datetime | None = None
    last_at: datetime | None = None


class PartItems(Shape, frozen=True):
    """Who had a part in a conversation, in the order in which they came."""

    items: list[Part]


class NewReview(Command, frozen=True):
    """Begin to review one agent's part in a conversation; who has begun already goes on.

    ``task``: what is to be reviewed, where it came from there. The first to take it has it.
    """

    conversation: Id
    agent: Id
    scorecard: Id
    task: Id | None = None


class ReviewPatch(Command, frozen=True):
    """What to keep of a draft."""

    answers: Answers
    note: Text = ""


class ReviewReply(Command, frozen=True):
    """What the agent says to it, once; an answer and a dispute need words."""

    kind: Reply
    text: Words | None = None


class ReviewDecision(Command, frozen=True):
    """What becomes of a dispute. ``revised`` needs all answers, as they are to be."""

    decision: Decision
    text: Words
    answers: Answers | None = None


class ReviewsQuery(Command, frozen=True):
    """Which reviews. What belongs to a calibration is read there; drafts are one's own."""

    state: ReviewState | None = None
    agent: Id | None = None
    conversation: Id | None = None
    disputed: bool = False
    before: Id | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class ReviewLine(Shape, frozen=True):
    """A review in a list. ``score`` is 0 to 100, absent where nothing applied, or in a draft.

    ``calibration``: several judge the same; nobody else sees it, and the agent never does.
    """

    id: str
    conversation: str
    agent: Person
    reviewer: Person
    scorecard: str
    state: ReviewState
    created_at: datetime
    score: float | None = None
    passed: bool | None = None
    published_at: datetime | None = None
    reply: Reply | None = None
    decision: Decision | None = None
    calibration: str | None = None


class ReviewItems(Shape, frozen=True):
    """A page of reviews, the newest first."""

    items: list[ReviewLine]
    next: str | None = None


class Said(Shape, frozen=True):
    """What somebody said to a review, and when."""

    kind: Reply | Decision
    by: Person
    at: datetime
    text: str | None = None


class Review(Shape, frozen=True):
    """A review with the scorecard as it was then. ``failed_on``: the critical question that did it.

    ``first_score``: before a dispute changed it.
    """

    line: ReviewLine
    version: int
    pass_mark: int
    questions: list[Question]
    answers: dict[str, Answer]
    note: str
    failed_on: str | None = None
    reply: Said | None = None
    decision: Said | None = None
    first_answers: dict[str, Answer] | None = None
    first_score: float | None = None
