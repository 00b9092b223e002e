"""What the server tells clients. Past tense ``noun:verbed``."""

from datetime import datetime
from typing import Literal

from server.protocol.alerts import Alert, AlertsChanged
from server.protocol.live import LiveChanged
from server.protocol.shapes import (
    Agent,
    AgentConversation,
    Conversation,
    Hours,
    Message,
    Offer,
    Person,
    Read,
    Shape,
    ShopFace,
    Status,
    Task,
    Visitor,
    Whisper,
)

OfferEnd = Literal[
    "accepted", "declined", "timed_out", "agent_lost", "agent_away", "customer_gone", "rescinded"
]
SessionEnd = Literal[
    "slow", "shutdown", "replaced", "signed_out", "unauthorized", "origin", "limit"
]


class VisitorSession(Shape, frozen=True):
    """``session:started`` for a customer. Keep ``token``: it is how this browser is known again."""

    token: str
    visitor: Visitor
    conversation: Conversation | None
    hours: Hours
    shop: ShopFace
    limits: dict[str, int]


class AgentSession(Shape, frozen=True):
    """``session:started`` for an agent: everything a console needs before the first event.

    Told again when the server may have missed events of other nodes; it replaces what was known.
    ``limits`` also says after how many seconds a wait is shown as long, and as too long.
    ``may_pick``: whether they may take who waits without an offer. ``responding`` and
    ``idle`` as in `status:changed`. ``alerts``: for who leads, those that stand, as in
    `alerts:changed`.
    """

    agent: Agent
    status: Status
    conversations: list[AgentConversation]
    waiting: list[AgentConversation]
    offers: list[Offer]
    limits: dict[str, int]
    may_pick: bool
    responding: bool = True
    idle: bool = False
    alerts: list[Alert] = []


class TypingChanged(Shape, frozen=True):
    """Somebody is typing, or has stopped. It ends by itself after 5 s without renewal."""

    conversation: str
    kind: Literal["customer", "agent"]
    on: bool
    name: str | None = None


class ReadChanged(Shape, frozen=True):
    """One side has read further."""

    conversation: str
    read: Read


class HeadChanged(Shape, frozen=True):
    """There are messages up to ``head``; who has fewer asks for ``message:since``."""

    conversation: str
    head: int
    note_head: int | None = None


class OfferEnded(Shape, frozen=True):
    """An offer is over. ``by`` names who took it, if somebody did."""

    offer: str
    conversation: str
    reason: OfferEnd
    by: str | None = None


class ViewersChanged(Shape, frozen=True):
    """Who else has this conversation open."""

    conversation: str
    viewers: list[Person]


class StatusChanged(Shape, frozen=True):
    """The agent's own status changed, perhaps in another tab or by a supervisor.

    Not ``responding``: they missed too many offers in a row. Nothing is offered until they choose
    a status again (the same will do), or take or decline something. ``idle``: they have touched
    nothing for longer than the shop allows. Nothing is offered until they touch anything.
    ``by`` names who set it for them, and ``reason`` why.
    """

    status: Status
    responding: bool = True
    idle: bool = False
    by: str | None = None
    reason: str | None = None


class ServiceChanged(Shape, frozen=True):
    """The shop opened or closed, or the last agent left or the first came."""

    hours: Hours
    agents: list[Person] = []


class SessionEnded(Shape, frozen=True):
    """The connection is about to close. Without ``retry_after_ms`` reconnecting is useless."""

    code: SessionEnd
    message: str
    retry_after_ms: int | None = None


class VisitorChanged(Shape, frozen=True):
    """What is known of a customer changed: their page, their name, whether they are here."""

    visitor: Visitor
    at: datetime


VISITOR_EVENTS: dict[str, type[Shape]] = {
    "session:started": VisitorSession,
    "session:ended": SessionEnded,
    "message:created": Message,
    "conversation:changed": Conversation,
    "typing:changed": TypingChanged,
    "read:changed": ReadChanged,
    "head:changed": HeadChanged,
    "service:changed": ServiceChanged,
}

AGENT_EVENTS: dict[str, type[Shape]] = {
    "session:started": AgentSession,
    "session:ended": SessionEnded,
    "message:created": Message,
    "conversation:changed": AgentConversation,
    "typing:changed": TypingChanged,
    "read:changed": ReadChanged,
    "head:changed": HeadChanged,
    "offer:made": Offer,
    "offer:ended": OfferEnded,
    "viewers:changed": ViewersChanged,
    "whisper:created": Whisper,
    "status:changed": StatusChanged,
    "visitor:changed": VisitorChanged,
    "live:changed": LiveChanged,
    "alerts:changed": AlertsChanged,
    "task:changed": Task,
    "task:reminded": Task,
    "task:due": Task,
}
