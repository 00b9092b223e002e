"""What becomes of tasks that are due in a conversation when its talk ends, in that transaction."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storage.database import Transaction
from storage.rows import ConversationRow


@dataclass(frozen=True, slots=True)
class Ending:
    """Who ends a talk; ``later``: what is due in it is put off until then, else it is done."""

    by: UUID | None
    now: datetime
    later: datetime | None = None


async def end_due(tx: Transaction, row: ConversationRow, ending: Ending) -> tuple[UUID, ...]:
    """End what is due in a conversation that is locked; return which tasks."""
    if ending.later is None:
        rows = await tx.fetch(DONE, row.id, ending.by, ending.now)
    else:
        rows = await tx.fetch(PUT_OFF, row.id, ending.by, ending.now, ending.later)
    return tuple(each["task_id"] for each in rows)


async def due_again(
    tx: Transaction, row: ConversationRow, by: UUID, now: datetime
) -> tuple[UUID, ...]:
    """Let what was done with the end of a talk be due again, because the talk goes on."""
    rows = await tx.fetch(AGAIN, row.id, by, now, row.wrap_up_at)
    return tuple(each["task_id"] for each in rows)


# Both conversations are told of: that from which it came and that in which it was done.
DONE = """
WITH ended AS (
    UPDATE task SET state = 'done', done_at = $3, done_by = $2, version = version + 1
     WHERE due_conversation_id = $1 AND state = 'due'
    RETURNING id, kind, conversation_id, due_conversation_id
), told AS (
    INSERT INTO conversation_event (conversation_id, at, kind, actor_kind, actor_id, data)
    SELECT DISTINCT of, $3::timestamptz, 'task_done',
           CASE WHEN $2::uuid IS NULL THEN 'system' ELSE 'agent' END, $2::uuid,
           jsonb_build_object('task', id, 'kind', kind)
      FROM ended, unnest(ARRAY[conversation_id, due_conversation_id]) of
)
SELECT id AS task_id FROM ended
"""

PUT_OFF = """
WITH put_off AS (
    UPDATE task
       SET state = 'open', due_at = $4, due_conversation_id = NULL, reminded_at = NULL,
           told_at = NULL, version = version + 1
     WHERE due_conversation_id = $1 AND state = 'due'
    RETURNING id, kind, conversation_id
), told AS (
    INSERT INTO conversation_event (conversation_id, at, kind, actor_kind, actor_id, data)
    SELECT DISTINCT of, $3::timestamptz, 'task_changed',
           CASE WHEN $2::uuid IS NULL THEN 'system' ELSE 'agent' END, $2::uuid,
           jsonb_build_object('task', id, 'kind', kind, 'due_at', $4::timestamptz)
      FROM put_off, unnest(ARRAY[conversation_id, $1]) of
)
SELECT id AS task_id FROM put_off
"""

AGAIN = """
WITH again AS (
    UPDATE task SET state = 'due', done_at = NULL, done_by = NULL, version = version + 1
     WHERE due_conversation_id = $1 AND state = 'done' AND done_at = $4
    RETURNING id, kind, conversation_id, due_conversation_id
), told AS (
    INSERT INTO conversation_event (conversation_id, at, kind, actor_kind, actor_id, data)
    SELECT DISTINCT of, $3::timestamptz, 'task_due', 'agent', $2::uuid,
           jsonb_build_object('task', id, 'kind', kind)
      FROM again, unnest(ARRAY[conversation_id, due_conversation_id]) of
)
SELECT id AS task_id FROM again
"""
