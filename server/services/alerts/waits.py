"""How long customers have waited while it was open, by the hours that are kept now. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from server.reports.open_time import EVER, OpenTime
from storage.people import QueueFacts, ShopRow
from storage.reports.rows import HoursSince, ShopHours

ALWAYS = OpenTime(ShopHours([], {}))
A_MOMENT = timedelta(seconds=1)
MS = 1000


@dataclass(frozen=True, slots=True)
class Waits:
    """Counts open time of a shop's queues up to ``now``. Without a queue the shop's hours count."""

    open_time: OpenTime
    now: datetime

    def is_open(self, queue_id: UUID | None) -> bool:
        """Tell whether a queue is open now."""
        return self.open_time(queue_id, self.now, self.now + A_MOMENT) > 0

    def seconds(self, queue_id: UUID | None, since: datetime) -> int:
        """Return for how many seconds it was open since then; never negative."""
        return max(0, self.open_time(queue_id, since, self.now)) // MS

    def longest(self, since: Mapping[UUID | None, datetime]) -> tuple[int, UUID | None]:
        """Return the longest wait, in seconds, and in which queue; those that are open first."""
        found = [(self.is_open(each), self.seconds(each, at), each) for each, at in since.items()]
        _, seconds, queue_id = max(found, key=lambda each: each[:2], default=(True, 0, None))
        return seconds, queue_id


def kept_now(shop: ShopRow | None, queues: Iterable[QueueFacts]) -> OpenTime:
    """Return how open time is counted by the hours of a shop and of its queues."""
    if shop is None:
        return ALWAYS
    hours = HoursSince(EVER, shop.time_zone, shop.hours, list(shop.plans))
    return OpenTime(ShopHours([hours], {each.id: each.key for each in queues}))
