"""Ids as strangers write them. What is no id of ours does not exist."""

from functools import lru_cache
from uuid import UUID

from server.protocol.errors import NotFound

KNOWN_MAX = 8_192
"""Ids that are remembered, because every message names some; 3 MB at most."""

NO_ID = "There is nothing here by that name: an id is wanted, as the API gives it, not a key."


@lru_cache(KNOWN_MAX)
def uuid_of(text: str) -> UUID:
    """Return the id, or say that there is nothing by that name."""
    try:
        found = UUID(text)
    except ValueError:
        raise NotFound from None
    if str(found) != text.lower():
        raise NotFound
    return found


def uuid_at(text: str, field: str) -> UUID:
    """Return the id that stands in a field, or say of that field that an id is wanted."""
    try:
        return uuid_of(text)
    except NotFound:
        raise NotFound(NO_ID, field=field) from None
