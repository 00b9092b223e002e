"""How fast agents are at what, as a routing host learnt it: read by whoever routes or shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storage.database import Queries


@dataclass(frozen=True, slots=True)
class KeptSpeeds:
    """Agent → skill → speed, and the version of it: another one as soon as anything differs."""

    version: int
    speeds: Mapping[str, Mapping[str, float]]


class Speeds:
    """Keeps what was learnt last of each shop."""

    def __init__(self, db: Queries) -> None:
        self._db = db

    async def keep(
        self, shop_id: UUID, speeds: Mapping[str, Mapping[str, float]], now: datetime
    ) -> int | None:
        """Keep what was learnt by ``now`` and return its version; None: another learnt later."""
        version = await self._db.fetchval(KEEP, shop_id, dict(speeds), now)
        return version if isinstance(version, int) else None

    async def other_than(self, shop_id: UUID, version: int | None) -> KeptSpeeds | None:
        """Return what is kept, unless it is what the reader has, or nothing was learnt yet."""
        row = await self._db.fetchrow(OTHER_THAN, shop_id, version)
        return None if row is None else KeptSpeeds(row["version"], row["speeds"])


KEEP = """
INSERT INTO shop_speeds AS kept (shop_id, speeds, learnt_at) VALUES ($1, $2, $3)
ON CONFLICT (shop_id) DO UPDATE
   SET version = kept.version + (kept.speeds <> excluded.speeds)::integer,
       speeds = excluded.speeds, learnt_at = excluded.learnt_at
 WHERE kept.learnt_at <= excluded.learnt_at
RETURNING version
"""

OTHER_THAN = """
SELECT version, speeds FROM shop_speeds WHERE shop_id = $1 AND version IS DISTINCT FROM $2::bigint
"""
