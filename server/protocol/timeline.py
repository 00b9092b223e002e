"""What the REST API tells of what happened in a conversation, and of who stepped in where."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from server.protocol.commands import Command
from server.protocol.decisions import OfferResult
from server.protocol.shapes import Person, Sender, Shape, State

EntryKind = Literal[
    "said", "told", "noted", "whispered", "changed", "offered", "silence", "watched"
]
Turn = Literal["agent", "customer"]
StepInKind = Literal[
    "watched",
    "whispered",
    "joined",
    "stepped_out",
    "assigned",
    "requeued",
    "prioritized",
    "closed",
    "status_set",
]


class TimelineEntry(Shape, frozen=True):
    """One thing that happened at ``at``, or from then ``until``.

    ``said`` to each other, with its ``length`` in characters; ``told``: a line of ours
    (``notice``); ``noted`` among colleagues; ``whispered`` ``to`` the agent; ``changed``: an
    ``event`` and the ``state`` after it, whose doing it was (``by``), ``to`` and ``taken_from``
    whom, to which ``queue``, and the ``reason``; ``offered`` ``to`` whom, what became of it
    (``result``), the term of the rank that decided (``decided_by``) before whom (``runner_up``);
    ``silence``: a minute or more in which nobody said anything while it was in hand, and whose
    ``turn`` it was; ``watched`` by whom. What has no ``until`` and could have one goes on.
    """

    kind: EntryKind
    at: datetime
    until: datetime | None = None
    by: Sender | None = None
    to: Person | None = None
    taken_from: Person | None = None
    text: str | None = None
    length: int = 0
    latency_ms: int | None = None
    notice: str | None = None
    event: str | None = None
    state: State | None = None
    queue: str | None = None
    reason: str | None = None
    details: dict[str, Any] = {}
    result: OfferResult | None = None
    decided_by: str | None = None
    runner_up: Person | None = None
    turn: Turn | None = None


class Timeline(Shape, frozen=True):
    """What happened in a conversation, oldest first, as it was at ``at``.

    ``watches`` is how often somebody watched, ``watched_s`` how long in all. ``more``: it begins
    earlier, for only the newest 500 messages, 200 notes, whispers and watches are here.
    """

    at: datetime
    items: list[TimelineEntry]
    watches: int = 0
    watched_s: float = 0.0
    whispers: int = 0
    more: bool = False


class StepInsQuery(Command, frozen=True):
    """Which page; ``before`` is the ``next`` of the page before."""

    before: Annotated[str, Meta(max_length=100)] | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 50


class StepIn(Shape, frozen=True):
    """What somebody who leads did over others' heads, when and why.

    ``agent``: from whom something was taken, to whom it was said, who was watched, whose status it
    is; ``to`` whom it was assigned. A watch has ``until`` once it has ended. ``visitor`` is the
    customer of the conversation, ``customer`` what they are called.
    """

    id: str
    at: datetime
    kind: StepInKind
    by: Person
    conversation: str | None = None
    visitor: str | None = None
    customer: str | None = None
    agent: Person | None = None
    to: Person | None = None
    reason: str | None = None
    until: datetime | None = None
    details: dict[str, Any] = {}


class StepInItems(Shape, frozen=True):
    """A page of it, the newest first; ``next`` is absent on the last page."""

    items: list[StepIn]
    next: str | None = None
