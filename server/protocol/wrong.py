"""What msgspec found wrong, as a sentence that names the field."""

import re
from collections.abc import Iterable
from typing import cast

from msgspec import ValidationError

from server.protocol.errors import Invalid

_PATH = re.compile(r"^(?P<what>.*?)(?: - at `(?:key in )?\$(?P<path>[^`]*)`)?$", re.DOTALL)
_NAMED = re.compile(r"(?:unknown|required) field `(?P<name>[^`]*)`")
_FIELD_MAX_CHARS = 100


def invalid(error: ValidationError) -> Invalid:
    """Say what is wrong with a payload, and in which field."""
    found = _PATH.match(str(error))
    what = found["what"] if found else str(error)
    path = ((found["path"] if found else None) or "").lstrip(".")
    if named := _NAMED.search(what):
        path = f"{path}.{named['name']}" if path else named["name"]
    field = path[:_FIELD_MAX_CHARS] or None
    return Invalid(f"{field}: {what}"[:300] if field else what[:300], field=field)


def where_nul(value: object, path: str = "") -> str | None:
    """Return the way to the first text with a NUL in a payload, or None."""
    if isinstance(value, str):
        return path if "\x00" in value else None
    inside: Iterable[tuple[str, object]] = ()
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        if any("\x00" in name for name in fields):
            return path
        inside = ((f"{path}.{name}" if path else name, each) for name, each in fields.items())
    elif isinstance(value, list):
        items = cast("list[object]", value)
        inside = ((f"{path}[{number}]", each) for number, each in enumerate(items))
    return next((found for at, each in inside if (found := where_nul(each, at)) is not None), None)
