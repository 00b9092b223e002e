"""Keeps what was first estimated of a customer's wait, to be held against what happens."""

from collections.abc import Mapping
from uuid import UUID

from storage.database import Queries


class Estimates:
    """Notes ranges; each conversation has one, and it stays."""

    def __init__(self, db: Queries) -> None:
        self._db = db

    async def note(self, ranges: Mapping[UUID, tuple[int, int]]) -> int:
        """Note ranges, in seconds from when they were queued; return how many were new."""
        lows, highs = [low for low, _ in ranges.values()], [high for _, high in ranges.values()]
        return await self._db.execute(NOTE, list(ranges), lows, highs)


# Whose row is held by somebody is passed over: they are being taken, or they leave.
NOTE = """
WITH told AS (
    SELECT c.id, t.low, t.high
      FROM conversation c
      JOIN unnest($1::uuid[], $2::integer[], $3::integer[]) AS t(id, low, high) ON t.id = c.id
     WHERE c.eta_low_s IS NULL AND c.waiting_ms IS NULL
       FOR NO KEY UPDATE OF c SKIP LOCKED)
UPDATE conversation c SET eta_low_s = told.low, eta_high_s = told.high
  FROM told WHERE told.id = c.id
"""
