"""Shops and their settings."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from storage.columns import row_of
from storage.database import Record, Store
from storage.people import Hours, LostAgent, ShopRow
from storage.schedule.zones import keep_wall
from storage.unique import named


class ShopChanges(TypedDict, total=False):
    """What may be changed; what is left out stays."""

    name: str
    greeting: str | None
    locale: str
    time_zone: str
    accent: str
    identity_secret: str
    identity_required: bool
    allowed_origins: list[str]
    topics: list[str]
    hours: Hours | None
    agents_may_pick: bool
    wait_notice_s: int
    wait_urgent_s: int
    lost_agent: LostAgent
    lost_agent_s: int
    misses_max: int
    plans: Sequence[Hours]
    idle_after_s: int | None
    blurs_watched: bool


class Shops:
    """Keeps shops."""

    def __init__(self, db: Store) -> None:
        self._db = db

    async def get(self, shop_id: UUID) -> ShopRow | None:
        """Return the shop, or None."""
        return _row(await self._db.fetchrow(GET, shop_id))

    async def by_key(self, key: str) -> ShopRow | None:
        """Return the shop with this public key, or None."""
        return _row(await self._db.fetchrow(BY_KEY, key))

    async def all(self) -> list[ShopRow]:
        """Return every shop."""
        return [_shop(row) for row in await self._db.fetch(ALL)]

    async def create(
        self, key: str, name: str, identity_secret: str, changes: ShopChanges | None = None
    ) -> ShopRow:
        """Make a shop; Duplicate when the key is taken."""
        with named():
            row = await self._db.fetchrow(CREATE, key, name, identity_secret)
        assert row is not None
        if changes and "time_zone" in changes:  # nobody is planned yet: no plan is to be moved
            await self._db.execute(SET_ZONE, row["id"], changes["time_zone"])
        updated = await self.update(row["id"], changes or {})
        assert updated is not None
        return updated

    async def has_zone(self, name: str) -> bool:
        """Tell whether PostgreSQL has a time zone of this name too."""
        return bool(await self._db.fetchval(HAS_ZONE, name))

    async def update(
        self, shop_id: UUID, changes: ShopChanges, now: datetime | None = None
    ) -> ShopRow | None:
        """Change settings; None when there is no such shop.

        Another time zone moves what is planned and to come: it asks for ``now``.
        """
        async with self._db.transaction() as tx:
            before = await tx.fetchval(ZONE, shop_id)
            if not isinstance(before, str) or not await tx.execute(UPDATE, shop_id, changes):
                return None
            if changes.get("time_zone", before) != before:
                if now is None:
                    raise ValueError("A change of the time zone needs to know what is to come.")
                await keep_wall(tx, shop_id, before, now)
            if "plans" in changes:
                await tx.execute(SET_PLANS, shop_id, list(changes["plans"]))
            if "idle_after_s" in changes:
                await tx.execute(SET_IDLE, shop_id, changes["idle_after_s"])
                await tx.execute(NEVER_IDLE, shop_id, changes["idle_after_s"])
            if "blurs_watched" in changes:
                await tx.execute(BLUR if changes["blurs_watched"] else SHOW, shop_id)
            return _row(await tx.fetchrow(GET, shop_id))


GET = """
SELECT s.*, (SELECT plans FROM shop_plans WHERE shop_id = s.id) AS plans,
       (SELECT after_s FROM shop_idle WHERE shop_id = s.id) AS idle_after_s,
       EXISTS (SELECT FROM shop_blur WHERE shop_id = s.id) AS blurs_watched
  FROM shop s WHERE s.id = $1
"""

BY_KEY = """
SELECT s.*, (SELECT plans FROM shop_plans WHERE shop_id = s.id) AS plans,
       (SELECT after_s FROM shop_idle WHERE shop_id = s.id) AS idle_after_s,
       EXISTS (SELECT FROM shop_blur WHERE shop_id = s.id) AS blurs_watched
  FROM shop s WHERE s.key = $1
"""

ALL = """
SELECT s.*, (SELECT plans FROM shop_plans WHERE shop_id = s.id) AS plans,
       (SELECT after_s FROM shop_idle WHERE shop_id = s.id) AS idle_after_s,
       EXISTS (SELECT FROM shop_blur WHERE shop_id = s.id) AS blurs_watched
  FROM shop s ORDER BY s.id
"""

HAS_ZONE = "SELECT EXISTS (SELECT FROM pg_timezone_names WHERE name = $1)"

CREATE = "INSERT INTO shop (key, name, identity_secret) VALUES ($1, $2, $3) RETURNING id"

SET_ZONE = "UPDATE shop SET time_zone = $2 WHERE id = $1"

ZONE = "SELECT time_zone FROM shop WHERE id = $1 FOR NO KEY UPDATE"

UPDATE = """
UPDATE shop s
   SET name = n.name, greeting = n.greeting, locale = n.locale, time_zone = n.time_zone,
       accent = n.accent, identity_secret = n.identity_secret,
       identity_required = n.identity_required, allowed_origins = n.allowed_origins,
       topics = n.topics, hours = n.hours, agents_may_pick = n.agents_may_pick,
       wait_notice_s = n.wait_notice_s, wait_urgent_s = n.wait_urgent_s,
       lost_agent = n.lost_agent, lost_agent_s = n.lost_agent_s, misses_max = n.misses_max
  FROM (SELECT (jsonb_populate_record(held, $2)).*
          FROM shop held WHERE id = $1 FOR NO KEY UPDATE) n
 WHERE s.id = $1
"""

SET_PLANS = """
INSERT INTO shop_plans (shop_id, plans) VALUES ($1, $2)
    ON CONFLICT (shop_id) DO UPDATE SET plans = excluded.plans
"""

SET_IDLE = """
INSERT INTO shop_idle (shop_id, after_s) SELECT $1, $2::integer WHERE $2::integer IS NOT NULL
    ON CONFLICT (shop_id) DO UPDATE SET after_s = excluded.after_s
"""

NEVER_IDLE = "DELETE FROM shop_idle WHERE shop_id = $1 AND $2::integer IS NULL"

BLUR = "INSERT INTO shop_blur (shop_id) VALUES ($1) ON CONFLICT DO NOTHING"

SHOW = "DELETE FROM shop_blur WHERE shop_id = $1"


def _row(record: Record | None) -> ShopRow | None:
    return None if record is None else _shop(record)


def _shop(record: Record) -> ShopRow:
    return row_of(ShopRow, record, plans=tuple(record["plans"] or ()))
