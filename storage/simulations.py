"""Supervisors' questions to the simulator, and its answers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storage.columns import row_of
from storage.database import Database


@dataclass(frozen=True, slots=True)
class SimulationRow:
    """One question; it runs while ``finished_at`` is None. ``error`` is a sentence for people."""

    id: UUID
    shop_id: UUID
    agent_id: UUID
    created_at: datetime
    finished_at: datetime | None
    request: dict[str, object]
    result: dict[str, object] | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Running:
    """How many of a shop may be unanswered at once, of those that were asked since a time."""

    at_once: int
    since: datetime


class Simulations:
    """Keeps questions and answers."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, shop_id: UUID, simulation_id: UUID) -> SimulationRow | None:
        """Return a question of the shop, or None."""
        row = await self._db.fetchrow(
            "SELECT * FROM simulation WHERE id = $1 AND shop_id = $2", simulation_id, shop_id
        )
        return None if row is None else row_of(SimulationRow, row)

    async def of_shop(self, shop_id: UUID, limit: int) -> list[SimulationRow]:
        """Return the newest of a shop."""
        rows = await self._db.fetch(
            "SELECT * FROM simulation WHERE shop_id = $1 ORDER BY id DESC LIMIT $2", shop_id, limit
        )
        return [row_of(SimulationRow, row) for row in rows]

    async def begin(
        self,
        shop_id: UUID,
        agent_id: UUID,
        request: dict[str, object],
        now: datetime,
        limit: Running,
    ) -> SimulationRow | None:
        """Note a question; None where as many as may are running already."""
        async with self._db.transaction() as tx:
            await tx.execute(HOLD, shop_id)
            running = await tx.fetchval(RUNNING, shop_id, limit.since)
            if not isinstance(running, int) or running >= limit.at_once:
                return None
            row = await tx.fetchrow(CREATE, shop_id, agent_id, request, now)
        assert row is not None
        return row_of(SimulationRow, row)

    async def note_applied(self, simulation_id: UUID, applied: dict[str, object]) -> None:
        """Note beside the answer that something of it was made true."""
        await self._db.execute(NOTE_APPLIED, simulation_id, [applied])

    async def finish(
        self,
        simulation_id: UUID,
        now: datetime,
        result: dict[str, object] | None = None,
        error: str | None = None,
    ) -> None:
        """Note an answer, or why there is none; the first stays."""
        await self._db.execute(FINISH, simulation_id, now, result, error)


CREATE = """
INSERT INTO simulation (shop_id, agent_id, request, created_at) VALUES ($1, $2, $3, $4) RETURNING *
"""

HOLD = "SELECT 1 FROM shop WHERE id = $1 FOR NO KEY UPDATE"

RUNNING = """
SELECT count(*)::int FROM simulation
 WHERE shop_id = $1 AND finished_at IS NULL AND created_at > $2
"""

# Beside what came out: who reads only that, as the version before does, overlooks it.
NOTE_APPLIED = """
UPDATE simulation
   SET result = jsonb_set(result, '{applied}', coalesce(result -> 'applied', '[]') || $2::jsonb)
 WHERE id = $1
"""

FINISH = """
UPDATE simulation SET finished_at = $2, result = $3, error = $4
 WHERE id = $1 AND finished_at IS NULL
"""
