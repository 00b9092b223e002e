"""Who the customers of conversations are, for lists that name many; nobody where a shop blurs."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from server.services.stores import Stores


class Caller(NamedTuple):
    """The customer of a conversation; without a ``name`` they gave none, or it is not for here."""

    visitor: str
    name: str | None


async def callers_of(
    stores: Stores, shop_id: UUID, conversations: Iterable[UUID]
) -> dict[UUID, Caller]:
    """Return the customers of conversations of a shop, by conversation.

    A shop that lets nobody who watches read personal data has no names in such lists at all.
    """
    shop = await stores.shops.get(shop_id)
    wanted = set(conversations)
    rows = await stores.conversations.get_many(wanted) if wanted else []
    own = [row for row in rows if row.shop_id == shop_id]
    known = {}
    if own and shop is not None and not shop.blurs_watched:
        known = await stores.visitors.get_many({row.visitor_id for row in own})
    return {
        row.id: Caller(
            str(row.visitor_id),
            None if row.visitor_id not in known else known[row.visitor_id].name,
        )
        for row in own
    }
