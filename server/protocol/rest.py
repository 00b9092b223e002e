"""What the REST API takes and gives, beside the shapes it shares with the sockets."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from server.protocol.commands import Command
from server.protocol.shapes import (
    Agent,
    AgentConversation,
    Message,
    Scalar,
    SenderKind,
    Shape,
    State,
    Status,
    Visitor,
)

View = Literal["mine", "waiting", "in_hand", "closed", "all"]

# Signing in


class SignIn(Command, frozen=True):
    """Sign in with e-mail and password."""

    email: Annotated[str, Meta(max_length=254)]
    password: Annotated[str, Meta(max_length=200)]


class SignedIn(Shape, frozen=True):
    """The session; the cookie `kefu_session` carries the same token. ``mails``: e-mail goes out."""

    token: str
    agent: Agent
    expires_at: datetime
    mails: bool = False


class CurrentSession(Shape, frozen=True):
    """Who is signed in. ``responding`` and ``idle`` as in `status:changed`; ``mails``: it goes out.

    Where no e-mail goes out, pages show nothing of it.
    """

    agent: Agent
    status: Status
    responding: bool = True
    idle: bool = False
    mails: bool = False


class OwnSessions(Shape, frozen=True):
    """The session of who asks, or none: what `/sessions/current` says, without a refusal."""

    items: list[CurrentSession]


# Conversations


class ConversationsQuery(Command, frozen=True):
    """Which ones; ``before`` is the ``next`` of the page before, ``q`` looks in texts and names.

    ``tag``: only those that bear it, of all or of those that are closed, by when they began.
    """

    view: View = "mine"
    before: Annotated[str, Meta(max_length=100)] | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 50
    q: Annotated[str, Meta(max_length=200)] | None = None
    tag: Annotated[str, Meta(max_length=64)] | None = None


class ConversationItems(Shape, frozen=True):
    """A page of conversations; ``next`` is absent on the last page."""

    items: list[AgentConversation]
    next: str | None = None


class MessagesQuery(Command, frozen=True):
    """Which messages; ``private`` reads the stream of notes."""

    after: Annotated[int, Meta(ge=0, le=2147483647)] = 0
    limit: Annotated[int, Meta(ge=1, le=200)] = 200
    private: bool = False


class MessageItems(Shape, frozen=True):
    """Messages in order; ``head`` is the newest number there is."""

    items: list[Message]
    head: int


class ConversationEvent(Shape, frozen=True):
    """One change of state, and whose doing it was."""

    id: str
    at: datetime
    kind: str
    actor_kind: SenderKind
    actor_id: str | None = None
    from_state: State | None = None
    to_state: State | None = None
    data: dict[str, Any] = {}


class EventItems(Shape, frozen=True):
    """What happened to a conversation, oldest first."""

    items: list[ConversationEvent]


class VisitorRecord(Shape, frozen=True):
    """A customer with their conversations, newest first."""

    visitor: Visitor
    conversations: list[AgentConversation]


class Problem(Shape, frozen=True):
    """Why a request was refused (RFC 9457); ``items`` where several things are wrong."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    retryable: bool
    field: str | None = None
    details: dict[str, Scalar | None] = {}
    items: list[dict[str, Scalar | None]] = []
