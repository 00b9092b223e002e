"""Reading conversations: one, or a page of a list."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from storage.columns import row_of
from storage.database import Database, Record
from storage.rows import ConversationRow

OPEN_OF = """
SELECT * FROM conversation WHERE visitor_id = $1 AND state NOT IN ('wrap_up', 'closed')
"""

WAITING = """
SELECT * FROM conversation WHERE shop_id = $1 AND state IN ('queued', 'offered')
 ORDER BY queued_at, id LIMIT $2
"""

IN_HAND = """
SELECT * FROM conversation WHERE agent_id = $1 AND state IN ('active', 'wrap_up')
 ORDER BY assigned_at, id
"""

IN_HAND_OF_SHOP = """
SELECT * FROM conversation
 WHERE state IN ('active', 'wrap_up') AND agent_id IN (SELECT id FROM agent WHERE shop_id = $1)
 ORDER BY assigned_at, id LIMIT $2
"""

OF_VISITOR = """
SELECT * FROM conversation WHERE visitor_id = $1 AND ($2::uuid IS NULL OR id < $2)
 ORDER BY id DESC LIMIT $3
"""

CLOSED = """
SELECT * FROM conversation
 WHERE shop_id = $1 AND state = 'closed'
   AND (closed_at, id) < (SELECT coalesce(b.closed_at, 'infinity'), coalesce(b.id, $4)
                            FROM (VALUES (1)) one LEFT JOIN conversation b ON b.id = $2)
 ORDER BY closed_at DESC, id DESC LIMIT $3
"""

CLOSED_OF_AGENT = """
SELECT * FROM conversation
 WHERE shop_id = $1 AND agent_id = $5 AND state = 'closed'
   AND (closed_at, id) < (SELECT coalesce(b.closed_at, 'infinity'), coalesce(b.id, $4)
                            FROM (VALUES (1)) one LEFT JOIN conversation b ON b.id = $2)
 ORDER BY closed_at DESC, id DESC LIMIT $3
"""

OF_SHOP = """
SELECT * FROM conversation
 WHERE shop_id = $1
   AND (created_at, id) < (SELECT coalesce(b.created_at, 'infinity'), coalesce(b.id, $4)
                             FROM (VALUES (1)) one LEFT JOIN conversation b ON b.id = $2)
 ORDER BY created_at DESC, id DESC LIMIT $3
"""

LAST_ID = UUID(int=2**128 - 1)


class ConversationLists:
    """Reads conversations. Pages continue behind the conversation with the id ``before``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, conversation_id: UUID) -> ConversationRow | None:
        """Return the conversation, or None."""
        row = await self._db.fetchrow("SELECT * FROM conversation WHERE id = $1", conversation_id)
        return None if row is None else row_of(ConversationRow, row)

    async def get_many(self, conversation_ids: Iterable[UUID]) -> list[ConversationRow]:
        """Return those that exist, in order of their ids."""
        return _rows(
            await self._db.fetch(
                "SELECT * FROM conversation WHERE id = ANY ($1::uuid[]) ORDER BY id",
                list(conversation_ids),
            )
        )

    async def open_of(self, visitor_id: UUID) -> ConversationRow | None:
        """Return the customer's open conversation, of which there is at most one."""
        row = await self._db.fetchrow(OPEN_OF, visitor_id)
        return None if row is None else row_of(ConversationRow, row)

    async def of_visitor(
        self, visitor_id: UUID, before: UUID | None, limit: int
    ) -> list[ConversationRow]:
        """Return a customer's conversations, newest first."""
        return _rows(await self._db.fetch(OF_VISITOR, visitor_id, before, limit))

    async def waiting(self, shop_id: UUID, limit: int = 200) -> list[ConversationRow]:
        """Return who waits or is on offer, longest first."""
        return _rows(await self._db.fetch(WAITING, shop_id, limit))

    async def in_hand(self, agent_id: UUID) -> list[ConversationRow]:
        """Return the agent's conversations, wrap-up included, oldest first."""
        return _rows(await self._db.fetch(IN_HAND, agent_id))

    async def in_hand_of_shop(self, shop_id: UUID, limit: int = 200) -> list[ConversationRow]:
        """Return what the agents of a shop have in hand, wrap-up included, oldest first."""
        return _rows(await self._db.fetch(IN_HAND_OF_SHOP, shop_id, limit))

    async def closed(
        self, shop_id: UUID, agent_id: UUID | None, before: UUID | None, limit: int
    ) -> list[ConversationRow]:
        """Return closed conversations of a shop, or of one agent, last closed first."""
        if agent_id is None:
            return _rows(await self._db.fetch(CLOSED, shop_id, before, limit, LAST_ID))
        return _rows(
            await self._db.fetch(CLOSED_OF_AGENT, shop_id, before, limit, LAST_ID, agent_id)
        )

    async def all_of_shop(
        self, shop_id: UUID, before: UUID | None, limit: int
    ) -> list[ConversationRow]:
        """Return a shop's conversations, newest first."""
        return _rows(await self._db.fetch(OF_SHOP, shop_id, before, limit, LAST_ID))


def _rows(records: Sequence[Record]) -> list[ConversationRow]:
    return [row_of(ConversationRow, row) for row in records]
