"""Messages: stored by group commit, read back in order."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from operator import itemgetter
from typing import Protocol
from uuid import UUID

from storage.columns import row_of
from storage.database import Database, Queries
from storage.errors import Unstorable
from storage.group_commit import GroupCommit
from storage.rows import Appended, Draft, MessageRow


class CommitWatch(Protocol):
    """Hears of what is stored together."""

    def waiting(self, draft: Draft, /) -> AbstractContextManager[None]:
        """A draft waits until it is committed."""
        ...

    def committing(self, drafts: Sequence[Draft], /) -> AbstractContextManager[None]:
        """Drafts are stored by one statement."""
        ...


class Messages:
    """Appends to conversations and reads them. ``watch`` follows commits, where somebody asked."""

    def __init__(
        self,
        db: Database,
        *,
        batch_max: int = 200,
        queue_max: int = 10_000,
        watch: CommitWatch | None = None,
    ) -> None:
        self._db, self._watch = db, watch
        self._commits = GroupCommit(self._store, batch_max=batch_max, queue_max=queue_max)

    async def append(self, draft: Draft) -> Appended:
        """Store and number ``draft``; its ``status`` says when it was not allowed.

        The same ``client_id`` again answers with the first row. StorageUnavailable leaves the
        outcome open: repeat it with the same ``client_id``.
        """
        check_storable(draft.text)
        if self._watch is None:
            return await self._commits.add(draft)
        with self._watch.waiting(draft):
            return await self._commits.add(draft)

    async def since(
        self, conversation_id: UUID, after: int, limit: int, private: bool
    ) -> list[MessageRow]:
        """Return up to ``limit`` messages of one stream that follow number ``after``."""
        rows = await self._db.fetch(SINCE, conversation_id, private, after, limit)
        return [row_of(MessageRow, row) for row in rows]

    async def last(
        self, conversation_id: UUID, limit: int, private: bool = False
    ) -> list[MessageRow]:
        """Return the newest ``limit`` messages of one stream, oldest of them first."""
        rows = await self._db.fetch(LAST, conversation_id, private, limit)
        return [row_of(MessageRow, row) for row in reversed(rows)]

    async def heads(self, conversation_ids: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
        """Return the newest numbers of the public and the private stream."""
        rows = await self._db.fetch(HEADS, list(conversation_ids))
        return {row["id"]: (row["head"], row["note_head"]) for row in rows}

    async def close(self) -> None:
        """Wait for what is under way."""
        await self._commits.drain()

    async def _store(self, drafts: Sequence[Draft]) -> list[Appended]:
        if self._watch is None:
            return await append_all(self._db, drafts)
        with self._watch.committing(drafts):
            return await append_all(self._db, drafts)


SINCE = """
SELECT * FROM message WHERE conversation_id = $1 AND private = $2 AND seq > $3
 ORDER BY seq LIMIT $4
"""

LAST = """
SELECT * FROM message WHERE conversation_id = $1 AND private = $2 ORDER BY seq DESC LIMIT $3
"""

HEADS = "SELECT id, head, note_head FROM conversation WHERE id = ANY ($1::uuid[])"

APPEND_ONE = "SELECT * FROM append_message($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"

# In the order of ids, so that two batches never wait for each other.
APPEND_MANY = """
SELECT draft.number, stored.*
  FROM (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[],
                             $7::text[], $8::boolean[], $9::text[], $10::timestamptz[])
                      WITH ORDINALITY
            AS d (conversation_id, shop_id, client_id, sender_kind, sender_id, sender_name, text,
                  private, notice, now, number)
         ORDER BY conversation_id, number OFFSET 0) draft
 CROSS JOIN LATERAL append_message(
       conversation_id, shop_id, client_id, sender_kind, sender_id, sender_name, text, private,
       notice, now) stored
"""


async def append_all(queries: Queries, drafts: Sequence[Draft]) -> list[Appended]:
    """Store drafts in one round trip, alone or in a transaction; answer in their order."""
    if len(drafts) == 1:
        row = await queries.fetchrow(APPEND_ONE, *_columns(drafts[0]))
        assert row is not None
        return [Appended(*row)]
    rows = await queries.fetch(APPEND_MANY, *map(list, zip(*map(_columns, drafts), strict=True)))
    return [Appended(*tuple(row)[1:]) for row in sorted(rows, key=itemgetter("number"))]


def _columns(draft: Draft) -> tuple[object, ...]:
    return (
        draft.conversation_id,
        draft.shop_id,
        draft.client_id,
        draft.sender_kind,
        draft.sender_id,
        draft.sender_name,
        draft.text,
        draft.private,
        draft.notice,
        draft.now,
    )


def check_storable(text: str) -> None:
    """Raise Unstorable for what PostgreSQL cannot keep, before it spoils a batch."""
    if "\0" in text:
        raise Unstorable
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Unstorable from error
