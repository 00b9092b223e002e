"""Searching a shop's conversations for words that were said, and for who the customer is."""

from dataclasses import dataclass
from uuid import UUID

from storage.columns import row_of
from storage.conversation_lists import LAST_ID
from storage.database import Database
from storage.rows import ConversationRow

WORDS_MAX = 10
LOOK_MS = 200
"""How long one page may be looked for; what was found by then is told, and where to go on."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page. With ``resume`` there may be more behind that conversation, however few came."""

    rows: list[ConversationRow]
    resume: UUID | None


class Search:
    """Finds conversations by the beginnings of words. The index follows what is stored."""

    def __init__(self, db: Database, look_ms: int = LOOK_MS) -> None:
        self._db, self._look_ms = db, look_ms

    async def find(self, shop_id: UUID, q: str, before: UUID | None, limit: int) -> Found:
        """Return conversations with all words of ``q``, newest first, behind ``before``."""
        found = await self._db.fetchrow(
            FIND, shop_id, before, limit, LAST_ID, q, WORDS_MAX, self._look_ms
        )
        assert found is not None
        rows = await self._db.fetch(ROWS, found["ids"])
        return Found([row_of(ConversationRow, row) for row in rows], found["resume"])


FIND = """
SELECT found.ids, found.resume
  FROM (SELECT coalesce(b.created_at, 'infinity') AS at, coalesce(b.id, $4) AS id
          FROM (VALUES (1)) one LEFT JOIN conversation b ON b.id = $2) before
 CROSS JOIN LATERAL search_conversations(
       $1,
       ARRAY(SELECT word FROM unnest(search_words($5)) WITH ORDINALITY AS each (word, place)
              GROUP BY word ORDER BY min(place) LIMIT $6),
       before.at, before.id, $3, $7) found
"""

ROWS = """
SELECT * FROM conversation WHERE id = ANY ($1::uuid[]) ORDER BY created_at DESC, id DESC
"""
