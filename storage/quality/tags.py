"""Tags: a shop's list, and which conversations bear them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from storage.columns import row_of
from storage.database import Database, Record
from storage.errors import Missing
from storage.quality.rows import TagRow
from storage.rows import ConversationRow
from storage.unique import named


class Tags:
    """Keeps tags."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of_shop(self, shop_id: UUID) -> list[TagRow]:
        """Return a shop's tags by name, archived ones included."""
        return _rows(await self._db.fetch(OF_SHOP, shop_id))

    async def create(self, shop_id: UUID, name: str) -> TagRow:
        """Make a tag; Duplicate when the name is taken, however it is written."""
        with named():
            row = await self._db.fetchrow(CREATE, shop_id, name)
        assert row is not None
        return row_of(TagRow, row)

    async def change(
        self, shop_id: UUID, tag_id: UUID, name: str | None, *, archived: bool | None, now: datetime
    ) -> TagRow | None:
        """Rename a tag, or take it out of use; None when there is none."""
        with named():
            row = await self._db.fetchrow(CHANGE, shop_id, tag_id, name, archived, now)
        return None if row is None else row_of(TagRow, row)

    async def of_conversation(self, conversation_id: UUID) -> list[TagRow]:
        """Return what a conversation bears, by name."""
        return _rows(await self._db.fetch(OF_CONVERSATION, conversation_id))

    async def put(
        self,
        row: ConversationRow,
        add: Sequence[UUID],
        remove: Sequence[UUID],
        by: UUID,
        now: datetime,
    ) -> None:
        """Put tags on a conversation and take others off; Missing when one is not the shop's.

        What has ended is judged anew: there may be a rule for the tag.
        """
        async with self._db.transaction() as tx:
            known = await tx.fetchval(KNOWN, row.shop_id, list({*add, *remove}))
            if known != len({*add, *remove}):
                raise Missing
            await tx.execute(TAKE_OFF, row.id, list(remove))
            added = await tx.execute(PUT_ON, row.id, list(add), by, now)
            if added:
                await tx.execute(JUDGE_ANEW, row.id)

    async def bearing(
        self, tag: tuple[UUID, UUID], before: UUID | None, limit: int, *, closed: bool
    ) -> list[ConversationRow]:
        """Return conversations that bear a tag (shop, tag), the newest first."""
        rows = await self._db.fetch(BEARING, *tag, before, limit, closed)
        return [row_of(ConversationRow, row) for row in rows]


def _rows(records: list[Record]) -> list[TagRow]:
    return [row_of(TagRow, record) for record in records]


OF_SHOP = "SELECT * FROM tag WHERE shop_id = $1 ORDER BY lower(name)"

CREATE = "INSERT INTO tag (shop_id, name) VALUES ($1, $2) RETURNING *"

CHANGE = """
UPDATE tag SET name = coalesce($3, name),
               archived_at = CASE WHEN $4 THEN coalesce(archived_at, $5)
                                  WHEN NOT $4 THEN NULL ELSE archived_at END
 WHERE shop_id = $1 AND id = $2 RETURNING *
"""

OF_CONVERSATION = """
SELECT t.* FROM conversation_tag c JOIN tag t ON t.id = c.tag_id
 WHERE c.conversation_id = $1 ORDER BY lower(t.name)
"""

KNOWN = "SELECT count(*) FROM tag WHERE shop_id = $1 AND id = ANY ($2::uuid[])"

TAKE_OFF = "DELETE FROM conversation_tag WHERE conversation_id = $1 AND tag_id = ANY ($2::uuid[])"

PUT_ON = """
INSERT INTO conversation_tag (conversation_id, tag_id, by_id, at)
SELECT $1, id, $3, $4 FROM tag WHERE id = ANY ($2::uuid[]) AND archived_at IS NULL
ON CONFLICT DO NOTHING
"""

JUDGE_ANEW = """
INSERT INTO quality_due (conversation_id) SELECT id FROM conversation
 WHERE id = $1 AND state = 'closed'
"""

BEARING = """
SELECT c.* FROM conversation_tag b JOIN conversation c ON c.id = b.conversation_id
 WHERE b.tag_id = $2 AND c.shop_id = $1 AND ($3::uuid IS NULL OR b.conversation_id < $3)
   AND (NOT $5 OR c.state = 'closed')
 ORDER BY b.conversation_id DESC LIMIT $4
"""
