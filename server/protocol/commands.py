"""What clients may ask for. Imperative ``noun:verb``; unknown commands and fields are refused.

Limits that a shop may want to change (length of a text, number of attributes) are settings, checked
where the command is carried out; what stands here is the shape.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from server.protocol.shapes import (
    Attributes,
    ClientId,
    Id,
    Message,
    Page,
    Scalar,
    Score,
    Shape,
    Status,
)

Reason = Annotated[str, Meta(min_length=3, max_length=500)]
Seq = Annotated[int, Meta(ge=0, le=2147483647)]
Epoch = Annotated[int, Meta(ge=0, le=2147483647)]
Priority = Annotated[int, Meta(ge=0, le=10)]


class Command(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something a client asks for."""


class Done(Shape, frozen=True):
    """It is done; there is nothing to add."""


# Customers


class StartConversation(Command, frozen=True):
    """Open a conversation, or answer with the one that is open already."""

    client_id: ClientId
    text: str | None = None
    topic: Annotated[str, Meta(max_length=64)] | None = None
    attributes: Attributes = {}


class SendMessage(Command, frozen=True):
    """Say something in a conversation of one's own."""

    conversation: Id
    client_id: ClientId
    text: str


class Since(Command, frozen=True):
    """Read what was said after message number ``after``."""

    conversation: Id
    after: Seq
    limit: Annotated[int, Meta(ge=1, le=200)] = 200


class SetTyping(Command, frozen=True):
    """Tell the other side that somebody is typing, or has stopped."""

    conversation: Id
    on: bool


class SetRead(Command, frozen=True):
    """Say how far one has read (or, with ``delivered``, how far messages have arrived)."""

    conversation: Id
    seq: Seq
    delivered: bool = False


class EndConversation(Command, frozen=True):
    """The customer ends the conversation."""

    conversation: Id


class RateConversation(Command, frozen=True):
    """Say how satisfied one was."""

    conversation: Id
    score: Score
    comment: str | None = None


class ListConversations(Command, frozen=True):
    """Read one's earlier conversations, newest first."""

    before: Id | None = None
    limit: Annotated[int, Meta(ge=1, le=50)] = 20


class SetUser(Command, frozen=True):
    """Change what is known of the customer: attributes, language, the page they are on.

    ``name``, ``email`` and ``phone`` are what they say of themselves, where they can be reached;
    of somebody for whom the shop vouches only the shop says these.
    """

    attributes: Attributes = {}
    name: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    email: (
        Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$(?!\n)")]
        | None
    ) = None
    phone: Annotated[str, Meta(min_length=3, max_length=64)] | None = None
    locale: Annotated[str, Meta(max_length=35)] | None = None
    page: Page | None = None


# Agents


class SetStatus(Command, frozen=True):
    """Choose whether new conversations may be offered."""

    status: Status


class TellInput(Command, frozen=True):
    """Say that somebody has touched the console since it was last said, at most once a while.

    Without input nothing is said, except at first: ``seen`` false says that this client notices
    input and saw none yet. Only agents whose clients all do so can be found idle.
    """

    seen: bool = True


class AcceptOffer(Command, frozen=True):
    """Take the offered conversation."""

    offer: Id


class DeclineOffer(Command, frozen=True):
    """Leave the offered conversation to somebody else."""

    offer: Id
    reason: Annotated[str, Meta(max_length=200)] | None = None


class PickConversation(Command, frozen=True):
    """Take a waiting conversation without an offer, where the shop allows it."""

    conversation: Id


class WriteMessage(Command, frozen=True):
    """Say something to the customer, or with ``private`` leave a note that only colleagues see."""

    conversation: Id
    client_id: ClientId
    text: str
    private: bool = False


class AgentSince(Command, frozen=True):
    """Read what was said after message number ``after``, in the public or the private stream."""

    conversation: Id
    after: Seq
    limit: Annotated[int, Meta(ge=1, le=200)] = 200
    private: bool = False


class OpenConversation(Command, frozen=True):
    """Look at a conversation and hear what happens in it, until ``conversation:leave``."""

    conversation: Id


class WatchConversation(Command, frozen=True):
    """Look at a conversation unseen, as somebody who leads, until ``conversation:leave``.

    Nobody is told, nothing counts as read. That one watched, and how long, is written down.
    """

    conversation: Id


class LeaveConversation(Command, frozen=True):
    """Stop looking at a conversation."""

    conversation: Id


class Target(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a conversation goes: to an agent, to a queue, or back to who had it before.

    Exactly one of the three.
    """

    agent: Id | None = None
    queue: Id | None = None
    back: bool = False


class TransferConversation(Command, frozen=True):
    """Hand the conversation over. Its age is kept.

    With ``warm`` a person is asked first, and until they accept it stays in the sender's hands.
    """

    conversation: Id
    to: Target
    note: str | None = None
    warm: bool = False


class CancelTransfer(Command, frozen=True):
    """Take back the question to a colleague, and keep the conversation."""

    conversation: Id


class AssignConversation(Command, frozen=True):
    """Give a conversation to an agent, over their capacity if need be, as somebody who leads.

    ``epoch`` is the conversation's as it was seen, ``held_by`` who had it: whoever has taken it
    since keeps it.
    """

    conversation: Id
    agent: Id
    reason: Reason
    epoch: Epoch | None = None
    held_by: Id | None = None


class PrioritizeConversation(Command, frozen=True):
    """Say how soon a conversation is served, as somebody who leads.

    A step of ``priority`` is worth some waiting; an ``emergency`` goes before all others. ``was``
    and ``was_emergency`` are as they were seen: what was set since stands.
    """

    conversation: Id
    priority: Priority
    emergency: bool | None = None
    reason: Annotated[str, Meta(max_length=500)] | None = None
    was: Priority | None = None
    was_emergency: bool | None = None


class WhisperToAgent(Command, frozen=True):
    """Say something to whoever has a conversation, as somebody who leads. No customer reads it.

    ``to`` is whom it is meant for: who has taken the conversation since does not read it.
    """

    conversation: Id
    client_id: ClientId
    text: str
    to: Id | None = None


class JoinConversation(Command, frozen=True):
    """Talk with the customer beside the agent, as somebody who leads. The customer is told."""

    conversation: Id


class StepOut(Command, frozen=True):
    """Leave it to its agent again. The customer is told."""

    conversation: Id


class RequeueConversation(Command, frozen=True):
    """Let a conversation wait again, in its queue or another one, as somebody who leads.

    Its age is kept. ``epoch`` is the conversation's as it was seen, ``held_by`` who had it: what
    was done since stands, unless they still have it.
    """

    conversation: Id
    reason: Reason
    queue: Id | None = None
    epoch: Epoch | None = None
    held_by: Id | None = None


class SetAgentStatus(Command, frozen=True):
    """Set a colleague's status, as somebody who leads. They are told by whom, and why.

    ``was`` is their status as it was seen: what was set since stands.
    """

    agent: Id
    status: Status
    reason: Reason
    was: Status | None = None


class CloseConversation(Command, frozen=True):
    """End the talk with an outcome; the wrap-up begins.

    With a ``reason`` somebody who leads ends what is in other hands, or waits: for good, without a
    wrap-up. ``epoch`` is the conversation's as it was seen, ``held_by`` who had it: what was done
    since stands, unless they still have it. Tasks that are due in it are done with it, or put off
    until ``later``.
    """

    conversation: Id
    outcome: Annotated[str, Meta(max_length=64)] | None = None
    reason: Reason | None = None
    epoch: Epoch | None = None
    later: Annotated[datetime, Meta(tz=True)] | None = None
    held_by: Id | None = None


class ResumeConversation(Command, frozen=True):
    """Take back a close while the wrap-up lasts."""

    conversation: Id


class FinishConversation(Command, frozen=True):
    """End the wrap-up early and free the place."""

    conversation: Id
    outcome: Annotated[str, Meta(max_length=64)] | None = None


# Answers that are made for a command; the others are shapes of their own.


class Stored(Shape, frozen=True):
    """The message is committed under this number."""

    seq: int
    at: datetime


class MessagePage(Shape, frozen=True):
    """Messages in order, and the newest number there is."""

    messages: list[Message]
    head: int


class ErrorBody(Shape, frozen=True):
    """Why a command was refused."""

    code: str
    message: str
    retryable: bool
    field: str | None = None
    details: dict[str, Scalar | None] = {}


class Refused(Shape, frozen=True):
    """The acknowledgement of a command that was refused."""

    ok: Literal[False]
    error: ErrorBody
