"""Who is idle, by PostgreSQL."""

from uuid import UUID

from storage.database import Database


async def idle_of(db: Database, shop_id: UUID) -> list[UUID]:
    """Return the idle agents of a shop."""
    rows = await db.fetch(IDLE_OF, shop_id)
    return [row["agent_id"] for row in rows]


IDLE_OF = """
SELECT i.agent_id FROM agent_idle i JOIN agent a ON a.id = i.agent_id
 WHERE a.shop_id = $1 ORDER BY i.agent_id
"""
