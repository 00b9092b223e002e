"""What storage hands out about quality. Scores of reviews are 0 to 100, of customers 1 to 5."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Reply = Literal["acknowledged", "answered", "disputed"]
Decision = Literal["upheld", "revised"]
Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardRow:
    """A scorecard as its ``version`` has it; ``questions`` as in ``scorecard_version``."""

    id: UUID
    shop_id: UUID
    name: str
    version: int
    pass_mark: int
    questions: list[Json]
    made_at: datetime
    made_by: UUID
    archived_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """One review with the version of the scorecard that it was made with; columns as in ``review``.

    ``is_open``: it belongs to a calibration that is not closed yet.
    """

    id: UUID
    shop_id: UUID
    conversation_id: UUID
    agent_id: UUID
    reviewer_id: UUID
    scorecard_id: UUID
    version: int
    calibration_id: UUID | None
    answers: dict[str, Json]
    note: str
    score: float | None
    passed: bool | None
    failed_on: str | None
    created_at: datetime
    changed_at: datetime
    published_at: datetime | None
    reply: Reply | None
    reply_text: str | None
    replied_at: datetime | None
    decision: Decision | None
    decision_text: str | None
    decided_by: UUID | None
    decided_at: datetime | None
    first_answers: dict[str, Json] | None
    first_score: float | None
    card_name: str
    pass_mark: int
    questions: list[Json]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """What answers come to: see ``server/services/quality/scoring.py``."""

    score: float | None
    passed: bool | None
    failed_on: str | None


@dataclass(frozen=True, slots=True)
class PartRow:
    """What one agent had of a conversation: how often they spoke to the customer, and when."""

    agent_id: UUID
    replies: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class TagRow:
    """A tag of a shop."""

    id: UUID
    shop_id: UUID
    name: str
    archived_at: datetime | None


RuleKind = Literal[
    "share", "per_agent_week", "low_score", "long_handle", "transfers", "reopened", "tag"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """A rule that chooses what is to be reviewed; columns as in ``review_rule``.

    ``waiting`` and ``chosen`` count what it chose, in lists of a shop.
    """

    id: UUID
    shop_id: UUID
    name: str
    scorecard_id: UUID
    kind: RuleKind
    amount: float
    tag_id: UUID | None
    queue_id: UUID | None
    since: datetime
    active: bool
    version: int
    weeks_done: datetime | None
    card_name: str = ""
    tag_name: str | None = None
    queue_name: str | None = None
    waiting: int = 0
    chosen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """One agent's part that is to be reviewed, with what lists show of it."""

    id: UUID
    shop_id: UUID
    conversation_id: UUID
    agent_id: UUID
    rule_id: UUID
    at: datetime
    reviewer_id: UUID | None
    ended_at: datetime | None
    ending: Literal["reviewed", "dismissed"] | None
    rule_name: str
    kind: RuleKind
    scorecard_id: UUID
    visitor_id: UUID
    customer: str | None
    score: int | None
    review_id: UUID | None
    review_published: bool | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A part that a rule has chosen."""

    conversation_id: UUID
    agent_id: UUID
    shop_id: UUID
    rule_id: UUID


FollowUpState = Literal["open", "in_progress", "done"]
FollowUpOutcome = Literal["solved", "apologised", "unreachable", "no_action"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpRow:
    """A customer who rated low; columns as in ``follow_up``, and what lists show of them."""

    id: UUID
    shop_id: UUID
    conversation_id: UUID
    agent_id: UUID | None
    score: int
    rated_at: datetime
    state: FollowUpState
    outcome: FollowUpOutcome | None
    owner_id: UUID | None
    note: str
    version: int
    changed_by: UUID | None
    changed_at: datetime
    visitor_id: UUID
    customer: str | None
    comment: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationRow:
    """A calibration; ``reviewers`` are who judges, and ``handed_in`` those who have."""

    id: UUID
    shop_id: UUID
    conversation_id: UUID
    agent_id: UUID
    scorecard_id: UUID
    version: int
    opened_by: UUID
    opened_at: datetime
    closed_at: datetime | None
    card_name: str
    reviewers: list[UUID]
    handed_in: list[UUID]
    reviews: list[UUID]
