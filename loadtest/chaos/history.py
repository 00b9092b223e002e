"""What one person sent, was told and saw, with steady times in seconds; kept in memory."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Ack:
    """An answer that reached the sender: stored under this number, tried on this node."""

    seq: int
    tried_s: float
    at_s: float
    node: int


@dataclass(slots=True)
class Asked:
    """A command, from the first try until it was answered, on whichever node."""

    command: str
    begun_s: float
    answered_s: float | None = None


@dataclass(slots=True)
class Saying:
    """One message, repeated with the same ``client_id`` until it was answered."""

    client_id: str
    text: str
    conversation: str = ""
    acks: list[Ack] = field(default_factory=list[Ack])


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as it came to a reader. ``is_shown``: it was next, and a page would show it."""

    conversation: str
    seq: int
    client_id: str
    text: str
    at_s: float
    node: int
    is_told: bool
    is_shown: bool


@dataclass(slots=True)
class Taking:
    """An offer, and whether the agent was told that it is theirs. ``made_at`` is time of day."""

    offer: str
    conversation: str
    made_at: float
    tried_s: float = 0.0
    acked_s: float | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """This person was told that the conversation has ended as they asked."""

    conversation: str
    at_s: float


@dataclass(frozen=True, slots=True)
class Stay:
    """A connection: on which node, from when, and until when if it is over."""

    node: int
    since_s: float
    until_s: float | None = None


@dataclass(slots=True)
class History:
    """Everything that one person can testify."""

    person: str
    sayings: list[Saying] = field(default_factory=list[Saying])
    seen: list[Seen] = field(default_factory=list[Seen])
    takings: list[Taking] = field(default_factory=list[Taking])
    endings: list[Ending] = field(default_factory=list[Ending])
    stays: list[Stay] = field(default_factory=list[Stay])
    asked: list[Asked] = field(default_factory=list[Asked])
    follows: dict[str, float] = field(default_factory=dict[str, float])
    """Conversations that are followed, and since when."""

    def acks(self) -> list[Ack]:
        """Return all answers to messages."""
        return [ack for saying in self.sayings for ack in saying.acks]

    def was_on(self, node: int, at_s: float) -> bool:
        """Tell whether this person was connected to a node at a moment."""
        return any(
            stay.node == node
            and stay.since_s <= at_s
            and (stay.until_s is None or stay.until_s > at_s)
            for stay in self.stays
        )
