"""Refusals on their way out: errors as JSON."""

from msgspec import Struct

from server.protocol.commands import ErrorBody
from server.protocol.errors import AppError
from server.sockets.frames import encode


class _Refusal(Struct, frozen=True):
    message: str
    data: ErrorBody


def body_of(error: AppError) -> ErrorBody:
    """Return what crosses the wire of an error."""
    return ErrorBody(
        code=error.code,
        message=str(error),
        retryable=error.retryable,
        field=error.field,
        details=error.details,
    )


def refused_answer(error: AppError) -> bytes:
    """Return the acknowledgement of a command that was refused, as JSON."""
    return b'{"ok":false,"error":%b}' % encode(body_of(error))


def refused_entry(error: AppError) -> bytes:
    """Return the body of CONNECT_ERROR, as JSON."""
    return encode(_Refusal(message=str(error), data=body_of(error)))
