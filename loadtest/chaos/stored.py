"""What PostgreSQL holds, as far as the checker compares with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """A stored message."""

    conversation: str
    seq: int
    client_id: str
    text: str
    is_notice: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A stored conversation."""

    id: str
    visitor: str
    client_id: str
    state: str
    head: int


@dataclass(frozen=True, slots=True)
class Change:
    """A stored change of state, in the order of storing; ``agent`` is whom it is about."""

    conversation: str
    kind: str
    to_state: str
    agent: str | None


@dataclass(frozen=True, slots=True)
class Stored:
    """What PostgreSQL holds when all is over."""

    conversations: Sequence[Held] = ()
    messages: Sequence[Row] = ()
    changes: Sequence[Change] = ()
    taken: dict[str, str] = field(default_factory=dict[str, str])
    """Offer → the agent who accepted it."""
    capacity: dict[str, int] = field(default_factory=dict[str, int])
    miscounted: Sequence[str] = ()
    """Where reports and a recount of what is stored differ, as `kefu recount` finds it."""


@dataclass(frozen=True, slots=True)
class Look:
    """Who waited beside a free hand, at one moment of the quiet at the end."""

    at_s: float
    waiting: frozenset[str]
