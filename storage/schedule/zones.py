"""What becomes of a plan when its shop's clock shows another time."""

from uuid import UUID

from storage.database import Queries


async def keep_wall(tx: Queries, shop_id: UUID, before: str) -> None:
    """Keep what the clock shows for what is to come, and the moments of what has begun.

    ``before``: the zone in which it was planned; the shop has its new one already. A plan is made
    by the clock on the wall: whoever corrects the zone means nine o'clock still.
    """
    await tx.execute(COMING, shop_id, before)
    await tx.execute(BEGUN, shop_id)
    await tx.execute(OFF, shop_id)


COMING = """
UPDATE shift f
   SET starts_at = (f.starts_at AT TIME ZONE $2) AT TIME ZONE s.time_zone,
       ends_at = (f.ends_at AT TIME ZONE $2) AT TIME ZONE s.time_zone,
       breaks_from = ARRAY(SELECT (b AT TIME ZONE $2) AT TIME ZONE s.time_zone
                             FROM unnest(f.breaks_from) WITH ORDINALITY AS u (b, n) ORDER BY n),
       breaks_until = ARRAY(SELECT (b AT TIME ZONE $2) AT TIME ZONE s.time_zone
                              FROM unnest(f.breaks_until) WITH ORDINALITY AS u (b, n) ORDER BY n),
       version = f.version + 1
  FROM shop s
 WHERE s.id = $1 AND f.shop_id = s.id AND f.starts_at > now()
   AND (f.starts_at AT TIME ZONE $2) AT TIME ZONE s.time_zone
       < (f.ends_at AT TIME ZONE $2) AT TIME ZONE s.time_zone
"""

# Also a shift whose hours the new clock jumps over.
BEGUN = """
UPDATE shift f SET day = (f.starts_at AT TIME ZONE s.time_zone)::date, wall = NULL,
       version = f.version + 1
  FROM shop s
 WHERE s.id = $1 AND f.shop_id = s.id
   AND f.day <> (f.starts_at AT TIME ZONE s.time_zone)::date
"""

OFF = """
UPDATE time_off o
   SET starts_at = o.first_day::timestamp AT TIME ZONE s.time_zone,
       ends_at = (o.last_day + 1)::timestamp AT TIME ZONE s.time_zone
  FROM shop s
 WHERE s.id = $1 AND o.shop_id = s.id
"""
