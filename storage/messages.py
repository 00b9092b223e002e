"""Messages: stored by group commit, read back in order."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol
from uuid import UUID

from storage.appending import STORES
from storage.columns import row_of
from storage.database import Database
from storage.errors import Unstorable
from storage.group_commit import GroupCommit
from storage.rows import Appended, Draft, MessageRow
from storage.waiters import Patience

HELD_AT_ONCE = 4  # connections that may wait for who holds a conversation, of half of them


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
        self._commits = GroupCommit(
            self._store,
            batch_max=batch_max,
            queue_max=queue_max,
            held_at_once=min(HELD_AT_ONCE, db.connections_max // 2),
        )

    @property
    def waiting(self) -> int:
        """How many drafts wait to be stored; what is being stored is not among them."""
        return self._commits.waiting

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

    async def spoken_last(self, conversation_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, str]]:
        """Return by conversation the agent, id and name, who last spoke to the customer."""
        rows = await self._db.fetch(SPOKEN_LAST, list(conversation_ids))
        return {row["id"]: (row["sender_id"], row["sender_name"] or "") for row in rows}

    async def heads(self, conversation_ids: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
        """Return the newest numbers of the public and the private stream."""
        rows = await self._db.fetch(HEADS, list(conversation_ids))
        return {row["id"]: (row["head"], row["note_head"]) for row in rows}

    async def close(self) -> None:
        """Wait for what is under way."""
        await self._commits.drain()

    async def _store(
        self, drafts: Sequence[Draft], patience: Patience
    ) -> Sequence[Appended | None]:
        if self._watch is None:
            return await STORES[patience](self._db, drafts)
        with self._watch.committing(drafts):
            return await STORES[patience](self._db, drafts)


SINCE = """
SELECT * FROM message WHERE conversation_id = $1 AND private = $2 AND seq > $3
 ORDER BY seq LIMIT $4
"""

LAST = """
SELECT * FROM message WHERE conversation_id = $1 AND private = $2 ORDER BY seq DESC LIMIT $3
"""

# The newest of a conversation is a few steps back at most: what follows it are system lines.
SPOKEN_LAST = """
SELECT c.id, m.sender_id, m.sender_name
  FROM unnest($1::uuid[]) c (id)
 CROSS JOIN LATERAL (
       SELECT sender_id, sender_name FROM message
        WHERE conversation_id = c.id AND NOT private AND sender_kind = 'agent'
        ORDER BY seq DESC LIMIT 1) m
 WHERE m.sender_id IS NOT NULL
"""

HEADS = "SELECT id, head, note_head FROM conversation WHERE id = ANY ($1::uuid[])"


def check_storable(text: str) -> None:
    """Raise Unstorable for what PostgreSQL cannot keep, before it spoils a batch."""
    if "\0" in text:
        raise Unstorable
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Unstorable from error
