"""The statements that store messages, by how long they wait for who holds a conversation."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import LiteralString

from storage.database import Database, Queries
from storage.rows import Appended, Draft
from storage.waiters import Patience

APPEND_ONE = "SELECT * FROM append_message($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"

# The setting is back as it was when the statement is over: it is a transaction by itself.
SHORT = "set_config('lock_timeout', '100ms', true)"

# It is set before the function begins, which waits for what stands beside it.
APPEND_ONE_SHORT = f"""
SELECT stored.*
  FROM (SELECT $1::uuid AS conversation_id, {SHORT} OFFSET 0) draft
 CROSS JOIN LATERAL append_message(conversation_id, $2, $3, $4, $5, $6, $7, $8, $9, $10) stored
"""

GIVEN = """
unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[],
       $8::boolean[], $9::text[], $10::timestamptz[]) WITH ORDINALITY
    AS d (conversation_id, shop_id, client_id, sender_kind, sender_id, sender_name, text, private,
          notice, now, number)
"""

# In the order of ids, so that two batches never wait for each other.
IN_ORDER = """
 ORDER BY conversation_id, number OFFSET 0) draft
 CROSS JOIN LATERAL append_message(
       conversation_id, shop_id, client_id, sender_kind, sender_id, sender_name, text, private,
       notice, now) stored
"""

APPEND_MANY = f"SELECT draft.number, stored.* FROM (SELECT d.* FROM {GIVEN} {IN_ORDER}"

APPEND_MANY_SHORT = f"""
  WITH patience AS MATERIALIZED (SELECT {SHORT})
SELECT draft.number, stored.* FROM (SELECT d.* FROM patience, {GIVEN} {IN_ORDER}
"""

# All locks are taken before the first draft is stored; who is not known is told so.
APPEND_UNHELD = f"""
  WITH known AS MATERIALIZED (SELECT id FROM conversation WHERE id = ANY ($1::uuid[])),
       unheld AS MATERIALIZED (SELECT id FROM conversation WHERE id = ANY ($1::uuid[])
                                ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
SELECT draft.number, stored.*
  FROM (SELECT d.* FROM {GIVEN}
         WHERE conversation_id IN (SELECT id FROM unheld)
            OR conversation_id NOT IN (SELECT id FROM known) {IN_ORDER}
"""


async def append_all(queries: Queries, drafts: Sequence[Draft]) -> list[Appended]:
    """Store drafts in one round trip, alone or in a transaction; answer in their order."""
    return await _append(queries, drafts, APPEND_ONE, APPEND_MANY)


async def append_soon(db: Database, drafts: Sequence[Draft]) -> list[Appended]:
    """Store drafts, or raise Busy: it waits only a moment for who holds a conversation."""
    return await _append(db, drafts, APPEND_ONE_SHORT, APPEND_MANY_SHORT)


async def append_unheld(db: Database, drafts: Sequence[Draft]) -> list[Appended | None]:
    """Store all drafts but those whose conversation somebody holds; these are None."""
    rows = await db.fetch(APPEND_UNHELD, *_arrays(drafts))
    stored = {row["number"]: Appended(*tuple(row)[1:]) for row in rows}
    return [stored.get(number) for number in range(1, len(drafts) + 1)]


STORES: Mapping[
    Patience, Callable[[Database, Sequence[Draft]], Awaitable[Sequence[Appended | None]]]
] = {"short": append_soon, "none": append_unheld, "long": append_all}


async def _append(
    queries: Queries, drafts: Sequence[Draft], one: LiteralString, many: LiteralString
) -> list[Appended]:
    if len(drafts) == 1:
        row = await queries.fetchrow(one, *_columns(drafts[0]))
        assert row is not None
        return [Appended(*row)]
    rows = await queries.fetch(many, *_arrays(drafts))
    return [Appended(*tuple(row)[1:]) for row in sorted(rows, key=itemgetter("number"))]


def _arrays(drafts: Sequence[Draft]) -> Iterable[list[object]]:
    return map(list, zip(*map(_columns, drafts), strict=True))


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
