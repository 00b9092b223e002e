"""What a shop's customers asked of it: arrivals, handling and waits by queue and half hour."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storage.columns import row_of
from storage.database import Queries


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandRow:
    """A half hour of a queue, by the moment when its customers began to wait."""

    queue: str
    start: datetime
    """A full or half hour in the shop's time zone, as a moment in UTC."""
    arrivals: int
    handled: int
    """How many of them are closed and were in somebody's hands."""
    handle_ms_sum: int
    abandoned: int
    """How many the customer ended before anybody took them."""
    wait_ms_sum: int
    """Waits of all, those who left and those who still wait included."""


class DemandStore:
    """Counts demand out of conversations."""

    def __init__(self, db: Queries) -> None:
        self._db = db

    async def of_shop(
        self, shop_id: UUID, since: datetime, until: datetime, now: datetime
    ) -> list[DemandRow]:
        """Return the half hours of [``since``, ``until``) that had customers, by queue and time.

        A conversation counts for the queue it is in now, or was in at its end.
        """
        rows = await self._db.fetch(OF_SHOP, shop_id, since, until, now)
        return [row_of(DemandRow, row) for row in rows]


# Binned by local time, because not all zones are whole half hours from UTC; counted as moments,
# so that the hour that comes twice in autumn is two hours. `created_at` only helps the index: who
# opens a chat and says nothing for a week is missed. While it was quiet it was no work.
OF_SHOP = """
WITH asked AS (
    SELECT c.*, c.queued_at AT TIME ZONE s.time_zone AS local
      FROM conversation c JOIN shop s ON s.id = c.shop_id
     WHERE c.shop_id = $1 AND c.queued_at >= $2 AND c.queued_at < $3
       AND c.created_at >= $2 - interval '7 days' AND c.created_at < $3
), timed AS (
    SELECT queue_id,
           queued_at - (local - date_bin('30 minutes', local, timestamp '2000-01-01')) AS start,
           CASE WHEN state = 'closed' THEN
                handle_ms - CASE WHEN EXISTS (SELECT FROM queue_quiet) THEN quiet_ms(id) ELSE 0 END
           END AS handle_ms,
           waiting_ms IS NULL AND closed_by IS NOT DISTINCT FROM 'customer' AS abandoned,
           coalesce(waiting_ms,
                    greatest(0, extract(epoch FROM coalesce(closed_at, $4) - queued_at) * 1000))
               AS wait_ms
      FROM asked
)
SELECT q.key AS queue, t.start, count(*)::int AS arrivals,
       count(t.handle_ms)::int AS handled,
       coalesce(sum(t.handle_ms), 0)::bigint AS handle_ms_sum,
       (count(*) FILTER (WHERE t.abandoned))::int AS abandoned,
       round(sum(t.wait_ms))::bigint AS wait_ms_sum
  FROM timed t JOIN queue q ON q.id = t.queue_id
 GROUP BY q.key, t.start ORDER BY q.key, t.start
"""
