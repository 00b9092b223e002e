"""Ids as strangers write them. What is no id of ours does not exist."""

from uuid import UUID

from server.protocol.errors import NotFound


def uuid_of(text: str) -> UUID:
    """Return the id, or say that there is nothing by that name."""
    try:
        found = UUID(text)
    except ValueError:
        raise NotFound from None
    if str(found) != text.lower():
        raise NotFound
    return found
