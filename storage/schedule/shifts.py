"""Shifts: planned, moved, taken out, copied."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from storage.columns import row_of
from storage.database import Database, Queries, Record
from storage.errors import Changed, Missing
from storage.schedule.happened import must_be_to_come, must_keep_the_past
from storage.schedule.holding import clash_of, hold, must_be_free, must_serve
from storage.schedule.rows import ShiftRow, Times


class Wanted(NamedTuple):
    """A shift to be."""

    agent_id: UUID
    times: Times


class Author(NamedTuple):
    """Who changes the plan, of which shop, and when."""

    shop_id: UUID
    by: UUID
    now: datetime


class Shifts:
    """Keeps the shifts of shops."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get_many(self, shop_id: UUID, shift_ids: Sequence[UUID]) -> dict[UUID, ShiftRow]:
        """Return those of the shop that there are, by id."""
        rows = await self._db.fetch(GET_MANY, shop_id, list(shift_ids)) if shift_ids else []
        return {row["id"]: row_of(ShiftRow, row) for row in rows}

    async def between(
        self, shop_id: UUID, first: date, last: date, agent_id: UUID | None = None
    ) -> list[ShiftRow]:
        """Return what begins on some days, both included, of everybody or of one; by time."""
        rows = await self._db.fetch(BETWEEN, shop_id, first, last, agent_id)
        return [row_of(ShiftRow, row) for row in rows]

    async def create(self, author: Author, wanted: Wanted) -> ShiftRow:
        """Plan a shift. Raises Missing for nobody in service, Clash where they cannot."""
        async with self._db.transaction() as tx:
            await hold(tx, author.shop_id)
            await must_serve(tx, author.shop_id, wanted.agent_id)
            await must_be_free(tx, wanted.agent_id, wanted.times)
            return await _insert(tx, author, wanted)

    async def create_many(
        self, author: Author, wanted: Sequence[Wanted]
    ) -> tuple[list[ShiftRow], list[tuple[Wanted, str]]]:
        """Plan what can be planned; return it, and the rest with what clashes.

        Whoever is out of service meanwhile clashes with "gone".
        """
        made: list[ShiftRow] = []
        left: list[tuple[Wanted, str]] = []
        async with self._db.transaction() as tx:
            await hold(tx, author.shop_id)
            serving = {row["id"] for row in await tx.fetch(SERVING, author.shop_id)}
            for each in wanted:
                if each.agent_id not in serving:
                    left.append((each, "gone"))
                    continue
                starts_at, ends_at = each.times.starts_at, each.times.ends_at
                clash = await clash_of(tx, each.agent_id, starts_at, ends_at)
                if clash is None:
                    made.append(await _insert(tx, author, each))
                else:
                    left.append((each, clash))
        return made, left

    async def change(
        self, author: Author, shift_id: UUID, wanted: Wanted, seen: int | None
    ) -> ShiftRow:
        """Move a shift, or give it to somebody else; whoever asked to swap it has to ask again.

        Raises Missing, Clash, and Changed when it is no longer as it was ``seen``.
        """
        async with self._db.transaction() as tx:
            await hold(tx, author.shop_id)
            before = await _must_be_as_seen(tx, author.shop_id, shift_id, seen)
            must_keep_the_past(before, wanted.agent_id, wanted.times, author.now)
            await must_serve(tx, author.shop_id, wanted.agent_id)
            await must_be_free(tx, wanted.agent_id, wanted.times, shift_id)
            row = await tx.fetchrow(
                CHANGE, shift_id, wanted.agent_id, *_columns(wanted.times), author.by, author.now
            )
            await tx.execute(LAPSE, shift_id, author.now)
        assert row is not None
        return row_of(ShiftRow, row)

    async def remove(self, author: Author, shift_id: UUID, seen: int | None) -> ShiftRow:
        """Take a shift out of the plan; return how it was. Raises Missing, Changed and Clash."""
        async with self._db.transaction() as tx:
            await hold(tx, author.shop_id)
            row = await _must_be_as_seen(tx, author.shop_id, shift_id, seen)
            must_be_to_come(row, author.now)
            await tx.execute("DELETE FROM shift WHERE id = $1", shift_id)
        return row

    async def remove_many(self, author: Author, seen: Sequence[tuple[UUID, int]]) -> int:
        """Take those out that are still as they were seen; return how many that were.

        What has begun stays, but for what was noted only afterwards.
        """
        ids, versions = [each[0] for each in seen], [each[1] for each in seen]
        async with self._db.transaction() as tx:
            await hold(tx, author.shop_id)
            return await tx.execute(REMOVE_MANY, author.shop_id, ids, versions, author.now)


async def locked(tx: Queries, shop_id: UUID, shift_id: UUID) -> Record | None:
    """Return a shift of the shop for a change, or None."""
    return await tx.fetchrow(LOCKED, shift_id, shop_id)


async def _must_be_as_seen(
    tx: Queries, shop_id: UUID, shift_id: UUID, seen: int | None
) -> ShiftRow:
    found = await locked(tx, shop_id, shift_id)
    if found is None:
        raise Missing
    if seen is not None and found["version"] != seen:
        raise Changed(str(found["version"]))
    return row_of(ShiftRow, found)


async def _insert(tx: Queries, author: Author, wanted: Wanted) -> ShiftRow:
    row = await tx.fetchrow(
        CREATE, author.shop_id, wanted.agent_id, *_columns(wanted.times), author.by, author.now
    )
    assert row is not None
    return row_of(ShiftRow, row)


def _columns(times: Times) -> tuple[object, ...]:
    return (
        times.day,
        times.starts_at,
        times.ends_at,
        [begin for begin, _ in times.breaks],
        [end for _, end in times.breaks],
        times.wall,
    )


GET_MANY = "SELECT * FROM shift WHERE shop_id = $1 AND id = ANY ($2::uuid[])"

LOCKED = "SELECT * FROM shift WHERE id = $1 AND shop_id = $2 FOR UPDATE"

BETWEEN = """
SELECT * FROM shift
 WHERE shop_id = $1 AND day BETWEEN $2 AND $3 AND ($4::uuid IS NULL OR agent_id = $4)
 ORDER BY starts_at, id
"""

SERVING = "SELECT id FROM agent WHERE shop_id = $1 AND deactivated_at IS NULL"

CREATE = """
INSERT INTO shift (shop_id, agent_id, day, starts_at, ends_at, breaks_from, breaks_until, wall,
                   changed_by, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING *
"""

CHANGE = """
UPDATE shift
   SET agent_id = $2, day = $3, starts_at = $4, ends_at = $5, breaks_from = $6, breaks_until = $7,
       wall = $8, changed_by = $9, changed_at = $10, version = version + 1
 WHERE id = $1 RETURNING *
"""

LAPSE = """
UPDATE shift_swap SET state = 'lapsed', decided_at = $2
 WHERE shift_id = $1 AND state IN ('asked', 'accepted')
"""

REMOVE_MANY = """
DELETE FROM shift s USING unnest($2::uuid[], $3::integer[]) AS seen(id, version)
 WHERE s.id = seen.id AND s.version = seen.version AND s.shop_id = $1
   AND (s.starts_at > $4 OR s.version = 1 AND s.changed_at >= s.starts_at)
"""
