"""What those who lead take from others: a conversation waits again or ends, a status is set."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from storage.changes import (
    Change,
    agent_name,
    between_queues,
    end_offers,
    ended_with,
    free_slot,
    notify,
    write_event,
)
from storage.columns import row_of
from storage.database import Database, Transaction
from storage.errors import Changed, Missing, WrongState
from storage.handover_steps import and_told, keep_note, no_longer_asked
from storage.leading import (
    WHATEVER,
    Seen,
    holder_of,
    lock_open,
    must_be_as_seen,
    take_from_others,
)
from storage.rows import ConversationRow, Heard, MessageRow, Moved, Status
from storage.step_ins import StepIn, StepInKind, write_step_in
from storage.tasks.ending import Ending, end_due
from storage.transitions import close_row, queue_again, queue_name

REQUEUED, CLOSED = "requeued:", "closed:"
"""How the note with the reason is called; no client may use a colon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overruled:
    """Take a conversation from whoever has it, because ``by`` says so.

    ``seen`` is how they saw it: what somebody has done with it since stands.
    """

    shop_id: UUID
    conversation_id: UUID
    by: UUID
    reason: str
    seen: Seen = WHATEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusSet:
    """Set an agent's status for them. ``was`` is how it was seen; None: whatever it is."""

    shop_id: UUID
    agent_id: UUID
    by: UUID
    status: Status
    reason: str
    was: Status | None = None


class Overruling:
    """Writes what people take from each other; each with who did it, and why."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def requeue(self, wanted: Overruled, queue_id: UUID | None, now: datetime) -> Moved:
        """Let a conversation wait again, or in another queue, its age kept.

        In the queue in which it waits already: unchanged. Raises Missing (also for the queue),
        Gone, WrongState before a word was said, and Taken or WrongState when it is not as the
        supervisor saw it.
        """
        async with self._db.transaction() as tx:
            row = await lock_open(tx, wanted.conversation_id, wanted.shop_id)
            if row.state not in {"queued", "offered", "active"}:
                raise WrongState(row.state)
            name = None if queue_id is None else await queue_name(tx, row, queue_id)
            holder = await holder_of(tx, row)
            must_be_as_seen(row, holder, wanted.seen)
            if row.agent_id is None and queue_id in {None, row.queue_id}:
                return Moved(row, changed=False)
            data: dict[str, object] = {
                "from": _text(row.agent_id),
                "reason": wanted.reason,
                **between_queues(row, queue_id),
            }
            notices: list[MessageRow] = []
            if name is not None and queue_id != row.queue_id:
                notices.append(await notify(tx, row, "transferred", name, now))
            elif holder is not None:
                notices.append(await notify(tx, row, "agent_left", holder, now))
            notices.extend(await _note(tx, row, REQUEUED, wanted, now))
            change = Change("requeued", "queued", ("agent", wanted.by), now, data)
            moved = await _wait_again(tx, row, change, queue_id)
            await _write(tx, row, wanted, change)
        return replace(moved, notices=tuple(notices))

    async def close(self, wanted: Overruled, outcome: str | None, now: datetime) -> Moved:
        """End a conversation for good, whoever has it, without a wrap-up; the customer is told.

        Raises Missing, Gone, and Taken or WrongState when it is not as the supervisor saw it.
        """
        async with self._db.transaction() as tx:
            row = await lock_open(tx, wanted.conversation_id, wanted.shop_id)
            must_be_as_seen(row, await holder_of(tx, row), wanted.seen)
            name = await agent_name(tx, row.shop_id, wanted.by)
            notice = await notify(tx, row, "ended_by_agent", name, now)
            why = await _note(tx, row, CLOSED, wanted, now)
            asked = await no_longer_asked(tx, row, "rescinded", now)
            offers = await end_offers(tx, row.id, "rescinded", now)
            freed = await take_from_others(tx, row, None, now)
            # What nobody had in hand is not done: it stays due.
            done = row.agent_id is not None
            tasks = await end_due(tx, row, Ending(row.agent_id, now)) if done else ()
            closed = await close_row(tx, row, now, "agent", outcome)
            data: dict[str, object] = {
                "outcome": closed.outcome,
                "from": _text(row.agent_id),
                "reason": wanted.reason,
            }
            change = Change("closed", "closed", ("agent", wanted.by), now, data)
            await write_event(tx, row, change)
            await _write(tx, row, wanted, change)
        told = (notice, *why)
        moved = Moved(closed, notices=told, also_freed=freed, also_ended=offers, tasks=tasks)
        return and_told(moved, asked)

    async def set_status(self, wanted: StatusSet, now: datetime) -> Heard | None:
        """Set a status. It proves nothing of the agent: who was idle or missed offers still is.

        The same again: None. Raises Missing, and Changed when it is not as it was seen.
        """
        async with self._db.transaction() as tx:
            held = await tx.fetchrow(HELD, wanted.agent_id, wanted.shop_id)
            if held is None:
                raise Missing
            if held["status"] == wanted.status:
                return None
            if wanted.was not in {None, held["status"]}:
                raise Changed(held["status"])
            await tx.execute(SET_STATUS, wanted.agent_id, wanted.status, now)
            step = StepIn(
                shop_id=wanted.shop_id,
                at=now,
                kind="status_set",
                by_id=wanted.by,
                agent_id=wanted.agent_id,
                reason=wanted.reason,
                data={"status": wanted.status, "was": held["status"]},
            )
            await write_step_in(tx, step)
        return Heard(wanted.agent_id, wanted.status, held["responding"], held["idle"])


async def _wait_again(
    tx: Transaction, row: ConversationRow, change: Change, queue_id: UUID | None
) -> Moved:
    """Let it wait: taken from its agent, or moved to another queue with its offers ended."""
    if row.state == "active":
        return await queue_again(tx, row, change, None, queue_id)
    offers = await end_offers(tx, row.id, "rescinded", change.now)
    await free_slot(tx, row.id)
    moved = await tx.fetchrow(MOVE, row.id, queue_id)
    assert moved is not None
    await write_event(tx, row, change)
    return ended_with(Moved(row_of(ConversationRow, moved)), offers)


async def _note(
    tx: Transaction, row: ConversationRow, key: str, wanted: Overruled, now: datetime
) -> tuple[MessageRow, ...]:
    """Tell whoever had it why it is taken from them."""
    if row.agent_id in {None, wanted.by}:
        return ()
    return (await keep_note(tx, row, f"{key}{row.epoch}", wanted.by, wanted.reason, now),)


async def _write(tx: Transaction, row: ConversationRow, wanted: Overruled, change: Change) -> None:
    kind: StepInKind = "closed" if change.kind == "closed" else "requeued"
    step = StepIn(
        shop_id=row.shop_id,
        at=change.now,
        kind=kind,
        by_id=wanted.by,
        conversation_id=row.id,
        agent_id=row.agent_id,
        reason=wanted.reason,
        data={name: change.data.get(name) for name in ("to_queue", "outcome")},
    )
    await write_step_in(tx, step)


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


MOVE = """
UPDATE conversation
   SET state = 'queued', epoch = epoch + 1, queue_id = $2, wanted_agent_id = NULL,
       unclaimed_at = NULL
 WHERE id = $1 RETURNING *
"""

HELD = """
SELECT a.status, a.unresponsive_at IS NULL AS responding,
       EXISTS (SELECT FROM agent_idle WHERE agent_id = a.id) AS idle
  FROM agent a WHERE id = $1 AND shop_id = $2 AND deactivated_at IS NULL FOR NO KEY UPDATE
"""

SET_STATUS = """
UPDATE agent
   SET status = $2, status_at = $3,
       idle_since = CASE WHEN $2 = 'available' THEN $3 ELSE idle_since END
 WHERE id = $1
"""
