"""Keeps the index of words: takes in what is new, packs what is closed, recalls what is old.

Each step is one transaction under a lock that one node has at a time. What a step did not commit is
still due, on whichever node takes the next one.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

from storage.database import Database, Queries, Record, Transaction
from storage.errors import AnotherNode, Unindexable

LOCK = 0x6B6566752B  # "kefu+"
BLOCK = 32
"""Conversations of a block: more make a step dearer, fewer make a search for a common word so."""


class SearchIndex:
    """Writes what `Search` reads. A step raises AnotherNode while another node is at one."""

    def __init__(self, db: Database, block: int = BLOCK) -> None:
        self._db, self._block = db, block
        self._from = 0  # nothing that is older is left; only to step over what was deleted

    async def take(self, rows_max: int = 500) -> int:
        """Take in what is due; return how many notes of something new there were."""
        async with self._step() as tx:
            due = await tx.fetch(TAKE, self._from, rows_max)
            await _take(tx, due)
        taken = sum(row["notes"] for row in due)
        if due:
            newest = max(row["newest"] for row in due) if taken >= rows_max else due[0]["under_way"]
            self._from = min(newest, due[0]["under_way"])
        return taken

    async def skip(self) -> UUID | None:
        """Leave out what is due next, because it cannot be taken in; return the conversation."""
        async with self._step() as tx:
            due = await tx.fetch(TAKE, self._from, 1)
        return due[0]["conversation_id"] if due else None

    async def pack(self, blocks_max: int = 10) -> int:
        """Make blocks of closed conversations; return how many."""
        async with self._step() as tx:
            full = await tx.fetch(FULL, self._block, blocks_max)
            await _write(tx, [row["members"] for row in full])
        return len(full)

    async def recall(self, blocks_max: int = 10) -> bool:
        """Take in conversations from before there was an index; False once there are no more."""
        async with self._step() as tx:
            shop = await tx.fetchrow("SELECT * FROM search_backlog ORDER BY shop_id LIMIT 1")
            if shop is None:
                return False
            older = await tx.fetch(OLDER, *shop, blocks_max * self._block)
            at_end = len(older) < blocks_max * self._block
            closed = [row for row in older if row["is_closed"] and not row["is_known"]]
            full = closed[: len(closed) - len(closed) % self._block]
            if full and not at_end:  # the rest waits for those that are older
                older = older[: older.index(full[-1]) + 1]
            await _write(tx, list(zip(*[iter(_ids(full))] * self._block, strict=True)))
            known = {*_ids(full), *_ids([row for row in older if row["is_known"]])}
            await tx.execute(NOTE, [row["id"] for row in older if row["id"] not in known])
            if at_end:
                await tx.execute("DELETE FROM search_backlog WHERE shop_id = $1", shop["shop_id"])
            else:
                last = older[-1]
                await tx.execute(GO_ON, shop["shop_id"], last["created_at"], last["id"])
        return True

    async def lag_s(self) -> float:
        """Return how long what is due next has been waiting, in seconds."""
        found = await self._db.fetchval(LAG, self._from)
        return found if isinstance(found, float) else 0.0

    @asynccontextmanager
    async def _step(self) -> AsyncGenerator[Transaction]:
        try:
            async with self._db.transaction() as tx:
                if not await tx.fetchval("SELECT pg_try_advisory_xact_lock($1)", LOCK):
                    raise AnotherNode
                yield tx
        except asyncpg.PostgresError as error:
            raise Unindexable(error.sqlstate or "") from None


async def _take(tx: Queries, due: Sequence[Record]) -> None:
    ids = [row["conversation_id"] for row in due]
    await tx.execute(REFRESH, ids, [row["anew"] for row in due])
    await tx.execute(FORGET, ids)
    for block in await tx.fetch(BLOCKS, ids):
        await tx.execute("SELECT search_write_block($1, $2)", block["id"], block["conversations"])
        await tx.execute(FORGET_PLACES, block["conversations"])
        await tx.execute(FORGET_BLOCK, block["id"])


async def _write(tx: Queries, blocks: Sequence[Sequence[UUID]]) -> None:
    for members in blocks:
        await tx.execute(WRITE, members)


def _ids(rows: Sequence[Record]) -> list[UUID]:
    return [row["id"] for row in rows]


# Rows of transactions that are under way are not seen yet; those are `under_way` or younger.
TAKE = """
WITH taken AS (
    DELETE FROM search_due
     WHERE ctid = ANY (ARRAY(SELECT ctid FROM search_due WHERE xid >= $1::bigint::text::xid8
                              ORDER BY xid LIMIT $2))
    RETURNING xid, conversation_id, anew
)
SELECT conversation_id, bool_or(anew) AS anew, count(*) AS notes,
       max(xid)::text::bigint AS newest,
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS under_way
  FROM taken GROUP BY conversation_id
"""

# Of a conversation that is very long we keep what we have; its block will hold the newest.
REFRESH = """
INSERT INTO search_fresh AS fresh (conversation_id, shop_id, created_at, head, note_head, words)
SELECT c.id, c.shop_id, c.created_at, new.head, new.note_head,
       array_to_tsvector(search_words(new.said))
  FROM unnest($1::uuid[], $2::boolean[]) AS due (id, anew)
  JOIN conversation c ON c.id = due.id
  LEFT JOIN search_fresh old ON old.conversation_id = c.id AND NOT due.anew
 CROSS JOIN LATERAL search_said(c.id, coalesce(old.head, 0), coalesce(old.note_head, 0)) new
 WHERE NOT EXISTS (SELECT FROM search_place WHERE conversation_id = c.id)
ON CONFLICT (conversation_id) DO UPDATE
   SET head = excluded.head, note_head = excluded.note_head,
       words = CASE WHEN fresh.conversation_id IN (SELECT id FROM unnest($1::uuid[], $2::boolean[])
                                                   AS due (id, anew) WHERE anew)
                    THEN excluded.words
                    WHEN length(fresh.words) > 5000 THEN fresh.words
                    ELSE fresh.words || excluded.words END
"""

FORGET = """
DELETE FROM search_fresh f
 WHERE conversation_id = ANY ($1::uuid[])
   AND NOT EXISTS (SELECT FROM conversation WHERE id = f.conversation_id)
"""

BLOCKS = """
SELECT id, conversations FROM search_block
 WHERE id IN (SELECT block_id FROM search_place WHERE conversation_id = ANY ($1::uuid[]))
"""

FORGET_PLACES = """
DELETE FROM search_place p
 WHERE conversation_id = ANY ($1::uuid[])
   AND NOT EXISTS (SELECT FROM conversation WHERE id = p.conversation_id)
"""

FORGET_BLOCK = """
DELETE FROM search_block b
 WHERE id = $1 AND NOT EXISTS (SELECT FROM conversation WHERE id = ANY (b.conversations))
"""

WRITE = """
SELECT search_write_block(nextval(pg_get_serial_sequence('search_block', 'id')), $1::uuid[])
"""

# Those that began about the same time go together.
FULL = """
SELECT array_agg(conversation_id) AS members
  FROM (SELECT conversation_id, shop_id,
               (row_number() OVER (PARTITION BY shop_id ORDER BY created_at, conversation_id) - 1)
               / $1 AS part
          FROM search_fresh f
         CROSS JOIN LATERAL (SELECT FROM conversation
                              WHERE id = f.conversation_id AND state = 'closed' OFFSET 0) closed
       ) each
 GROUP BY shop_id, part HAVING count(*) = $1 LIMIT $2
"""

OLDER = """
SELECT c.id, c.created_at, c.state = 'closed' AS is_closed,
       EXISTS (SELECT FROM search_place WHERE conversation_id = c.id)
       OR EXISTS (SELECT FROM search_fresh WHERE conversation_id = c.id) AS is_known
  FROM conversation c
 WHERE shop_id = $1 AND (created_at, id) < ($2, $3)
 ORDER BY created_at DESC, id DESC LIMIT $4
"""

NOTE = "INSERT INTO search_due (conversation_id, anew) SELECT id, true FROM unnest($1::uuid[]) id"

GO_ON = "UPDATE search_backlog SET before_at = $2, before_id = $3 WHERE shop_id = $1"

LAG = """
SELECT extract(epoch FROM clock_timestamp() - at)::float8 FROM search_due
 WHERE xid >= $1::bigint::text::xid8 ORDER BY xid LIMIT 1
"""
