"""Refusals on their way out: errors as JSON, and what msgspec found wrong as a sentence."""

import re

from msgspec import Struct, ValidationError

from server.protocol.commands import ErrorBody
from server.protocol.errors import AppError, Invalid
from server.sockets.frames import encode

_PATH = re.compile(r"^(?P<what>.*?)(?: - at `(?:key in )?\$(?P<path>[^`]*)`)?$", re.DOTALL)
_NAMED = re.compile(r"(?:unknown|required) field `(?P<name>[^`]*)`")
_FIELD_MAX_CHARS = 100


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


def invalid(error: ValidationError) -> Invalid:
    """Say what is wrong with a payload, and in which field."""
    found = _PATH.match(str(error))
    what = found["what"] if found else str(error)
    path = ((found["path"] if found else None) or "").lstrip(".")
    if named := _NAMED.search(what):
        path = f"{path}.{named['name']}" if path else named["name"]
    field = path[:_FIELD_MAX_CHARS] or None
    return Invalid(f"{field}: {what}"[:300] if field else what[:300], field=field)
