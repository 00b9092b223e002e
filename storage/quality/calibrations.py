"""Calibrations: several judge the same, each with a draft of their own."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from storage.columns import row_of
from storage.database import Database
from storage.quality.reviews import NewReview, begin
from storage.quality.rows import CalibrationRow, ReviewRow


class Calibrations:
    """Keeps calibrations. Those about the reader do not exist for them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def open(
        self, new: NewReview, reviewers: Sequence[UUID], by: UUID, now: datetime
    ) -> UUID:
        """Open a calibration of ``new`` with a draft for each reviewer."""
        async with self._db.transaction() as tx:
            made = await tx.fetchval(
                OPEN,
                new.shop_id,
                new.conversation_id,
                new.agent_id,
                new.scorecard_id,
                new.version,
                by,
                now,
            )
            assert isinstance(made, UUID)
            for reviewer in reviewers:
                await begin(tx, new.by(reviewer), made, now)
        return made

    async def page(
        self, shop_id: UUID, reader_id: UUID, before: UUID | None, limit: int
    ) -> list[CalibrationRow]:
        """Return calibrations, the newest first."""
        rows = await self._db.fetch(PAGE, shop_id, reader_id, before, limit)
        return [row_of(CalibrationRow, row) for row in rows]

    async def get(
        self, shop_id: UUID, reader_id: UUID, calibration_id: UUID
    ) -> CalibrationRow | None:
        """Return one, or None."""
        row = await self._db.fetchrow(ONE, shop_id, reader_id, calibration_id)
        return None if row is None else row_of(CalibrationRow, row)

    async def handed_in(self, calibration_id: UUID) -> list[ReviewRow]:
        """Return what was handed in, in the order in which reviewers were named."""
        return [row_of(ReviewRow, row) for row in await self._db.fetch(HANDED_IN, calibration_id)]

    async def close(self, calibration_id: UUID, now: datetime) -> bool:
        """Close it with what was handed in; what was not is gone. False when it is closed."""
        async with self._db.transaction() as tx:
            if await tx.execute(CLOSE, calibration_id, now) != 1:
                return False
            await tx.execute(DROP_DRAFTS, calibration_id)
        return True


OPEN = """
INSERT INTO calibration (shop_id, conversation_id, agent_id, scorecard_id, version, opened_by,
                         opened_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id
"""

SHOWN = """
SELECT c.*, s.name AS card_name,
       ARRAY(SELECT reviewer_id FROM review WHERE calibration_id = c.id ORDER BY id) AS reviewers,
       ARRAY(SELECT id FROM review WHERE calibration_id = c.id ORDER BY id) AS reviews,
       ARRAY(SELECT reviewer_id FROM review
              WHERE calibration_id = c.id AND published_at IS NOT NULL ORDER BY id) AS handed_in
  FROM calibration c JOIN scorecard s ON s.id = c.scorecard_id
 WHERE c.shop_id = $1 AND c.agent_id <> $2
"""

ONE = SHOWN + " AND c.id = $3"

PAGE = SHOWN + " AND ($3::uuid IS NULL OR c.id < $3) ORDER BY c.id DESC LIMIT $4"

HANDED_IN = """
SELECT r.*, s.name AS card_name, v.pass_mark, v.questions, false AS is_open
  FROM review r
  JOIN scorecard s ON s.id = r.scorecard_id
  JOIN scorecard_version v ON v.scorecard_id = r.scorecard_id AND v.version = r.version
 WHERE r.calibration_id = $1 AND r.published_at IS NOT NULL
 ORDER BY r.id
"""

CLOSE = "UPDATE calibration SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL"

DROP_DRAFTS = "DELETE FROM review WHERE calibration_id = $1 AND published_at IS NULL"
