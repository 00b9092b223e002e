"""What every writer of the plan does first: hold the shop, and look for what would clash.

One writer at a time in a shop: two people who plan the same hour at once do not both succeed.
"""

from datetime import datetime
from uuid import UUID

from storage.database import Queries
from storage.errors import Clash, Missing
from storage.schedule.rows import Times


async def hold(tx: Queries, shop_id: UUID) -> None:
    """Let others who write the plan of the shop wait until this transaction ends."""
    await tx.execute("SELECT 1 FROM shop WHERE id = $1 FOR NO KEY UPDATE", shop_id)


async def must_serve(tx: Queries, shop_id: UUID, agent_id: UUID) -> None:
    """Raise Missing unless somebody is in the service of the shop."""
    if not await tx.fetchval(SERVES, agent_id, shop_id):
        raise Missing


async def must_be_free(tx: Queries, agent_id: UUID, times: Times, but: UUID | None = None) -> None:
    """Raise Clash where somebody works already, the shift ``but`` aside, or has time off."""
    clash = await clash_of(tx, agent_id, times.starts_at, times.ends_at, but)
    if clash is not None:
        raise Clash(clash)


async def clash_of(
    tx: Queries, agent_id: UUID, starts_at: datetime, ends_at: datetime, but: UUID | None = None
) -> str | None:
    """Return what keeps somebody from working then: "overlap", "time_off", or nothing."""
    found = await tx.fetchval(CLASH, agent_id, starts_at, ends_at, but)
    return None if found is None else str(found)


SERVES = """
SELECT EXISTS (SELECT FROM agent WHERE id = $1 AND shop_id = $2 AND deactivated_at IS NULL)
"""

CLASH = """
SELECT CASE
  WHEN EXISTS (SELECT FROM shift WHERE agent_id = $1 AND starts_at < $3 AND ends_at > $2
                  AND id IS DISTINCT FROM $4) THEN 'overlap'
  WHEN EXISTS (SELECT FROM time_off WHERE agent_id = $1 AND state = 'approved'
                  AND starts_at < $3 AND ends_at > $2) THEN 'time_off'
END
"""
