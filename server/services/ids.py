"""Ids as strangers write them. What is no id of ours does not exist."""

from functools import lru_cache
from uuid import UUID

from server.protocol.errors import NotFound

KNOWN_MAX = 32_768
"""Ids that are remembered, because every message names some; 10 MB at most."""


@lru_cache(KNOWN_MAX)
def text_of(value: UUID) -> str:
    """Return an id as strangers see it."""
    return str(value)


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
