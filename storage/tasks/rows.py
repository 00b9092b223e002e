"""Tasks as storage hands them out, and the facts that every change of one leaves behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from storage.columns import row_of
from storage.database import Queries
from storage.errors import Missing

TaskKind = Literal["follow_up", "call_back"]
TaskState = Literal["open", "due", "done", "cancelled"]
TaskEvent = Literal["task_created", "task_changed", "task_due", "task_done", "task_cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """A task; columns as in ``task``, with the names of who and what belongs to it.

    ``in_queue_id`` is the queue it goes to: its own, else that of its conversation.
    """

    id: UUID
    shop_id: UUID
    conversation_id: UUID
    kind: TaskKind
    text: str
    due_at: datetime
    queue_id: UUID | None
    assignee_id: UUID | None
    state: TaskState
    version: int
    created_by: UUID
    created_at: datetime
    due_conversation_id: UUID | None
    done_at: datetime | None
    done_by: UUID | None
    outcome: str | None
    visitor_id: UUID
    customer: str | None
    phone: str | None
    in_queue_id: UUID | None
    queue_name: str | None
    assignee_name: str | None
    created_by_name: str
    done_by_name: str | None


SHOWN = """
SELECT t.*, c.visitor_id, coalesce(v.name, v.email) AS customer, v.phone,
       q.id AS in_queue_id, q.name AS queue_name, a.name AS assignee_name,
       b.name AS created_by_name, d.name AS done_by_name
  FROM task t
  JOIN conversation c ON c.id = t.conversation_id
  JOIN visitor v ON v.id = c.visitor_id
  JOIN agent b ON b.id = t.created_by
  LEFT JOIN queue q ON q.id = coalesce(t.queue_id, c.queue_id)
  LEFT JOIN agent a ON a.id = t.assignee_id
  LEFT JOIN agent d ON d.id = t.done_by
"""

ONE = SHOWN + " WHERE t.id = $1"

FACT = """
INSERT INTO conversation_event (conversation_id, at, kind, actor_kind, actor_id, data)
SELECT of, $3, $4, CASE WHEN $5::uuid IS NULL THEN 'system' ELSE 'agent' END, $5, $6
  FROM (SELECT DISTINCT of FROM unnest(ARRAY[$1, $2]::uuid[]) of WHERE of IS NOT NULL) parts
 ORDER BY of
"""


async def shown(db: Queries, task_id: UUID) -> TaskRow:
    """Return a task as it is now; Missing."""
    row = await db.fetchrow(ONE, task_id)
    if row is None:
        raise Missing
    return row_of(TaskRow, row)


async def write_fact(
    tx: Queries,
    task: TaskRow,
    kind: TaskEvent,
    by: tuple[UUID | None, datetime],
    data: Mapping[str, object] | None = None,
) -> None:
    """Write what happened into the conversation it came from, and into that where it is done.

    It is no change of the conversation's state, so it names none. The text is not in it.
    """
    agent_id, now = by
    told: dict[str, object] = {"task": str(task.id), "kind": task.kind, **(data or {})}
    await tx.execute(
        FACT,
        task.conversation_id,
        task.due_conversation_id,
        now,
        kind,
        agent_id,
        {name: value for name, value in told.items() if value is not None},
    )
