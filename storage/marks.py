"""What is noted of a conversation that waits: nobody wants it, or it waits beyond its queue."""

from dataclasses import replace
from datetime import datetime
from typing import Literal, LiteralString
from uuid import UUID

from storage.changes import SYSTEM, Change, lock, write_event
from storage.columns import row_of
from storage.database import Database
from storage.errors import Missing
from storage.rows import ConversationRow

Beyond = Literal["length", "wait"]
WAITING = frozenset({"queued", "offered"})


class Marks:
    """Notes each thing once; it stays noted."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def unclaimed(self, conversation_id: UUID, now: datetime) -> ConversationRow | None:
        """Note that everybody who could take it has declined or missed it; it goes on waiting.

        None when that was noted before, or it waits no longer.
        """
        return await self._mark(
            UNCLAIMED, conversation_id, Change("unclaimed", "queued", SYSTEM, now)
        )

    async def full(
        self, conversation_id: UUID, beyond: Beyond, now: datetime
    ) -> ConversationRow | None:
        """Note that its queue was full, or that it waits too long; it keeps its place.

        None when that was noted before, or it waits no longer.
        """
        change = Change("full", "queued", SYSTEM, now, {"beyond": beyond})
        return await self._mark(FULL, conversation_id, change)

    async def _mark(
        self, statement: LiteralString, conversation_id: UUID, change: Change
    ) -> ConversationRow | None:
        async with self._db.transaction() as tx:
            try:
                row = await lock(tx, conversation_id)
            except Missing:
                return None
            if row.state not in WAITING:
                return None
            marked = await tx.fetchrow(statement, row.id, change.now)
            if marked is None:
                return None
            await write_event(tx, row, replace(change, to_state=row.state))
        return row_of(ConversationRow, marked)


UNCLAIMED = """
UPDATE conversation SET unclaimed_at = $2, epoch = epoch + 1
 WHERE id = $1 AND unclaimed_at IS NULL RETURNING *
"""

FULL = """
UPDATE conversation SET full_at = $2, epoch = epoch + 1
 WHERE id = $1 AND full_at IS NULL RETURNING *
"""
