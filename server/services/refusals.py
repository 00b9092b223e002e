"""Where storage's refusals become refusals for the wire. The only place."""

from server.protocol import errors as wire
from storage import errors as stored


def refusal(error: Exception) -> wire.AppError | None:
    """Return what the client is told; None when the error is a surprise."""
    match error:
        case wire.AppError():
            return error
        case stored.StorageUnavailable():
            return wire.Unavailable()
        case stored.Unstorable():
            return wire.Invalid(str(error))
        case stored.Duplicate():
            return wire.Conflict(str(error), field=error.field, reason="taken")
        case stored.Missing():
            return wire.NotFound()
        case _:
            return _of_state(error)


def _of_state(error: Exception) -> wire.AppError | None:
    match error:
        case stored.NotYours():
            return wire.Forbidden("This conversation is in other hands.", reason="not_yours")
        case stored.Superseded():
            return wire.Conflict("The customer has begun a new conversation.", reason="superseded")
        case stored.Gone():
            return wire.ConversationClosed()
        case stored.WrongState():
            return wire.Conflict(reason="wrong_state", state=error.state)
        case stored.Taken():
            return wire.AlreadyTaken(
                f"{error.agent_name} has taken this conversation.", by=error.agent_name
            )
        case stored.OfferOver():
            return wire.OfferEnded(ended=error.reason)
        case stored.AtCapacity():
            return wire.AtCapacity()
        case stored.Unready():
            return wire.Conflict(
                "They are not available now. Please choose somebody else.", reason="unready"
            )
        case _:
            return None
