"""What becomes of a plan when its shop's clock shows another time."""

from datetime import datetime
from uuid import UUID

from storage.database import Queries


async def keep_wall(tx: Queries, shop_id: UUID, before: str, now: datetime) -> None:
    """Keep what the clock shows for what is to come, and the moments of what has begun.

    ``before``: the zone in which it was planned; the shop has its new one already. A plan is made
    by the clock on the wall: whoever corrects the zone means nine o'clock still. What would then
    clash keeps its moments, so that nobody has two shifts at once, nor one on days off.
    """
    staying = [row["id"] for row in await tx.fetch(STAYING, shop_id, before, now)]
    await tx.execute(COMING, shop_id, before, now, staying)
    await tx.execute(STAYED, shop_id)
    await tx.execute(OFF, shop_id, staying)


# No two zones are further apart than 26 hours, so what ended two days ago is met by nothing that
# moves. As it is planned nothing clashes: the more stays the less does, and in the end nothing.
STAYING = """
WITH RECURSIVE item AS (
    SELECT f.id, f.agent_id, false AS is_off, f.starts_at, f.ends_at, f.starts_at <= $3 AS is_begun,
           (f.starts_at AT TIME ZONE $2) AT TIME ZONE s.time_zone AS would_start,
           (f.ends_at AT TIME ZONE $2) AT TIME ZONE s.time_zone AS would_end
      FROM shift f JOIN shop s ON s.id = f.shop_id
     WHERE s.id = $1 AND f.ends_at > $3::timestamptz - interval '2 days'
    UNION ALL
    SELECT o.id, o.agent_id, true, o.starts_at, o.ends_at, false,
           o.first_day::timestamp AT TIME ZONE s.time_zone,
           (o.last_day + 1)::timestamp AT TIME ZONE s.time_zone
      FROM time_off o JOIN shop s ON s.id = o.shop_id
     WHERE s.id = $1 AND o.state = 'approved' AND o.ends_at > $3::timestamptz - interval '2 days'
), staying AS (
    SELECT * FROM item WHERE is_begun OR would_start >= would_end -- the new clock jumps over it
    UNION
    SELECT later.*
      FROM item later JOIN item sooner USING (agent_id)
     WHERE (sooner.starts_at, sooner.id) < (later.starts_at, later.id)
       AND NOT sooner.is_begun AND NOT (sooner.is_off AND later.is_off)
       AND sooner.would_start < later.would_end AND later.would_start < sooner.would_end
    UNION
    SELECT other.*
      FROM staying stays JOIN item other ON other.agent_id = stays.agent_id
     WHERE other.id <> stays.id AND NOT (stays.is_off AND other.is_off)
       AND stays.starts_at < other.would_end AND other.would_start < stays.ends_at
)
SELECT id FROM staying WHERE NOT is_begun
"""

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
 WHERE s.id = $1 AND f.shop_id = s.id AND f.starts_at > $3 AND f.id <> ALL ($4::uuid[])
"""

STAYED = """
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
 WHERE s.id = $1 AND o.shop_id = s.id AND o.id <> ALL ($2::uuid[])
"""
