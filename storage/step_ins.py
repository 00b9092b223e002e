"""Who stepped in where, when and why. Written in the transaction of what they did."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from storage.columns import row_of
from storage.database import Database, Queries
from storage.errors import Missing

StepInKind = Literal[
    "watched",
    "whispered",
    "joined",
    "stepped_out",
    "assigned",
    "requeued",
    "prioritized",
    "closed",
    "status_set",
]

UNSEEN = timedelta(seconds=90)
"""Who watches is vouched for three times in it; after it their node is gone, and they with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepIn:
    """What ``by_id`` did at ``at``.

    ``agent_id``: from whom something was taken, to whom it was said, whose status it is.
    """

    shop_id: UUID
    at: datetime
    kind: StepInKind
    by_id: UUID
    conversation_id: UUID | None = None
    agent_id: UUID | None = None
    reason: str | None = None
    data: dict[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True)
class StepInRow:
    """One row of ``step_in``. A watch has ended where ``ended_at`` says so, and goes on else."""

    id: UUID
    shop_id: UUID
    at: datetime
    kind: StepInKind
    by_id: UUID
    conversation_id: UUID | None
    agent_id: UUID | None
    reason: str | None
    data: dict[str, object]
    ended_at: datetime | None


async def write_step_in(tx: Queries, step: StepIn) -> UUID:
    """Write down what somebody did, as part of doing it; return its id."""
    made = await tx.fetchval(
        WRITE,
        step.shop_id,
        step.at,
        step.kind,
        step.by_id,
        step.conversation_id,
        step.agent_id,
        step.reason,
        {name: value for name, value in step.data.items() if value is not None},
    )
    assert isinstance(made, UUID)
    return made


class StepIns:
    """Keeps who watches, and reads what was done."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def begin_watch(
        self, shop_id: UUID, conversation_id: UUID, by_id: UUID, now: datetime
    ) -> UUID:
        """Write down that somebody watches from now on; return the id of the watch."""
        holder = await self._db.fetchval(HOLDER, conversation_id, shop_id)
        step = StepIn(
            shop_id=shop_id,
            at=now,
            kind="watched",
            by_id=by_id,
            conversation_id=conversation_id,
            agent_id=holder if isinstance(holder, UUID) else None,
        )
        return await write_step_in(self._db, step)

    async def renew_watches(self, watches: list[UUID], now: datetime) -> None:
        """Say that these go on."""
        await self._db.execute(RENEW, watches, now)

    async def end_watch(self, watch: UUID, now: datetime) -> None:
        """Write down when it ended."""
        await self._db.execute(END, watch, now)

    async def blurred_for(self, by_id: UUID, now: datetime) -> set[UUID]:
        """Return what somebody watches now, in a shop that blurs it."""
        rows = await self._db.fetch(BLURRED_FOR, by_id, now - UNSEEN)
        return {row["conversation_id"] for row in rows}

    async def of_conversation(
        self, conversation_id: UUID, now: datetime, limit: int
    ) -> list[StepInRow]:
        """Return what was done about a conversation, oldest first, the newest ``limit`` of it."""
        rows = await self._db.fetch(OF_CONVERSATION, conversation_id, now - UNSEEN, limit)
        return [row_of(StepInRow, row) for row in reversed(rows)]

    async def page(
        self, shop_id: UUID, before: UUID | None, now: datetime, limit: int
    ) -> list[StepInRow]:
        """Return what was done in a shop, the newest first.

        Raises Missing when ``before`` is none of the shop's.
        """
        if before is not None and not await self._db.fetchval(IS_OF_SHOP, before, shop_id):
            raise Missing
        rows = await self._db.fetch(PAGE, shop_id, before, now - UNSEEN, limit)
        return [row_of(StepInRow, row) for row in rows]


WRITE = """
INSERT INTO step_in (shop_id, at, kind, by_id, conversation_id, agent_id, reason, data, seen_at)
VALUES ($1, $2, $3::text, $4, $5, $6, $7, $8,
        CASE WHEN $3::text = 'watched' THEN $2::timestamptz END)
RETURNING id
"""

HOLDER = """
SELECT agent_id FROM conversation
 WHERE id = $1 AND shop_id = $2 AND state IN ('active', 'wrap_up')
"""

RENEW = "UPDATE step_in SET seen_at = $2 WHERE id = ANY ($1::uuid[]) AND ended_at IS NULL"

END = """
UPDATE step_in SET seen_at = $2, ended_at = $2 WHERE id = $1 AND ended_at IS NULL
"""

BLURRED_FOR = """
SELECT conversation_id FROM step_in
 WHERE by_id = $1 AND kind = 'watched' AND ended_at IS NULL AND seen_at >= $2
   AND shop_id IN (SELECT shop_id FROM shop_blur)
"""

IS_OF_SHOP = "SELECT EXISTS (SELECT FROM step_in WHERE id = $1 AND shop_id = $2)"

# A watch that nobody vouches for any more ended when it was last seen.
OF_CONVERSATION = """
SELECT s.*, coalesce(ended_at, CASE WHEN seen_at < $2 THEN seen_at END) AS ended_at
  FROM step_in s WHERE conversation_id = $1 ORDER BY id DESC LIMIT $3
"""

PAGE = """
SELECT s.*, coalesce(ended_at, CASE WHEN seen_at < $3 THEN seen_at END) AS ended_at
  FROM step_in s WHERE shop_id = $1 AND ($2::uuid IS NULL OR id < $2)
 ORDER BY id DESC LIMIT $4
"""
