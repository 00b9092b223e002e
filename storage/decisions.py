"""Why each decision was made."""

from collections.abc import Iterable
from uuid import UUID

from storage.database import Database
from storage.rows import DecisionRow


class Decisions:
    """Reads what ``Offers.make`` kept."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of_conversation(self, conversation_id: UUID) -> list[DecisionRow]:
        """Return all decisions about a conversation, oldest first."""
        rows = await self._db.fetch(
            "SELECT * FROM decision WHERE conversation_id = $1 ORDER BY id", conversation_id
        )
        return [DecisionRow(**row) for row in rows]

    async def of_offers(self, offer_ids: Iterable[UUID]) -> dict[UUID, DecisionRow]:
        """Return the decision behind each offer."""
        rows = await self._db.fetch(
            """
            SELECT d.* FROM offer o
              JOIN decision d ON d.conversation_id = o.conversation_id AND d.offer_id = o.id
             WHERE o.id = ANY ($1::uuid[])
            """,
            list(offer_ids),
        )
        return {row["offer_id"]: DecisionRow(**row) for row in rows}
