"""Ready-made answers."""

from typing import TypedDict
from uuid import UUID

from storage.columns import row_of
from storage.database import Database, Record
from storage.people import CannedReplyRow
from storage.unique import named


class CannedReplyChanges(TypedDict, total=False):
    """What may be changed; what is left out stays."""

    shortcut: str
    locale: str
    text: str


class CannedReplies:
    """Keeps a shop's canned replies."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, shop_id: UUID, reply_id: UUID) -> CannedReplyRow | None:
        """Return the shop's reply, or None."""
        return _row(
            await self._db.fetchrow(
                "SELECT * FROM canned_reply WHERE id = $1 AND shop_id = $2", reply_id, shop_id
            )
        )

    async def of_shop(self, shop_id: UUID) -> list[CannedReplyRow]:
        """Return a shop's replies by shortcut and language."""
        rows = await self._db.fetch(
            "SELECT * FROM canned_reply WHERE shop_id = $1 ORDER BY shortcut, locale", shop_id
        )
        return [row_of(CannedReplyRow, row) for row in rows]

    async def create(self, shop_id: UUID, shortcut: str, locale: str, text: str) -> CannedReplyRow:
        """Make a reply; Duplicate when the shortcut is taken in this language."""
        with named():
            row = await self._db.fetchrow(CREATE, shop_id, shortcut, locale, text)
        assert row is not None
        return row_of(CannedReplyRow, row)

    async def update(
        self, shop_id: UUID, reply_id: UUID, changes: CannedReplyChanges
    ) -> CannedReplyRow | None:
        """Change the shop's reply; None when there is none."""
        new = (changes.get("shortcut"), changes.get("locale"), changes.get("text"))
        with named():
            return _row(await self._db.fetchrow(UPDATE, reply_id, shop_id, *new))

    async def delete(self, shop_id: UUID, reply_id: UUID) -> bool:
        """Remove the reply; False when there was none."""
        return (
            await self._db.execute(
                "DELETE FROM canned_reply WHERE id = $1 AND shop_id = $2", reply_id, shop_id
            )
            == 1
        )


CREATE = """
INSERT INTO canned_reply (shop_id, shortcut, locale, text) VALUES ($1, $2, $3, $4) RETURNING *
"""

UPDATE = """
UPDATE canned_reply
   SET shortcut = coalesce($3, shortcut), locale = coalesce($4, locale), text = coalesce($5, text)
 WHERE id = $1 AND shop_id = $2 RETURNING *
"""


def _row(record: Record | None) -> CannedReplyRow | None:
    return None if record is None else row_of(CannedReplyRow, record)
