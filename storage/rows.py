"""What storage hands out about conversations. Times are aware UTC, ages milliseconds."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

State = Literal["new", "assistant", "queued", "offered", "active", "wrap_up", "closed"]
SenderKind = Literal["customer", "agent", "assistant", "system"]
Status = Literal["available", "busy", "away"]
Role = Literal["agent", "supervisor", "admin"]
Scalar = str | int | float | bool
OfferEnd = Literal[
    "accepted", "declined", "timed_out", "agent_lost", "agent_away", "customer_gone", "rescinded"
]
Notice = Literal[
    "agent_joined",
    "transferred",
    "ended_by_customer",
    "ended_by_agent",
    "resumed",
    "agent_left",
    "handover_declined",
    "handover_missed",
    "handover_left",
    "follow_up",
    "call_back",
]
AppendStatus = Literal["stored", "duplicate", "missing", "closed", "not_yours"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message before it has a number. ``now`` is when it reached us."""

    conversation_id: UUID
    shop_id: UUID
    client_id: str
    sender_kind: SenderKind
    sender_id: UUID | None
    sender_name: str | None
    text: str
    now: datetime
    private: bool = False
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a draft; ``seq`` and ``at`` are set when ``status`` is stored or duplicate.

    ``at`` never runs backwards within a conversation. ``became_queued`` is true when this message
    was the first of its customer and moved the conversation from new to queued.
    """

    status: AppendStatus
    seq: int | None = None
    at: datetime | None = None
    latency_ms: int | None = None
    after: int | None = None
    became_queued: bool = False


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One stored message; columns as in ``message``."""

    conversation_id: UUID
    private: bool
    seq: int
    client_id: str
    after: int | None
    sender_kind: SenderKind
    sender_id: UUID | None
    sender_name: str | None
    text: str
    notice: str | None
    at: datetime
    gap_ms: int | None
    latency_ms: int | None


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """One conversation; columns as in ``conversation``.

    ``assigned_at`` is when the present agent took it, None while it waits again;
    ``handle_ms`` sums the times in the hands of all agents.
    """

    id: UUID
    shop_id: UUID
    visitor_id: UUID
    client_id: str
    state: State
    epoch: int
    topic: str | None
    locale: str | None
    attributes: dict[str, Scalar]
    queue_id: UUID | None
    agent_id: UUID | None
    last_agent_id: UUID | None
    wanted_agent_id: UUID | None
    priority: int
    head: int
    note_head: int
    created_at: datetime
    queued_at: datetime | None
    assigned_at: datetime | None
    wrap_up_at: datetime | None
    wrap_up_until: datetime | None
    closed_at: datetime | None
    closed_by: SenderKind | None
    outcome: str | None
    read_customer: int
    read_agent: int
    delivered: int
    last_at: datetime | None
    last_sender: SenderKind | None
    last_text: str | None
    unanswered_since: datetime | None
    waiting_ms: int | None
    first_response_ms: int | None
    replies: int
    reply_ms_sum: int
    reply_ms_max: int
    customer_talk_ms: int
    agent_talk_ms: int
    handle_ms: int | None
    wrap_up_ms: int | None
    score: int | None
    score_comment: str | None
    scored_at: datetime | None
    emergency: bool = False
    full_at: datetime | None = None
    unclaimed_at: datetime | None = None
    eta_low_s: int | None = None
    eta_high_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConversation:
    """What a customer starts with. ``text`` becomes the first message, with the same client_id.

    ``last_agent_id`` is preferred; None: whoever had the customer's conversation before.
    """

    shop_id: UUID
    visitor_id: UUID
    client_id: str
    text: str | None = None
    sender_name: str | None = None
    topic: str | None = None
    locale: str | None = None
    attributes: dict[str, Scalar] = field(default_factory=dict[str, Scalar])
    queue_id: UUID | None = None
    priority: int = 0
    last_agent_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """The conversation that is open now; ``created`` is false for a retry and for a joined one."""

    row: ConversationRow
    created: bool
    first: Appended | None


@dataclass(frozen=True, slots=True)
class Read:
    """How far each side has read, and what reached the customer's device."""

    customer: int
    agent: int
    delivered: int
    changed: bool


@dataclass(frozen=True, slots=True)
class OfferRow:
    """An offer; it is live while ``ended_at`` is None. Several agents may have one at once.

    ``from_agent_id`` keeps the conversation until the offer is accepted (a warm transfer).
    """

    id: UUID
    conversation_id: UUID
    agent_id: UUID
    made_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    end_reason: OfferEnd | None
    decline_reason: str | None
    from_agent_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """An agent who has just stopped to respond to offers, or become idle, or is there again."""

    agent_id: UUID
    status: Status
    responding: bool
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """A conversation after a change of state, and what came with it.

    ``freed_agent`` has a slot more than before; ``notices`` are new messages to tell.
    ``changed`` is false when a retry found everything done already. ``also_freed`` and
    ``also_ended`` are there when others had it, or were asked too. ``heard`` is there when the
    agent of the offer stopped to respond with this, or is there again. ``tasks`` are those that
    are otherwise with it.
    """

    row: ConversationRow
    freed_agent: UUID | None = None
    ended_offer: OfferRow | None = None
    notices: tuple[MessageRow, ...] = ()
    changed: bool = True
    also_freed: tuple[UUID, ...] = ()
    also_ended: tuple[OfferRow, ...] = ()
    heard: Heard | None = None
    tasks: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class EventRow:
    """One change of state, with time and actor."""

    id: int
    conversation_id: UUID
    at: datetime
    kind: str
    from_state: State | None
    to_state: State | None
    actor_kind: SenderKind
    actor_id: UUID | None
    data: dict[str, object]
    head: int | None = None
    """``seq`` of the last public message before it; older versions did not note it."""


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """Why a decision was made; ``record`` is the engine's own."""

    id: UUID
    conversation_id: UUID
    offer_id: UUID | None
    at: datetime
    record: dict[str, object]


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run a partition; it holds until ``expires_at`` and for this ``epoch`` only."""

    partition: int
    node: str
    epoch: int
    expires_at: datetime
