"""Where storage's refusals become refusals for the wire. The only place."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from server.protocol import errors as wire
from storage import errors as stored


def refusal(error: Exception) -> wire.AppError | None:
    """Return what the client is told; None when the error is a surprise."""
    if isinstance(error, wire.AppError):
        return error
    translate = next((WORDS[kind] for kind in type(error).__mro__ if kind in WORDS), None)
    return None if translate is None else translate(error)


@contextmanager
def blaming(field: str) -> Generator[None]:
    """Name the field of a command that says to whom, where they cannot be handed it."""
    try:
        yield
    except (stored.AtCapacity, stored.Asked, stored.Unready) as error:
        refused = refusal(error)
        assert refused is not None
        refused.field = field
        raise refused from error


def _duplicate(error: stored.Duplicate) -> wire.AppError:
    return wire.Conflict(str(error), field=error.field, reason="taken")


def _taken(error: stored.Taken) -> wire.AppError:
    sentence = f"{error.agent_name} has taken this conversation."
    return wire.AlreadyTaken(sentence, by=error.agent_name)


CLASHES = {
    "overlap": "They work already at this time.",
    "time_off": "They have time off then.",
    "begun": "This shift has begun already.",
    "over": "This shift is over: it stays in the plan as it was.",
    "runs": "This shift has begun: only its end and its breaks to come can be changed.",
    "gone_by": "A shift cannot be moved to a time that has gone by.",
    "planned": "They are planned to work on these days.",
}


# Nothing reads the state of other errors: what is not said here stays a surprise.
WORDS: dict[type[BaseException], Callable[[Any], wire.AppError]] = {
    stored.StorageUnavailable: lambda _: wire.Unavailable(),
    stored.Unstorable: lambda error: wire.Invalid(str(error)),
    stored.Duplicate: _duplicate,
    stored.Missing: lambda _: wire.NotFound(),
    stored.NotYours: lambda _: wire.Forbidden(
        "This conversation is in other hands.", reason="not_yours"
    ),
    stored.WrongState: lambda error: wire.Conflict(reason="wrong_state", state=error.state),
    stored.Gone: lambda _: wire.ConversationClosed(),
    stored.Superseded: lambda _: wire.Conflict(
        "The customer has begun a new conversation.", reason="superseded"
    ),
    stored.Changed: lambda error: wire.Conflict(str(error), reason="changed", now=error.now),
    stored.Clash: lambda error: wire.Conflict(CLASHES[error.reason], reason=error.reason),
    stored.Taken: _taken,
    stored.OfferOver: lambda error: wire.OfferEnded(ended=error.reason),
    stored.AtCapacity: lambda _: wire.AtCapacity(),
    stored.Asked: lambda error: wire.Conflict(str(error), reason="asked_already"),
    stored.Unready: lambda _: wire.Conflict(
        "They are not available now. Please choose somebody else.", reason="unready"
    ),
}
