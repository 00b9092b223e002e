"""Messages: stored by group commit, read back in order."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from storage.database import Database, Queries
from storage.errors import Unstorable
from storage.group_commit import GroupCommit
from storage.rows import Appended, Draft, MessageRow


class Messages:
    """Appends to conversations and reads them."""

    def __init__(self, db: Database, *, batch_max: int = 200, queue_max: int = 10_000) -> None:
        self._db = db
        self._commits = GroupCommit(self._store, batch_max=batch_max, queue_max=queue_max)

    async def append(self, draft: Draft) -> Appended:
        """Store and number ``draft``; its ``status`` says when it was not allowed.

        The same ``client_id`` again answers with the first row. StorageUnavailable leaves the
        outcome open: repeat it with the same ``client_id``.
        """
        check_storable(draft.text)
        return await self._commits.add(draft)

    async def since(
        self, conversation_id: UUID, after: int, limit: int, private: bool
    ) -> list[MessageRow]:
        """Return up to ``limit`` messages of one stream that follow number ``after``."""
        rows = await self._db.fetch(SINCE, conversation_id, private, after, limit)
        return [MessageRow(**row) for row in rows]

    async def last(
        self, conversation_id: UUID, limit: int, private: bool = False
    ) -> list[MessageRow]:
        """Return the newest ``limit`` messages of one stream, oldest of them first."""
        rows = await self._db.fetch(LAST, conversation_id, private, limit)
        return [MessageRow(**row) for row in reversed(rows)]

    async def heads(self, conversation_ids: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
        """Return the newest numbers of the public and the private stream."""
        rows = await self._db.fetch(HEADS, list(conversation_ids))
        return {row["id"]: (row["head"], row["note_head"]) for row in rows}

    async def close(self) -> None:
        """Wait for what is under way."""
        await self._commits.drain()

    async def _store(self, drafts: Sequence[Draft]) -> list[Appended]:
        return await append_all(self._db, drafts)


SINCE = """
SELECT * FROM message WHERE conversation_id = $1 AND private = $2 AND seq > $3
 ORDER BY seq LIMIT $4
"""

LAST = """
SELECT * FROM message WHERE conversation_id = $1 AND private = $2 ORDER BY seq DESC LIMIT $3
"""

HEADS = "SELECT id, head, note_head FROM conversation WHERE id = ANY ($1::uuid[])"

APPEND = """
SELECT * FROM append_messages($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[],
                              $6::text[], $7::text[], $8::boolean[], $9::text[],
                              $10::timestamptz[])
 ORDER BY number
"""


async def append_all(queries: Queries, drafts: Sequence[Draft]) -> list[Appended]:
    """Store drafts in one round trip, alone or in a transaction; answer in their order."""
    rows = await queries.fetch(
        APPEND,
        [draft.conversation_id for draft in drafts],
        [draft.shop_id for draft in drafts],
        [draft.client_id for draft in drafts],
        [draft.sender_kind for draft in drafts],
        [draft.sender_id for draft in drafts],
        [draft.sender_name for draft in drafts],
        [draft.text for draft in drafts],
        [draft.private for draft in drafts],
        [draft.notice for draft in drafts],
        [draft.now for draft in drafts],
    )
    return [Appended(*tuple(row)[1:]) for row in rows]


def check_storable(text: str) -> None:
    """Raise Unstorable for what PostgreSQL cannot keep, before it spoils a batch."""
    if "\0" in text:
        raise Unstorable
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Unstorable from error
