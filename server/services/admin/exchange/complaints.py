"""What msgspec says of a value in a file, in words, and as what pages say it."""

import re

from msgspec import ValidationError

from server.protocol.exchange import FaultCode
from server.protocol.wrong import invalid

SAYINGS: tuple[tuple[str, FaultCode, str], ...] = (
    (r".*matching regex.*", "spelling", "This is not written the way such a value is written."),
    (r"Expected `(?:int|float)` >= (\S+)", "too_small", "This must be {0} or more."),
    (r"Expected `(?:int|float)` <= (\S+)", "too_large", "This must be {0} or less."),
    (r"Expected `str` of length <= (\d+)", "too_long", "This may have {0} characters."),
    (r"Expected `str` of length >= (\d+)", "too_short", "This needs {0} characters or more."),
    (r"Expected `int(?: \| null)?`.*", "whole_number", "This must be a whole number."),
    (r"Expected `(?:int \| )?float(?: \| null)?`.*", "number", "This must be a number."),
    (r"Expected `str(?: \| null)?`.*", "text", "This must be text."),
    (r"Expected `bool(?: \| null)?`.*", "truth", "This must be true or false."),
    (r"Expected `array(?: \| null)?`.*", "list", "This must be a list."),
    (r"Object missing required field.*", "missing", "This is missing."),
)


def complaint(error: ValidationError) -> tuple[str | None, FaultCode, str, str | None]:
    """Return the field at fault, the code, a sentence, and the limit that the sentence names."""
    refusal = invalid(error)
    said = str(refusal)
    if refusal.field is not None:
        said = said.removeprefix(f"{refusal.field}: ")
    for pattern, code, sentence in SAYINGS:
        found = re.fullmatch(pattern, said, re.DOTALL)
        if found:
            limit = found[1] if found.groups() else None
            return refusal.field, code, sentence.format(limit), limit
    return refusal.field, "value", said, None
