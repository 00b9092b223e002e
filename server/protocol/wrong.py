"""What msgspec found wrong, as a sentence that names the field."""

import re

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
