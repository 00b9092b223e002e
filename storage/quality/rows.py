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
