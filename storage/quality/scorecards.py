"""Scorecards. A change makes a new version; what was judged by an old one stays as it was."""

from datetime import datetime
from uuid import UUID

from storage.columns import row_of
from storage.database import Database, Record, Transaction
from storage.errors import Changed, Missing
from storage.quality.rows import Json, ScorecardRow
from storage.unique import named


class Scorecards:
    """Keeps a shop's scorecards, each with all of its versions."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, shop_id: UUID, scorecard_id: UUID) -> ScorecardRow | None:
        """Return the newest version of the shop's scorecard, or None."""
        return _row(await self._db.fetchrow(ONE, shop_id, scorecard_id))

    async def of_shop(self, shop_id: UUID) -> list[ScorecardRow]:
        """Return the newest versions by name, archived ones included."""
        return [row_of(ScorecardRow, row) for row in await self._db.fetch(OF_SHOP, shop_id)]

    async def create(
        self,
        shop_id: UUID,
        name: str,
        pass_mark: int,
        questions: list[Json],
        by: tuple[UUID, datetime],
    ) -> ScorecardRow:
        """Make a scorecard, ``by`` whom and when; Duplicate when the name is taken."""
        async with self._db.transaction() as tx:
            with named():
                made = await tx.fetchval(CREATE, shop_id, name, by[1])
            assert isinstance(made, UUID)
            await tx.execute(ADD_VERSION, made, 1, by[1], by[0], pass_mark, questions)
            return await _existing(tx, shop_id, made)

    async def change(
        self,
        seen: ScorecardRow,
        name: str,
        pass_mark: int,
        questions: list[Json],
        by: tuple[UUID, datetime],
    ) -> ScorecardRow:
        """Change what was ``seen``; Changed when it is another version by now.

        Another name alone is no other version: nobody is judged differently by it.
        """
        judges_alike = pass_mark == seen.pass_mark and questions == seen.questions
        version = seen.version if judges_alike else seen.version + 1
        async with self._db.transaction() as tx:
            now = await tx.fetchrow(LOCK, seen.shop_id, seen.id)
            if now is None:
                raise Missing
            if (now["version"], now["name"]) != (seen.version, seen.name):
                raise Changed(str(now["version"]))
            with named():
                await tx.execute(CHANGE, seen.id, name, version)
            if not judges_alike:
                await tx.execute(ADD_VERSION, seen.id, version, by[1], by[0], pass_mark, questions)
            return await _existing(tx, seen.shop_id, seen.id)

    async def archive(self, shop_id: UUID, scorecard_id: UUID, now: datetime | None) -> bool:
        """Take a scorecard out of use, or (None) back into it; False when there is none."""
        return await self._db.execute(ARCHIVE, shop_id, scorecard_id, now) == 1


async def _existing(tx: Transaction, shop_id: UUID, scorecard_id: UUID) -> ScorecardRow:
    row = _row(await tx.fetchrow(ONE, shop_id, scorecard_id))
    assert row is not None
    return row


def _row(record: Record | None) -> ScorecardRow | None:
    return None if record is None else row_of(ScorecardRow, record)


ONE = """
SELECT s.*, v.pass_mark, v.questions, v.made_at, v.made_by
  FROM scorecard s JOIN scorecard_version v ON v.scorecard_id = s.id AND v.version = s.version
 WHERE s.shop_id = $1 AND s.id = $2
"""

OF_SHOP = """
SELECT s.*, v.pass_mark, v.questions, v.made_at, v.made_by
  FROM scorecard s JOIN scorecard_version v ON v.scorecard_id = s.id AND v.version = s.version
 WHERE s.shop_id = $1 ORDER BY s.name, s.id
"""

CREATE = "INSERT INTO scorecard (shop_id, name, created_at) VALUES ($1, $2, $3) RETURNING id"

ADD_VERSION = """
INSERT INTO scorecard_version (scorecard_id, version, made_at, made_by, pass_mark, questions)
VALUES ($1, $2, $3, $4, $5, $6)
"""

LOCK = "SELECT version, name FROM scorecard WHERE shop_id = $1 AND id = $2 FOR NO KEY UPDATE"

CHANGE = "UPDATE scorecard SET name = $2, version = $3 WHERE id = $1"

ARCHIVE = "UPDATE scorecard SET archived_at = $3 WHERE shop_id = $1 AND id = $2"
