"""A conversation as it is stored, and the facts that are derived from it, as rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from storage.rows import OfferEnd, SenderKind, State

Fate = Literal["silent", "waiting", "answered", "abandoned", "unanswered"]
"""Of a customer: asked nothing, waits, was taken, left before, or it ended otherwise before."""

Ending = Literal["closed", "transferred", "assigned", "left"]
"""Of a stretch: over, handed on, given to another by a supervisor; ``left``: it waits again, for
its agent is out of service, or a supervisor says so."""


@dataclass(frozen=True, slots=True)
class Told:
    """One event. What follows ``actor_id`` stands in its data."""

    at: datetime
    kind: str
    actor_id: UUID | None
    agent: UUID | None = None
    to_agent: UUID | None = None
    to_queue: UUID | None = None
    from_queue: UUID | None = None
    from_none: bool = False
    is_warm: bool = False
    head: int | None = None
    """``seq`` of the last message before it; older versions did not note it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One public message, without its words."""

    seq: int
    at: datetime
    by: SenderKind
    sender_id: UUID | None


@dataclass(frozen=True, slots=True)
class Asked:
    """One offer, or question of a colleague."""

    id: UUID
    agent_id: UUID
    at: datetime
    ending: OfferEnd | None
    is_warm: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that is known of one conversation, as it was at one moment; lists in order of time."""

    conversation_id: UUID
    shop_id: UUID
    state: State
    topic: str | None
    locale: str | None
    queue_id: UUID | None
    created_at: datetime
    closed_by: SenderKind | None
    score: int | None
    events: Sequence[Told]
    lines: Sequence[Line]
    offers: Sequence[Asked]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """One conversation as reports count it; columns as in ``report_fact``."""

    conversation_id: UUID
    shop_id: UUID
    at: datetime
    queue_id: UUID | None
    agent_id: UUID | None
    topic: str | None
    channel: str
    language: str | None
    fate: Fate
    is_over: bool
    wait_ms: int | None
    wait_open_ms: int | None
    transfers: int
    reopened: int
    customer_messages: int | None
    agent_messages: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegRow:
    """A stretch of a conversation in one agent's hands; columns as in ``report_leg``."""

    conversation_id: UUID
    number: int
    shop_id: UUID
    at: datetime
    ended_at: datetime | None
    ending: Ending | None
    queue_id: UUID | None
    agent_id: UUID
    topic: str | None
    channel: str
    language: str | None
    handle_ms: int | None
    wrap_up_ms: int | None
    customer_talk_ms: int | None
    agent_talk_ms: int | None
    replies: int | None
    reply_ms: int | None
    reply_open_ms: int | None
    first_response_ms: int | None
    first_response_open_ms: int | None
    is_last: bool
    score: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFactRow:
    """One offer as reports count it; columns as in ``report_offer``."""

    offer_id: UUID
    conversation_id: UUID
    shop_id: UUID
    at: datetime
    ending: OfferEnd | None
    is_warm: bool
    queue_id: UUID | None
    agent_id: UUID
    topic: str | None
    channel: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that reports know of one conversation."""

    fact: FactRow
    legs: tuple[LegRow, ...]
    offers: tuple[OfferFactRow, ...]


@dataclass(frozen=True, slots=True)
class HoursSince:
    """What a shop's hours were from a moment on, as they are stored in ``shop_hours_log``."""

    since: datetime
    time_zone: str
    hours: dict[str, object] | None
    plans: Sequence[dict[str, object]]


@dataclass(frozen=True, slots=True)
class ShopHours:
    """All hours a shop ever had, oldest first, and the keys of its queues, by which plans go."""

    log: Sequence[HoursSince]
    queue_keys: dict[UUID, str]
