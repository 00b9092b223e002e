"""Tasks that people make, change and end. Of two who act at once one wins, the other is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from storage.columns import row_of
from storage.database import Database, Queries
from storage.errors import Changed, Missing
from storage.messages import check_storable
from storage.rows import Moved
from storage.tasks.rows import SHOWN, TaskKind, TaskRow, shown, write_fact
from storage.tasks.waiting import let_go

OPEN_MAX = 500
"""So many that are not done may one agent have made."""

FIRST_ID = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """What is to be done. No queue: that of the conversation; no assignee: whoever can."""

    shop_id: UUID
    conversation_id: UUID
    kind: TaskKind
    text: str
    due_at: datetime
    queue_id: UUID | None
    assignee_id: UUID | None
    created_by: UUID
    client_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What of a task can be changed."""

    text: str
    due_at: datetime
    queue_id: UUID | None
    assignee_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which tasks of a shop. ``reader_id``: only what concerns them; None: all.

    ``mine_of``: assigned to them, or made by them for whoever can. ``overdue_at``: due by then.
    """

    shop_id: UUID
    reader_id: UUID | None
    mine_of: UUID | None = None
    overdue_at: datetime | None = None
    after: tuple[datetime, UUID] | None = None
    limit: int = 50


class Tasks:
    """Keeps what is to be done later."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def create(self, new: NewTask, now: datetime) -> TaskRow | None:
        """Keep a new task; None when its author has too many that are not done.

        With the same ``client_id`` again: the one that was made then, as it is by now.
        """
        check_storable(new.text)
        async with self._db.transaction() as tx:
            # Whoever makes two at once makes them one after the other.
            await tx.execute("SELECT FROM agent WHERE id = $1 FOR NO KEY UPDATE", new.created_by)
            known = await tx.fetchval(KNOWN, new.created_by, new.client_id)
            if isinstance(known, UUID):
                return await shown(tx, known)
            if await tx.fetchval(OPEN_OF, new.created_by) == OPEN_MAX:
                return None
            task_id = await tx.fetchval(
                CREATE,
                new.shop_id,
                new.conversation_id,
                new.kind,
                new.text,
                new.due_at,
                new.queue_id,
                new.assignee_id,
                new.created_by,
                now,
                new.client_id,
            )
            assert isinstance(task_id, UUID)
            task = await shown(tx, task_id)
            await write_fact(tx, task, "task_created", (new.created_by, now), _plan_told(task))
        return task

    async def known(self, author_id: UUID, client_id: str) -> TaskRow | None:
        """Return what somebody has made by this name, as it is by now; None: nothing yet."""
        task_id = await self._db.fetchval(KNOWN, author_id, client_id)
        return await shown(self._db, task_id) if isinstance(task_id, UUID) else None

    async def get(self, shop_id: UUID, task_id: UUID) -> TaskRow:
        """Return a task of the shop; Missing."""
        task = await shown(self._db, task_id)
        if task.shop_id != shop_id:
            raise Missing
        return task

    async def to_do(self, wanted: Wanted) -> list[TaskRow]:
        """Return what is not done, what is due first at the top."""
        after_at, after_id = wanted.after or (None, FIRST_ID)
        rows = await self._db.fetch(
            TO_DO,
            wanted.shop_id,
            wanted.reader_id,
            wanted.mine_of,
            wanted.overdue_at,
            after_at,
            after_id,
            wanted.limit,
        )
        return [row_of(TaskRow, row) for row in rows]

    async def ended(self, wanted: Wanted) -> list[TaskRow]:
        """Return what was done or cancelled, the newest first."""
        after_at, after_id = wanted.after or (None, FIRST_ID)
        rows = await self._db.fetch(
            ENDED,
            wanted.shop_id,
            wanted.reader_id,
            wanted.mine_of,
            after_at,
            after_id,
            wanted.limit,
        )
        return [row_of(TaskRow, row) for row in rows]

    async def overdue_count(self, shop_id: UUID, agent_id: UUID, now: datetime) -> int:
        """Return how many of somebody's own are due and not done."""
        found = await self._db.fetchval(OVERDUE_COUNT, shop_id, agent_id, now)
        assert isinstance(found, int)
        return found

    async def of_conversation(self, conversation_id: UUID) -> list[TaskRow]:
        """Return what came of a conversation, or is done in it: what is not done first."""
        rows = await self._db.fetch(OF_CONVERSATION, conversation_id)
        return [row_of(TaskRow, row) for row in rows]

    async def due_in(self, conversation_ids: Sequence[UUID]) -> list[TaskRow]:
        """Return what is due in these conversations, oldest first."""
        rows = await self._db.fetch(DUE_IN, list(conversation_ids))
        return [row_of(TaskRow, row) for row in rows]

    async def many(self, task_ids: Sequence[UUID]) -> list[TaskRow]:
        """Return tasks by id."""
        rows = await self._db.fetch(MANY, list(task_ids))
        return [row_of(TaskRow, row) for row in rows]

    async def assigned_to(self, agent_id: UUID) -> list[UUID]:
        """Return which tasks are to be done by somebody."""
        return [row["id"] for row in await self._db.fetch(ASSIGNED_TO, agent_id)]

    async def change(
        self, seen: TaskRow, plan: Plan, by: UUID, now: datetime
    ) -> tuple[TaskRow, Moved | None]:
        """Change what was ``seen``; put off, what was due is open again.

        What was begun for it and waits is closed then: the second of what is returned.

        Raises Changed when it is another version by now, or is done.
        """
        check_storable(plan.text)
        async with self._db.transaction() as tx:
            moved = await let_go(tx, seen, now) if plan.due_at > now else None
            changed = await tx.execute(
                CHANGE,
                seen.id,
                seen.version,
                plan.text,
                plan.due_at,
                plan.queue_id,
                plan.assignee_id,
                now,
            )
            await _must_be_as_seen(tx, seen, changed)
            task = await shown(tx, seen.id)
            await write_fact(tx, task, "task_changed", (by, now), _changes(seen, task))
        return task, moved

    async def end(
        self,
        seen: TaskRow,
        state: Literal["done", "cancelled"],
        outcome: str | None,
        by: UUID,
        now: datetime,
    ) -> tuple[TaskRow, Moved | None]:
        """End what was ``seen``, and close what was begun for it, while it waits.

        Raises Changed when it is another version, or has ended.
        """
        check_storable(outcome or "")
        async with self._db.transaction() as tx:
            moved = await let_go(tx, seen, now)
            ended = await tx.execute(END, seen.id, seen.version, state, outcome, by, now)
            await _must_be_as_seen(tx, seen, ended)
            task = await shown(tx, seen.id)
            kind = "task_done" if state == "done" else "task_cancelled"
            await write_fact(tx, task, kind, (by, now))
        return task, moved


CONCERNS = """
   AND ($2::uuid IS NULL OR t.assignee_id IS NULL OR $2 IN (t.assignee_id, t.created_by, c.agent_id)
        OR $2 = (SELECT agent_id FROM conversation WHERE id = t.due_conversation_id))
   AND ($3::uuid IS NULL OR t.assignee_id = $3 OR t.assignee_id IS NULL AND t.created_by = $3)
"""

TO_DO = (
    SHOWN
    + " WHERE t.shop_id = $1 AND t.state IN ('open', 'due')"
    + CONCERNS
    + """
   AND ($4::timestamptz IS NULL OR t.due_at <= $4)
   AND (t.due_at, t.id) > (coalesce($5::timestamptz, '-infinity'), $6::uuid)
 ORDER BY t.due_at, t.id LIMIT $7
"""
)

ENDED = (
    SHOWN
    + " WHERE t.shop_id = $1 AND t.state IN ('done', 'cancelled')"
    + CONCERNS
    + """
   AND (t.done_at, t.id) < (coalesce($4::timestamptz, 'infinity'), $5::uuid)
 ORDER BY t.done_at DESC, t.id DESC LIMIT $6
"""
)

OVERDUE_COUNT = """
SELECT count(*)::int FROM task
 WHERE shop_id = $1 AND state IN ('open', 'due') AND due_at <= $3
   AND (assignee_id = $2 OR assignee_id IS NULL AND created_by = $2)
"""

OF_CONVERSATION = (
    SHOWN
    + """
 WHERE t.conversation_id = $1 OR t.due_conversation_id = $1
 ORDER BY t.done_at DESC NULLS FIRST, t.due_at, t.id LIMIT 100
"""
)

DUE_IN = (
    SHOWN
    + """
 WHERE t.due_conversation_id = ANY ($1::uuid[]) AND t.state = 'due' ORDER BY t.due_at, t.id
"""
)

MANY = SHOWN + " WHERE t.id = ANY ($1::uuid[]) ORDER BY t.due_at, t.id"

ASSIGNED_TO = "SELECT id FROM task WHERE assignee_id = $1 AND state IN ('open', 'due')"

OPEN_OF = "SELECT count(*)::int FROM task WHERE created_by = $1 AND state IN ('open', 'due')"

CREATE = """
INSERT INTO task (shop_id, conversation_id, kind, text, due_at, queue_id, assignee_id, created_by,
                  created_at, client_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id
"""

KNOWN = "SELECT id FROM task WHERE created_by = $1 AND client_id = $2"

# What is put off is open again, and one is reminded again.
CHANGE = """
UPDATE task
   SET text = $3, queue_id = $5, assignee_id = $6, version = version + 1, due_at = n.due_at,
       state = CASE WHEN n.is_open THEN 'open' ELSE state END,
       due_conversation_id = CASE WHEN n.is_open THEN NULL ELSE due_conversation_id END,
       reminded_at = CASE WHEN n.due_at <> task.due_at THEN NULL ELSE reminded_at END,
       told_at = CASE WHEN n.is_open THEN NULL ELSE told_at END
  FROM (SELECT $4::timestamptz AS due_at, $4::timestamptz > $7::timestamptz AS is_open) n
 WHERE id = $1 AND version = $2 AND state IN ('open', 'due')
"""

END = """
UPDATE task SET state = $3, outcome = $4, done_by = $5, done_at = $6, version = version + 1
 WHERE id = $1 AND version = $2 AND state IN ('open', 'due')
"""


async def _must_be_as_seen(tx: Queries, seen: TaskRow, touched: int) -> None:
    if touched != 1:
        raise Changed((await shown(tx, seen.id)).state)


def _plan_told(task: TaskRow) -> dict[str, object]:
    """Return what the fact of a plan says: when, by whom, in which queue."""
    return {
        "due_at": task.due_at.isoformat(),
        "agent": None if task.assignee_id is None else str(task.assignee_id),
        "to_queue": None if task.queue_id is None else str(task.queue_id),
    }


def _changes(seen: TaskRow, task: TaskRow) -> dict[str, object]:
    """Return what is otherwise than it was."""
    told: dict[str, object] = {}
    if task.due_at != seen.due_at:
        told["due_at"] = task.due_at.isoformat()
    if task.assignee_id != seen.assignee_id:
        told["agent"] = None if task.assignee_id is None else str(task.assignee_id)
        told["from"] = None if seen.assignee_id is None else str(seen.assignee_id)
    if task.queue_id != seen.queue_id and task.queue_id is not None:
        told["to_queue"] = str(task.queue_id)
    return told
