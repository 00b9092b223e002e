"""Every refusal that crosses the wire: a code for programs, a sentence for people, the field.

AppError
├── Invalid            the request itself is wrong
│   └── Faulty         in several places; ``items`` names them
├── Unauthorized       nobody is signed in, or the proof is wrong
├── Forbidden          signed in, but this is not for them
├── NotFound           it does not exist, or not for whoever asks
├── Conflict           it no longer fits the state of things; ``details.reason`` says how
│   ├── ConversationClosed
│   ├── AlreadyTaken
│   ├── OfferEnded
│   ├── NotWaiting
│   ├── AtCapacity
│   ├── NobodyThere
│   └── Stale          ``items`` says what is otherwise by now
│       └── Overtaken
├── TooLarge           a frame or text beyond its limit
├── TooMany            too often, or too many at once
├── Unavailable        a part we depend on is away; trying again later helps
└── Internal           our fault
"""

from collections.abc import Iterable
from typing import ClassVar

Detail = str | int | float | bool | None


class AppError(Exception):
    """An expected failure: it crosses the wire as a code, never as a traceback."""

    code: ClassVar[str] = "internal"
    retryable: ClassVar[bool] = False
    reason: ClassVar[str | None] = None
    items: tuple[dict[str, Detail], ...] = ()

    def __init__(
        self, message: str | None = None, *, field: str | None = None, **details: Detail
    ) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())
        self.field = field
        self.details: dict[str, Detail] = details
        if self.reason is not None:
            self.details.setdefault("reason", self.reason)


class Invalid(AppError):
    """Something in this request is not as it should be."""

    code = "invalid"


class Faulty(Invalid):
    """Some of this is not as it should be; nothing was changed."""

    reason = "faulty"

    def __init__(self, items: Iterable[dict[str, Detail]]) -> None:
        super().__init__()
        self.items = tuple(items)


class Unauthorized(AppError):
    """Please sign in first."""

    code = "unauthorized"


class Forbidden(AppError):
    """This is not for you to do."""

    code = "forbidden"


class NotFound(AppError):
    """There is nothing here by that name."""

    code = "not_found"


class Conflict(AppError):
    """The request no longer fits the state of the conversation."""

    code = "conflict"


class ConversationClosed(Conflict):
    """This conversation has ended. Please start a new one."""

    reason = "conversation_closed"


class AlreadyTaken(Conflict):
    """Somebody else was quicker and has taken this conversation."""

    reason = "already_taken"


class OfferEnded(Conflict):
    """This offer is no longer open."""

    reason = "offer_ended"


class NotWaiting(Conflict):
    """Nobody waits in this conversation any more."""

    reason = "not_waiting"


class AtCapacity(Conflict):
    """There is no free place for another conversation."""

    reason = "at_capacity"


class NobodyThere(Conflict):
    """Nobody is there who could take it. Please choose another queue."""

    reason = "nobody_there"


class Stale(Conflict):
    """Somebody else has changed this meanwhile; nothing was saved."""

    reason = "stale"

    def __init__(self, items: Iterable[dict[str, Detail]] = ()) -> None:
        super().__init__()
        self.items = tuple(items)


class Overtaken(Stale):
    """Some of this was changed since it was asked; nothing was applied."""


class TooLarge(AppError):
    """This is larger than we accept."""

    code = "too_large"


class TooMany(AppError):
    """That was too much in too short a time. Please wait a moment."""

    code = "too_many"
    retryable = True


class Unavailable(AppError):
    """We cannot reach a part of the service right now. Nothing is lost; please try again."""

    code = "unavailable"
    retryable = True


class Internal(AppError):
    """Something went wrong on our side."""

    code = "internal"
    retryable = True
