"""When today began, where a shop is."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from routing.wall import moment
from server.services.clock import Clock
from storage.shops import Shops


async def midnight(shops: Shops, shop_id: UUID, clock: Clock) -> datetime:
    """Return when today began by the clocks of a shop."""
    shop = await shops.get(shop_id)
    zone = ZoneInfo("UTC" if shop is None else shop.time_zone)
    return moment(clock.now().astimezone(zone).date(), 0, zone)
