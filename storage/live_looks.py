"""How people like to look at the live view, by name. Everybody has their own."""

from dataclasses import dataclass
from uuid import UUID

from storage.columns import row_of
from storage.database import Database, Record
from storage.unique import named


@dataclass(frozen=True, slots=True)
class LiveLookRow:
    """One that somebody saved; ``look`` as the wire has it."""

    id: UUID
    agent_id: UUID
    name: str
    look: dict[str, object]


class LiveLooks:
    """Keeps what people saved."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of_agent(self, agent_id: UUID) -> list[LiveLookRow]:
        """Return what somebody saved, by name."""
        rows = await self._db.fetch(
            "SELECT * FROM live_look WHERE agent_id = $1 ORDER BY name, id", agent_id
        )
        return [row_of(LiveLookRow, row) for row in rows]

    async def create(
        self, agent_id: UUID, name: str, look: dict[str, object], looks_max: int
    ) -> LiveLookRow | None:
        """Save one; Duplicate when the name is taken, None where they have as many as they may."""
        with named():
            async with self._db.transaction() as tx:
                await tx.execute("SELECT 1 FROM agent WHERE id = $1 FOR NO KEY UPDATE", agent_id)
                return _row(await tx.fetchrow(CREATE, agent_id, name, look, looks_max))

    async def update(
        self, agent_id: UUID, look_id: UUID, name: str | None, look: dict[str, object] | None
    ) -> LiveLookRow | None:
        """Change what is given; None when they have no such."""
        with named():
            return _row(await self._db.fetchrow(UPDATE, look_id, agent_id, name, look))

    async def delete(self, agent_id: UUID, look_id: UUID) -> bool:
        """Forget one; False when they have no such."""
        return (
            await self._db.execute(
                "DELETE FROM live_look WHERE id = $1 AND agent_id = $2", look_id, agent_id
            )
            == 1
        )


CREATE = """
INSERT INTO live_look (agent_id, name, look)
SELECT $1, $2, $3 WHERE (SELECT count(*) FROM live_look WHERE agent_id = $1) < $4 RETURNING *
"""

UPDATE = """
UPDATE live_look SET name = coalesce($3, name), look = coalesce($4, look)
 WHERE id = $1 AND agent_id = $2 RETURNING *
"""


def _row(record: Record | None) -> LiveLookRow | None:
    return None if record is None else row_of(LiveLookRow, record)
