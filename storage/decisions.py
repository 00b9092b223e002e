"""Why each decision was made."""

from collections.abc import Iterable
from uuid import UUID

from storage.columns import row_of
from storage.database import Database
from storage.rows import DecisionRow, OfferRow

NEWEST_MAX = 100
"""Whoever nobody takes is offered again and again: what is older is kept and not read."""


class Decisions:
    """Reads what ``Offers.make`` kept."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of_conversation(self, conversation_id: UUID) -> list[DecisionRow]:
        """Return the newest ``NEWEST_MAX`` decisions about a conversation, oldest first."""
        rows = await self._db.fetch(NEWEST_OF, conversation_id, NEWEST_MAX)
        return [row_of(DecisionRow, row) for row in reversed(rows)]

    async def offers_of(self, conversation_id: UUID) -> list[OfferRow]:
        """Return all offers of a conversation, oldest first, with what became of them."""
        return [row_of(OfferRow, row) for row in await self._db.fetch(OFFERS_OF, conversation_id)]

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
        return {row["offer_id"]: row_of(DecisionRow, row) for row in rows}

    async def in_force(self, conversation_ids: Iterable[UUID]) -> dict[UUID, DecisionRow]:
        """Return by conversation the decision that led to its present agent.

        Whoever took a conversation without an offer was nobody's decision.
        """
        rows = await self._db.fetch(IN_FORCE, list(conversation_ids))
        return {row["conversation_id"]: row_of(DecisionRow, row) for row in rows}


NEWEST_OF = "SELECT * FROM decision WHERE conversation_id = $1 ORDER BY id DESC LIMIT $2"

OFFERS_OF = "SELECT * FROM offer WHERE conversation_id = $1 ORDER BY made_at, id"

# An agent has a conversation from the moment in which its offer ended as accepted.
IN_FORCE = """
SELECT d.* FROM conversation c
  JOIN offer o ON o.conversation_id = c.id AND o.agent_id = c.agent_id
              AND o.end_reason = 'accepted' AND o.ended_at = c.assigned_at
  JOIN decision d ON d.conversation_id = c.id AND d.offer_id = o.id
 WHERE c.id = ANY ($1::uuid[])
"""
