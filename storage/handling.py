"""How long conversations held their slots lately, for estimates of the wait."""

from uuid import UUID

from storage.database import Queries


class Handling:
    """Handle times of the conversations that were closed last."""

    def __init__(self, db: Queries) -> None:
        self._db = db

    async def of_shop(self, shop_id: UUID) -> dict[UUID, tuple[float, int]]:
        """Return queue → (mean seconds, of how many) over the shop's last 1,000 conversations."""
        rows = await self._db.fetch(
            """
            SELECT queue_id, avg(handle_ms)::float8 / 1000 AS mean_s, count(*)::int AS count
              FROM (SELECT queue_id, handle_ms FROM conversation
                     WHERE shop_id = $1 AND state = 'closed'
                     ORDER BY closed_at DESC, id DESC LIMIT 1000) AS lately
             WHERE queue_id IS NOT NULL AND handle_ms IS NOT NULL
             GROUP BY queue_id
            """,
            shop_id,
        )
        return {row["queue_id"]: (row["mean_s"], row["count"]) for row in rows}
