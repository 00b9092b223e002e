"""The things that commands and events talk about: conversations, messages, people, offers."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

State = Literal["new", "assistant", "queued", "offered", "active", "wrap_up", "closed"]
SenderKind = Literal["customer", "agent", "assistant", "system"]
Status = Literal["available", "busy", "away"]
Role = Literal["agent", "supervisor", "admin"]
Service = Literal["open", "nobody", "closed"]
Prospect = Literal["open", "nobody", "closed", "uncovered"]
"""What one conversation may hope for; ``uncovered``: nobody who works here has the skills."""
Matched = Literal["last_agent", "matched_language", "matched_skill", "matched_both"]
TaskKind = Literal["follow_up", "call_back"]
TaskState = Literal["open", "due", "done", "cancelled"]
Scalar = str | int | float | bool
Attributes = dict[
    str,
    str
    | Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
    | Annotated[float, Meta(ge=-(2.0**63), le=2.0**63)]
    | bool,
]
"""What a shop or its page says of a customer: numbers that PostgreSQL and JSON keep."""
Version = Annotated[int, Meta(ge=1, le=2147483647)]
Score = Annotated[int, Meta(ge=1, le=5)]
Level = Annotated[int, Meta(ge=1, le=5)]
ClientId = Annotated[
    str,
    Meta(
        min_length=8,
        max_length=64,
        pattern=r"^[A-Za-z0-9_-]+$(?!\n)",
        description="Chosen by the sender, fresh for each new thing; a retry repeats it.",
    ),
]
Id = Annotated[
    str, Meta(min_length=1, max_length=64, description="An id as the API gives it, never a key.")
]


class Shape(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something the server says. Optional fields that are empty are left out."""


class Person(Shape, frozen=True):
    """Somebody as others may see them."""

    id: str
    name: str


class QueueRef(Shape, frozen=True):
    """A queue by name."""

    id: str
    name: str


class Sender(Shape, frozen=True):
    """Who said it. Always from the session, never from the payload."""

    kind: SenderKind
    id: str | None = None
    name: str | None = None


class Message(Shape, frozen=True):
    """One stored message.

    ``seq`` counts 1, 2, 3 … without holes, customers' and agents' public messages in one stream and
    private notes in a second stream of their own (``private`` true), which customers never see.
    ``after`` places a note behind the public message of that number.
    A ``system`` message has a ``notice`` (a key that pages translate) instead of a text.
    """

    conversation: str
    seq: int
    client_id: str
    sender: Sender
    text: str
    at: datetime
    private: bool = False
    after: int | None = None
    notice: str | None = None
    latency_ms: int | None = None


class Rating(Shape, frozen=True):
    """How satisfied the customer was, 1 (very bad) to 5 (very good)."""

    score: int
    comment: str | None = None
    at: datetime | None = None


class Read(Shape, frozen=True):
    """How far each side has read the public stream, and what reached the customer's device."""

    customer: int = 0
    agent: int = 0
    delivered: int = 0


class Conversation(Shape, frozen=True):
    """A conversation as its customer sees it.

    ``epoch`` grows with every change of state: the view with the larger epoch is newer.
    ``service`` is about who could take this one, not about the shop.
    ``position`` is 1 for who is next; ``eta_s`` a range in seconds, absent when it would be poor.
    ``full``: more wait than their queue takes, or they wait longer than it promises. They keep
    their place, and may as well leave a message and an address.
    ``why`` it is this agent, where there is something kind to say: pages have the words.
    ``hours`` of its queue, where they are not the shop's.
    """

    id: str
    state: State
    head: int
    epoch: int
    created_at: datetime
    topic: str | None = None
    queue: QueueRef | None = None
    position: int | None = None
    eta_s: tuple[int, int] | None = None
    agent: Person | None = None
    read: Read = Read()
    closed_at: datetime | None = None
    closed_by: SenderKind | None = None
    rating: Rating | None = None
    full: bool = False
    service: Prospect = "open"
    why: Matched | None = None
    hours: "Hours | None" = None


class Page(Shape, frozen=True):
    """The shop page a customer is on."""

    url: str
    title: str | None = None


class Visitor(Shape, frozen=True):
    """A customer as agents see them. ``signed`` is true when the shop vouched for who they are."""

    id: str
    signed: bool
    created_at: datetime
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    locale: str | None = None
    attributes: dict[str, Scalar] = {}
    page: Page | None = None
    online: bool = False
    conversations: int = 0
    csat: float | None = None


class Preview(Shape, frozen=True):
    """The newest public message, for lists. ``by`` which of the agents, where one said it."""

    text: str
    sender: SenderKind
    at: datetime
    by: Person | None = None


class Timing(Shape, frozen=True):
    """How long things took, in seconds; None until it happened. Terms: docs/design/terms.md."""

    waiting_s: float | None = None
    first_response_s: float | None = None
    replies: int = 0
    mean_reply_s: float | None = None
    max_reply_s: float | None = None
    customer_talk_s: float = 0.0
    agent_talk_s: float = 0.0
    handle_s: float | None = None
    wrap_up_s: float | None = None


class Handover(Shape, frozen=True):
    """Somebody was asked to take over and has not answered yet; ``note`` is what they were told."""

    offer: str
    by: Person
    to: Person
    expires_at: datetime
    note: str | None = None


class AgentConversation(Shape, frozen=True):
    """A conversation as agents see it. ``unanswered_since``: the first message without a reply.

    ``priority`` is 0 to 10; an ``emergency`` goes before all others. While a colleague is asked to
    take over (``handover``) it stays with its agent. ``why`` it came to them is in the answers to
    the agent who has it in hand, not in events; ``service`` is what it may hope for while it waits.
    ``unclaimed``: it waits, and everybody who could take it has declined or missed it.
    ``quiet``: nobody has said anything for long, so it takes no room of its agent until they do.
    ``units`` is the room that it takes else; an agent's capacity is in units.
    ``joined``: who talks with the customer beside its agent.
    ``tasks``: what is due in it, and not done; no customer is ever told.
    """

    id: str
    state: State
    head: int
    note_head: int
    epoch: int
    created_at: datetime
    visitor: Visitor
    topic: str | None = None
    locale: str | None = None
    queue: QueueRef | None = None
    agent: Person | None = None
    read: Read = Read()
    preview: Preview | None = None
    queued_at: datetime | None = None
    assigned_at: datetime | None = None
    unanswered_since: datetime | None = None
    wrap_up_until: datetime | None = None
    closed_at: datetime | None = None
    closed_by: SenderKind | None = None
    outcome: str | None = None
    rating: Rating | None = None
    timing: Timing | None = None
    why: "Why | None" = None
    full: bool = False
    unclaimed: bool = False
    service: Prospect = "open"
    priority: int = 0
    emergency: bool = False
    handover: Handover | None = None
    quiet: bool = False
    units: int = 1
    joined: list[Person] = []
    tasks: "list[Task]" = []


class Task(Shape, frozen=True):
    """What is to be done for a customer later. No customer is ever told of it.

    ``conversation`` is where it came from; it is done in ``due_conversation``, once it is due.
    Without an ``assignee`` whoever can does it. ``queue`` is that of its conversation, unless it
    has an ``own_queue``. ``version`` grows with every change. ``customer`` and ``phone`` are absent
    where the customer stands beside it.
    """

    id: str
    conversation: str
    visitor: str
    kind: TaskKind
    text: str
    due_at: datetime
    state: TaskState
    version: int
    created_by: Person
    created_at: datetime
    assignee: Person | None = None
    queue: QueueRef | None = None
    own_queue: bool = False
    due_conversation: str | None = None
    customer: str | None = None
    phone: str | None = None
    done_at: datetime | None = None
    done_by: Person | None = None
    outcome: str | None = None


class Why(Shape, frozen=True):
    """Why this agent, in terms a person can check: the facts that decided, most important first."""

    sentence: str
    facts: dict[str, Scalar] = {}


class Whisper(Shape, frozen=True):
    """What somebody who leads says to the agent of a conversation. No customer ever reads it.

    Only the agent ``to`` whom it was said sees it, and those who lead. ``seq`` counts 1, 2, 3 …
    in the conversation, whoever it was said to; ``after`` places it behind a public message.
    """

    conversation: str
    seq: int
    client_id: str
    by: Person
    to: Person
    text: str
    at: datetime
    after: int


class Offer(Shape, frozen=True):
    """A conversation held for one agent until ``expires_at``."""

    offer: str
    conversation: AgentConversation
    made_at: datetime
    expires_at: datetime
    why: Why


class Agent(Shape, frozen=True):
    """The agent who is signed in."""

    id: str
    name: str
    email: str
    role: Role
    capacity: int
    shop: Person


class Hours(Shape, frozen=True):
    """Whether anybody answers now. ``closed`` is outside opening hours, ``nobody`` inside them."""

    service: Service
    opens_at: datetime | None = None
    time_zone: str = "UTC"


class ShopFace(Shape, frozen=True):
    """What a widget needs to look like its shop. ``agents`` are the people available now."""

    name: str
    accent: str
    topics: list[str]
    greeting: str | None = None
    agents: list[Person] = []
    reply_s: int | None = None
