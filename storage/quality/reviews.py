"""Reviews: drafts that only their reviewer sees, published ones, and what became of them."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from storage.columns import row_of
from storage.database import Database, Queries, Record
from storage.errors import Missing
from storage.quality.rows import Decision, Json, Judged, PartRow, Reply, ReviewRow


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: those who lead see what is published; others what was published about them.

    Drafts are their reviewer's alone, and so is what belongs to a calibration until it is closed.
    What belongs to a calibration is never shown to whom it is about. Who has still to hand in a
    part of one sees no other review of the same: they are to judge for themselves.
    """

    agent_id: UUID
    shop_id: UUID
    leads: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which reviews; None: any. ``published`` false: drafts. Pages go on behind ``before``."""

    published: bool | None = None
    agent_id: UUID | None = None
    conversation_id: UUID | None = None
    disputed: bool = False
    before: UUID | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReview:
    """A draft to be."""

    shop_id: UUID
    conversation_id: UUID
    agent_id: UUID
    reviewer_id: UUID
    scorecard_id: UUID
    version: int

    def by(self, reviewer_id: UUID) -> "NewReview":
        """Return the same for another reviewer."""
        return replace(self, reviewer_id=reviewer_id)


class Reviews:
    """Keeps reviews. What may not be seen does not exist."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, reader: Reader, review_id: UUID) -> ReviewRow | None:
        """Return a review that the reader may see, or None."""
        row = await self._db.fetchrow(ONE, reader.shop_id, reader.agent_id, reader.leads, review_id)
        return _row(row)

    async def page(self, reader: Reader, sought: Sought) -> list[ReviewRow]:
        """Return reviews that the reader may see, the newest first."""
        rows = await self._db.fetch(
            PAGE,
            reader.shop_id,
            reader.agent_id,
            reader.leads,
            sought.published,
            sought.agent_id,
            sought.conversation_id,
            sought.disputed,
            sought.before,
            sought.limit,
        )
        return [row_of(ReviewRow, row) for row in rows]

    async def parts(self, conversation_id: UUID) -> list[PartRow]:
        """Return the agents who had a part in a conversation, in the order in which they came."""
        return [row_of(PartRow, row) for row in await self._db.fetch(PARTS, conversation_id)]

    async def begin(self, new: NewReview, now: datetime) -> UUID:
        """Begin a draft; return it, or the review that this reviewer began before."""
        return await begin(self._db, new, None, now)

    async def save(
        self, review_id: UUID, reviewer_id: UUID, answers: dict[str, Json], note: str, now: datetime
    ) -> bool:
        """Keep a draft; False when it is no draft of theirs any more."""
        return await self._db.execute(SAVE, review_id, reviewer_id, answers, note, now) == 1

    async def publish(self, row: ReviewRow, judged: Judged, now: datetime) -> bool:
        """Publish a draft as it was read; False when it is not as it was, or too late.

        What was to be reviewed is reviewed with it, and a calibration is closed with its last one.
        """
        async with self._db.transaction() as tx:
            if row.calibration_id is not None and await tx.fetchval(HOLD, row.calibration_id):
                return False
            touched = await tx.execute(
                PUBLISH, row.id, judged.score, judged.passed, judged.failed_on, row.changed_at, now
            )
            if touched != 1:
                return False
            if row.calibration_id is None:
                part = row.conversation_id, row.agent_id
                await tx.execute(END_TASK, *part, row.id, now, row.reviewer_id)
            else:
                await tx.execute(CLOSE_CALIBRATION, row.calibration_id, now)
            return True

    async def discard(self, review_id: UUID, reviewer_id: UUID) -> bool:
        """Remove a draft and let others review it; False when it is no draft of theirs."""
        async with self._db.transaction() as tx:
            row = await tx.fetchrow(DISCARD, review_id, reviewer_id)
            if row is None:
                return False
            await tx.execute(FREE_TASK, row["conversation_id"], row["agent_id"], reviewer_id)
            return True

    async def reply(
        self, review_id: UUID, agent_id: UUID, reply: Reply, text: str | None, now: datetime
    ) -> bool:
        """Keep what the agent says to it, once; False when they have said something already."""
        return await self._db.execute(REPLY, review_id, agent_id, reply, text, now) == 1

    async def decide(
        self,
        row: ReviewRow,
        by: UUID,
        decision: Decision,
        text: str,
        revised: tuple[dict[str, Json], Judged] | None,
        now: datetime,
    ) -> bool:
        """Decide a dispute, once; False when it is decided already. What was first said is kept."""
        answers, judged = revised or (row.answers, Judged(row.score, row.passed, row.failed_on))
        touched = await self._db.execute(
            DECIDE,
            row.id,
            decision,
            text,
            by,
            now,
            answers,
            judged.score,
            judged.passed,
            judged.failed_on,
        )
        return touched == 1


async def begin(db: Queries, new: NewReview, calibration_id: UUID | None, now: datetime) -> UUID:
    """Begin a draft, of a calibration or of its own."""
    made = await db.fetchval(
        BEGIN,
        new.shop_id,
        new.conversation_id,
        new.agent_id,
        new.reviewer_id,
        new.scorecard_id,
        new.version,
        calibration_id,
        now,
    )
    if made is None:
        raise Missing
    assert isinstance(made, UUID)
    return made


def _row(record: Record | None) -> ReviewRow | None:
    return None if record is None else row_of(ReviewRow, record)


SEEN = """
SELECT r.*, s.name AS card_name, v.pass_mark, v.questions,
       r.calibration_id IS NOT NULL AND c.closed_at IS NULL AS is_open
  FROM review r
  JOIN scorecard s ON s.id = r.scorecard_id
  JOIN scorecard_version v ON v.scorecard_id = r.scorecard_id AND v.version = r.version
  LEFT JOIN calibration c ON c.id = r.calibration_id
 WHERE r.shop_id = $1
   AND (r.agent_id <> $2 OR r.calibration_id IS NULL)
   AND ($3 AND r.reviewer_id = $2 OR r.published_at IS NOT NULL AND (
            r.agent_id = $2
         OR $3 AND (r.calibration_id IS NULL OR c.closed_at IS NOT NULL)))
   AND (r.reviewer_id = $2 OR NOT EXISTS (
        SELECT FROM review d
         WHERE d.conversation_id = r.conversation_id AND d.agent_id = r.agent_id
           AND d.reviewer_id = $2 AND d.calibration_id IS NOT NULL AND d.published_at IS NULL))
"""

ONE = SEEN + " AND r.id = $4"

# What belongs to a calibration is read there; its drafts are work like any other.
PAGE = (
    SEEN
    + """
   AND ($4::boolean IS NULL OR (r.published_at IS NOT NULL) = $4)
   AND ($5::uuid IS NULL OR r.agent_id = $5)
   AND ($6::uuid IS NULL OR r.conversation_id = $6)
   AND (r.calibration_id IS NULL OR r.published_at IS NULL)
   AND (NOT $7 OR r.reply = 'disputed' AND r.decision IS NULL)
   AND ($8::uuid IS NULL OR r.id < $8)
 ORDER BY r.id DESC LIMIT $9
"""
)

PARTS = """
SELECT agent_id, sum(replies)::int AS replies, min(first_at) AS first_at, max(last_at) AS last_at
  FROM (SELECT sender_id AS agent_id, count(*) AS replies, min(at) AS first_at, max(at) AS last_at
          FROM message
         WHERE conversation_id = $1 AND NOT private AND sender_kind = 'agent'
         GROUP BY sender_id
         UNION ALL
        SELECT agent_id, 0, assigned_at, NULL FROM conversation
         WHERE id = $1 AND state IN ('active', 'wrap_up', 'closed')) part
 WHERE agent_id IS NOT NULL
 GROUP BY agent_id ORDER BY min(first_at) NULLS LAST, agent_id
"""

# Touches what is there already, so that it is returned, too.
BEGIN = """
INSERT INTO review (shop_id, conversation_id, agent_id, reviewer_id, scorecard_id, version,
                    calibration_id, created_at, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
ON CONFLICT (conversation_id, agent_id, reviewer_id, calibration_id)
   DO UPDATE SET created_at = review.created_at
RETURNING id
"""

SAVE = """
UPDATE review SET answers = $3, note = $4, changed_at = greatest($5, changed_at + '1 microsecond')
 WHERE id = $1 AND reviewer_id = $2 AND published_at IS NULL
"""

PUBLISH = """
UPDATE review SET score = $2, passed = $3, failed_on = $4, published_at = $6
 WHERE id = $1 AND published_at IS NULL AND changed_at = $5
"""

END_TASK = """
UPDATE review_task SET ended_at = $4, ending = 'reviewed', review_id = $3, reviewer_id = $5
 WHERE conversation_id = $1 AND agent_id = $2 AND ended_at IS NULL
"""

# A statement of its own: what follows sees what whoever held it has handed in.
HOLD = "SELECT closed_at IS NOT NULL FROM calibration WHERE id = $1 FOR NO KEY UPDATE"

CLOSE_CALIBRATION = """
UPDATE calibration SET closed_at = $2
 WHERE id = $1 AND closed_at IS NULL
   AND NOT EXISTS (SELECT FROM review WHERE calibration_id = $1 AND published_at IS NULL)
"""

DISCARD = """
DELETE FROM review
 WHERE id = $1 AND reviewer_id = $2 AND published_at IS NULL AND calibration_id IS NULL
RETURNING conversation_id, agent_id
"""

FREE_TASK = """
UPDATE review_task SET reviewer_id = NULL
 WHERE conversation_id = $1 AND agent_id = $2 AND reviewer_id = $3 AND ended_at IS NULL
"""

REPLY = """
UPDATE review SET reply = $3, reply_text = $4, replied_at = $5
 WHERE id = $1 AND agent_id = $2 AND published_at IS NOT NULL AND calibration_id IS NULL
   AND reply IS NULL
"""

DECIDE = """
UPDATE review
   SET decision = $2, decision_text = $3, decided_by = $4, decided_at = $5,
       first_answers = CASE WHEN $2 = 'revised' THEN answers END,
       first_score = CASE WHEN $2 = 'revised' THEN score END,
       answers = $6, score = $7, passed = $8, failed_on = $9
 WHERE id = $1 AND reply = 'disputed' AND decision IS NULL
"""
