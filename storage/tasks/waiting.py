"""A conversation that was begun for a task and still waits, when there is nothing to do in it."""

from datetime import datetime

from storage.changes import SYSTEM, Change, end_offers, ended_with, free_slot, lock, write_event
from storage.database import Transaction
from storage.rows import Moved
from storage.tasks.rows import TaskRow
from storage.transitions import close_row

WAITING = frozenset({"queued", "offered"})
BEGUN = "task:"
"""How the client_id of what was begun for a task begins; no client may use a colon."""


async def let_go(tx: Transaction, task: TaskRow, now: datetime) -> Moved | None:
    """Close what waits for nothing but this task; None where somebody has it, or has said a word.

    The conversation is locked here, so it comes before the task's own row.
    """
    if task.state != "due" or task.due_conversation_id is None:
        return None
    row = await lock(tx, task.due_conversation_id)
    is_silent = row.client_id.startswith(BEGUN) and row.last_sender is None
    if row.state not in WAITING or not is_silent or await tx.fetchval(MORE, row.id, task.id):
        return None
    offers = await end_offers(tx, row.id, "rescinded", now)
    await free_slot(tx, row.id)
    closed = await close_row(tx, row, now, "system", None)
    await write_event(tx, row, Change("closed", "closed", SYSTEM, now, {"task": str(task.id)}))
    return ended_with(Moved(closed), offers)


MORE = """
SELECT count(*)::int FROM task WHERE due_conversation_id = $1 AND state = 'due' AND id <> $2
"""
