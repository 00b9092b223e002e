"""Tasks whose time comes: somebody is reminded, and then it is routed like anything else.

Each is one transaction, and a task is held by one node at a time; a node that dies between any two
statements has done nothing, and the next takes the task.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storage.changes import SYSTEM, Change, lock, notify, write_event
from storage.columns import row_of
from storage.conversation_lists import OPEN_OF
from storage.conversations import insert
from storage.database import Database, Transaction
from storage.errors import StorageUnavailable
from storage.rows import ConversationRow, MessageRow, NewConversation, State
from storage.tasks.rows import SHOWN, TaskRow, shown, write_fact

RACES_MAX = 5
LONG_OPEN: tuple[State, ...] = ("assistant", "queued", "offered", "active")


@dataclass(frozen=True, slots=True)
class CameDue:
    """A task that is due now, and the conversation in which it is done.

    ``began``: nobody waited in it before; ``notices`` are what was told in it.
    """

    task: TaskRow
    row: ConversationRow
    began: bool
    notices: tuple[MessageRow, ...] = ()


class Coming:
    """Brings tasks to their time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def remind(self, by: datetime, now: datetime, limit: int) -> list[TaskRow]:
        """Return what is due ``by`` then and has an assignee who was not reminded, once each."""
        rows = await self._db.fetch(REMIND, by, now, limit)
        return [row_of(TaskRow, row) for row in rows]

    async def next_due(self, now: datetime, but: Sequence[UUID]) -> CameDue | None:
        """Bring the task that is due longest into a conversation, but none of these.

        None when there is none that no other node has in hand.
        """
        async with self._db.transaction() as tx:
            task_id = await tx.fetchval(NEXT, now, list(but))
            if not isinstance(task_id, UUID):
                return None
            task = await shown(tx, task_id)
            row, began, notices = await _place(tx, task, now)
            await tx.execute(DUE, task.id, row.id)
            due = await shown(tx, task.id)
            agent = None if due.assignee_id is None else str(due.assignee_id)
            await write_fact(tx, due, "task_due", (None, now), {"agent": agent})
        return CameDue(due, row, began, notices)

    async def next_id(self, now: datetime, but: Sequence[UUID]) -> UUID | None:
        """Return which task would be next, to say which one could not be brought."""
        found = await self._db.fetchval(PEEK, now, list(but))
        return found if isinstance(found, UUID) else None

    async def untold(self, limit: int) -> list[TaskRow]:
        """Return what is due and was not told: who brought it may have died before a word of it."""
        return [row_of(TaskRow, row) for row in await self._db.fetch(UNTOLD, limit)]

    async def told(self, task_id: UUID, now: datetime) -> None:
        """Note that pages were told."""
        await self._db.execute("UPDATE task SET told_at = $2 WHERE id = $1", task_id, now)


REMIND = (
    """
WITH soon AS (
    UPDATE task SET reminded_at = $2
     WHERE id IN (SELECT id FROM task
                   WHERE state = 'open' AND due_at <= $1 AND due_at > $2 AND reminded_at IS NULL
                     AND assignee_id IS NOT NULL
                   ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED)
    RETURNING id
)
"""
    + SHOWN
    + " WHERE t.id IN (SELECT id FROM soon) ORDER BY t.due_at, t.id"
)

NEXT = """
SELECT id FROM task WHERE state = 'open' AND due_at <= $1 AND id <> ALL ($2::uuid[])
 ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""

PEEK = """
SELECT id FROM task WHERE state = 'open' AND due_at <= $1 AND id <> ALL ($2::uuid[])
 ORDER BY due_at, id LIMIT 1
"""

DUE = """
UPDATE task SET state = 'due', due_conversation_id = $2, version = version + 1 WHERE id = $1
"""

UNTOLD = SHOWN + " WHERE t.state = 'due' AND t.told_at IS NULL ORDER BY t.due_at, t.id LIMIT $1"

# A queue that is gone is as good as none: the general one takes the rest.
QUEUE_FOR = """
SELECT id FROM queue
 WHERE shop_id = $1 AND archived_at IS NULL AND (id = $2 OR key = 'general')
 ORDER BY id = $2 DESC LIMIT 1
"""

ORIGIN = "SELECT topic, locale FROM conversation WHERE id = $1"

WAITS = """
UPDATE conversation
   SET state = 'queued', epoch = epoch + 1, queued_at = $2, queue_id = $3,
       last_agent_id = coalesce($4, last_agent_id)
 WHERE id = $1 RETURNING *
"""


async def _place(
    tx: Transaction, task: TaskRow, now: datetime
) -> tuple[ConversationRow, bool, tuple[MessageRow, ...]]:
    """Return the customer's open conversation, or one that begins to wait now."""
    for _ in range(RACES_MAX):
        found = await tx.fetchrow(OPEN_OF, task.visitor_id)
        if found is None:
            row = await _begin(tx, task, now)
        else:
            row = await lock(tx, found["id"])  # it may have ended while we waited for it
        if row is None or row.state in {"wrap_up", "closed"}:
            continue
        if row.state in LONG_OPEN:
            return row, False, ()
        return await _let_wait(tx, task, row, now)
    raise StorageUnavailable


async def _begin(tx: Transaction, task: TaskRow, now: datetime) -> ConversationRow | None:
    """Begin a conversation; None when the customer did at the same moment."""
    origin = await tx.fetchrow(ORIGIN, task.conversation_id)
    assert origin is not None
    new = NewConversation(
        shop_id=task.shop_id,
        visitor_id=task.visitor_id,
        client_id=f"task:{task.id}:{task.version}",  # no client may use a colon
        topic=origin["topic"],
        locale=origin["locale"],
        last_agent_id=task.assignee_id,
    )
    return await insert(tx, new, SYSTEM, now)


async def _let_wait(
    tx: Transaction, task: TaskRow, row: ConversationRow, now: datetime
) -> tuple[ConversationRow, bool, tuple[MessageRow, ...]]:
    """Queue a conversation in which nobody has said anything yet, for the assignee first."""
    notice = await notify(tx, row, task.kind, None, now)
    queue_id = await tx.fetchval(QUEUE_FOR, task.shop_id, task.in_queue_id or row.queue_id)
    waiting = await tx.fetchrow(WAITS, row.id, now, queue_id, task.assignee_id)
    assert waiting is not None
    await write_event(tx, row, Change("queued", "queued", SYSTEM, now, {"task": str(task.id)}))
    return row_of(ConversationRow, waiting), True, (notice,)
