"""How conversations move on once somebody has them: end, close, resume, finish, transfer.

Each is one transaction that checks the state under the row's lock, writes its event and its
notice, ends offers and frees slots.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

import asyncpg

from storage.changes import (
    SYSTEM,
    Actor,
    Change,
    agent_name,
    between_queues,
    elapsed_ms,
    end_offers,
    ended_with,
    free_slot,
    lock,
    lock_of_agent,
    notify,
    write_event,
)
from storage.columns import row_of
from storage.database import Database, Transaction
from storage.errors import (
    AtCapacity,
    Gone,
    Missing,
    Superseded,
    Unready,
    WrongState,
)
from storage.handover_steps import and_told, no_longer_asked
from storage.rows import ConversationRow, Moved, SenderKind
from storage.tasks.ending import Ending, due_again, end_due

OVER = frozenset({"wrap_up", "closed"})
WRAP_UP_S = 10  # of a conversation without a queue


class Transitions:
    """Moves conversations from state to state."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def end_by_customer(
        self, conversation_id: UUID, visitor_id: UUID, now: datetime
    ) -> Moved:
        """End a conversation as its customer: over at once, or wrap-up for the agent who had it."""
        async with self._db.transaction() as tx:
            row = await lock(tx, conversation_id)
            if row.visitor_id != visitor_id:
                raise Missing
            _refuse_over(row)
            name = await tx.fetchval("SELECT name FROM visitor WHERE id = $1", visitor_id)
            notice = await notify(tx, row, "ended_by_customer", cast("str | None", name), now)
            actor: Actor = ("customer", visitor_id)
            asked = await no_longer_asked(tx, row, "customer_gone", now)
            if row.state == "active":
                moved = await _end(tx, row, actor, None, now)
            else:
                offers = await end_offers(tx, row.id, "customer_gone", now)
                await free_slot(tx, row.id)
                closed = await close_row(tx, row, now, "customer", None)
                await write_event(tx, row, Change("closed", "closed", actor, now))
                moved = ended_with(Moved(closed), offers)
        return and_told(replace(moved, notices=(notice,)), asked)

    async def close(
        self,
        conversation_id: UUID,
        agent_id: UUID,
        outcome: str | None,
        now: datetime,
        later: datetime | None = None,
    ) -> Moved:
        """End the talk as its agent; the wrap-up begins, if the queue has one. Again: unchanged.

        Tasks that are due in it are done with it, or put off until ``later``.
        """
        async with self._db.transaction() as tx:
            row = await lock_of_agent(tx, conversation_id, agent_id)
            if row.state in OVER and (row.closed_by, row.outcome) == ("agent", outcome):
                return Moved(row, changed=False)
            _refuse_over(row)
            if row.state != "active":
                raise WrongState(row.state)
            name = await agent_name(tx, row.shop_id, agent_id)
            notice = await notify(tx, row, "ended_by_agent", name, now)
            asked = await no_longer_asked(tx, row, "rescinded", now)
            moved = await _end(tx, row, ("agent", agent_id), outcome, now, later)
        return and_told(replace(moved, notices=(notice,)), asked)

    async def resume(self, conversation_id: UUID, agent_id: UUID, now: datetime) -> Moved:
        """Take back a close of one's own while the wrap-up lasts.

        Raises Superseded when the customer has begun another conversation since.
        """
        try:
            async with self._db.transaction() as tx:
                row = await lock_of_agent(tx, conversation_id, agent_id)
                if row.state == "closed":
                    raise Gone(row.state)
                if row.state != "wrap_up" or row.closed_by != "agent":
                    raise WrongState(row.state)
                resumed = await tx.fetchrow(RESUME, row.id)
                assert resumed is not None
                name = await agent_name(tx, row.shop_id, agent_id)
                notice = await notify(tx, row, "resumed", name, now)
                actor: Actor = ("agent", agent_id)
                await write_event(tx, row, Change("resumed", "active", actor, now))
                tasks = await due_again(tx, row, agent_id, now)
                again = await lock(tx, row.id)
        except asyncpg.UniqueViolationError as error:
            raise Superseded("wrap_up") from error
        return Moved(again, notices=(notice,), tasks=tasks)

    async def finish(
        self, conversation_id: UUID, agent_id: UUID | None, outcome: str | None, now: datetime
    ) -> Moved:
        """End the wrap-up and free the slot: early by the agent, or by nobody once it is due.

        By the agent again: unchanged.
        """
        async with self._db.transaction() as tx:
            if agent_id is None:
                row = await lock(tx, conversation_id)
            else:
                row = await lock_of_agent(tx, conversation_id, agent_id)
            if row.state == "closed":
                if agent_id is not None and outcome in {None, row.outcome}:
                    return Moved(row, changed=False)
                raise Gone(row.state)
            if row.state != "wrap_up":
                raise WrongState(row.state)
            if agent_id is None:
                if row.wrap_up_until is None or row.wrap_up_until > now:
                    raise WrongState(row.state)
                now = row.wrap_up_until  # however late the sweep is
            freed = await free_slot(tx, row.id, idle_since=now) or row.agent_id
            closed = await close_row(tx, row, now, row.closed_by or "system", outcome)
            actor: Actor = SYSTEM if agent_id is None else ("agent", agent_id)
            data: dict[str, object] = {"outcome": closed.outcome}
            await write_event(tx, row, Change("closed", "closed", actor, now, data))
        return Moved(closed, freed)

    async def transfer(
        self,
        conversation_id: UUID,
        agent_id: UUID,
        to_agent: UUID | None,
        to_queue: UUID | None,
        now: datetime,
    ) -> Moved:
        """Hand the conversation to an agent or a queue (exactly one): it waits again, age kept.

        A person is offered it first. They must be available (else Unready) and have room, of the
        queue's too (else AtCapacity). Missing when there is no such person or queue in the shop.
        """
        async with self._db.transaction() as tx:
            row = await lock_of_agent(tx, conversation_id, agent_id)
            _refuse_over(row)
            if row.state != "active":
                raise WrongState(row.state)
            if to_agent is not None:
                name = await _able(tx, row, to_agent)
            else:
                name = await queue_name(tx, row, to_queue)
            notice = await notify(tx, row, "transferred", name, now)
            data = {"to_agent": _text(to_agent), **between_queues(row, to_queue)}
            change = Change("transferred", "queued", ("agent", agent_id), now, data)
            moved = await queue_again(tx, row, change, to_agent, to_queue)
        return replace(moved, notices=(notice,))

    async def left(self, conversation_id: UUID, agent_id: UUID, now: datetime) -> Moved:
        """Let the conversation of an agent who is out of service wait again, its age kept."""
        async with self._db.transaction() as tx:
            row = await lock_of_agent(tx, conversation_id, agent_id)
            _refuse_over(row)
            if row.state != "active":
                raise WrongState(row.state)
            name = await agent_name(tx, row.shop_id, agent_id)
            notice = await notify(tx, row, "agent_left", name, now)
            change = Change("agent_left", "queued", SYSTEM, now, {"agent": str(agent_id)})
            moved = await queue_again(tx, row, change)
        return replace(moved, notices=(notice,))

    async def in_hand(self, agent_id: UUID) -> list[UUID]:
        """Return what an agent has in hand, that which takes no room too, oldest first."""
        return [row["id"] for row in await self._db.fetch(IN_HAND, agent_id)]

    async def with_the_departed(self) -> list[tuple[UUID, UUID]]:
        """Return conversations in the hands of agents who are out of service, and whose."""
        rows = await self._db.fetch(WITH_THE_DEPARTED)
        return [(row["id"], row["agent_id"]) for row in rows]

    async def wrap_ups_by(self, when: datetime) -> list[tuple[UUID, datetime]]:
        """Return the conversations whose wrap-up ends by ``when``, and its end, soonest first."""
        rows = await self._db.fetch(WRAP_UPS_BY, when)
        return [(row["id"], row["wrap_up_until"]) for row in rows]


WITH_THE_DEPARTED = """
SELECT c.id, c.agent_id FROM agent a JOIN conversation c ON c.agent_id = a.id
 WHERE a.deactivated_at IS NOT NULL AND c.state = 'active' ORDER BY c.queued_at, c.id LIMIT 1000
"""

IN_HAND = """
SELECT id FROM conversation WHERE agent_id = $1 AND state = 'active' ORDER BY queued_at, id
"""

WRAP_UPS_BY = """
SELECT id, wrap_up_until FROM conversation WHERE state = 'wrap_up' AND wrap_up_until <= $1
 ORDER BY wrap_up_until LIMIT 1000
"""

WRAP_UP = """
UPDATE conversation
   SET state = 'wrap_up', epoch = epoch + 1, wrap_up_at = $2, wrap_up_until = $3, closed_by = $4,
       outcome = coalesce($5, outcome)
 WHERE id = $1 RETURNING *
"""

RESUME = """
UPDATE conversation
   SET state = 'active', epoch = epoch + 1, wrap_up_at = NULL, wrap_up_until = NULL,
       closed_by = NULL, outcome = NULL
 WHERE id = $1 RETURNING *
"""

CLOSED = """
UPDATE conversation
   SET state = 'closed', epoch = epoch + 1, closed_at = $2, closed_by = $3,
       outcome = coalesce($4, outcome), wanted_agent_id = NULL, wrap_up_until = NULL,
       handle_ms = CASE WHEN $5::bigint IS NULL THEN handle_ms ELSE coalesce(handle_ms, 0) + $5 END,
       wrap_up_ms = $6
 WHERE id = $1 RETURNING *
"""

TRANSFER = """
UPDATE conversation
   SET state = 'queued', epoch = epoch + 1, agent_id = NULL, assigned_at = NULL,
       wanted_agent_id = $2, queue_id = coalesce($3, queue_id),
       handle_ms = coalesce(handle_ms, 0) + coalesce($4, 0)
 WHERE id = $1 RETURNING *
"""


async def _end(
    tx: Transaction,
    row: ConversationRow,
    actor: Actor,
    outcome: str | None,
    now: datetime,
    later: datetime | None = None,
) -> Moved:
    """End an active conversation: wrap-up, or closed where the queue has none."""
    tasks = await end_due(tx, row, Ending(row.agent_id, now, later))
    seconds = await tx.fetchval("SELECT wrap_up_s FROM queue WHERE id = $1", row.queue_id)
    wrap_up_s = seconds if isinstance(seconds, int) else WRAP_UP_S
    by, _ = actor
    data: dict[str, object] = {"outcome": outcome}
    if wrap_up_s == 0:
        freed = await free_slot(tx, row.id, idle_since=now) or row.agent_id
        closed = await close_row(tx, row, now, by, outcome)
        await write_event(tx, row, Change("closed", "closed", actor, now, data))
        return Moved(closed, freed, tasks=tasks)
    until = now + timedelta(seconds=wrap_up_s)
    ended = await tx.fetchrow(WRAP_UP, row.id, now, until, by, outcome)
    assert ended is not None
    await write_event(tx, row, Change("ended", "wrap_up", actor, now, data))
    return Moved(row_of(ConversationRow, ended), tasks=tasks)


async def queue_again(
    tx: Transaction,
    row: ConversationRow,
    change: Change,
    to_agent: UUID | None = None,
    to_queue: UUID | None = None,
) -> Moved:
    """Take an active conversation from its agent; it stays in its queue if no other is named."""
    asked = await no_longer_asked(tx, row, "rescinded", change.now)
    # Of who was quiet no slot is freed, and yet it leaves its agent.
    freed = await free_slot(tx, row.id, idle_since=change.now) or row.agent_id
    handled_ms = elapsed_ms(row.assigned_at, change.now)
    moved = await tx.fetchrow(TRANSFER, row.id, to_agent, to_queue, handled_ms)
    assert moved is not None
    await write_event(tx, row, change)
    return and_told(Moved(row_of(ConversationRow, moved), freed), asked)


async def close_row(
    tx: Transaction, row: ConversationRow, now: datetime, by: SenderKind, outcome: str | None
) -> ConversationRow:
    """Close a conversation, and count how long it was in hand."""
    handled_ms, wrap_up_ms = elapsed_ms(row.assigned_at, now), elapsed_ms(row.wrap_up_at, now)
    closed = await tx.fetchrow(CLOSED, row.id, now, by, outcome, handled_ms, wrap_up_ms)
    assert closed is not None
    return row_of(ConversationRow, closed)


async def _able(tx: Transaction, row: ConversationRow, agent_id: UUID) -> str:
    """Return the name of an agent who can be handed the conversation now.

    What it takes of them already, because they are asked to take it over, is given back with it.
    """
    agent = await tx.fetchrow(
        """
        SELECT a.name,
               a.status = 'available' AND a.unresponsive_at IS NULL
                   AND NOT EXISTS (SELECT FROM agent_idle WHERE agent_id = a.id) AS is_ready,
               a.capacity >= coalesce(q.units, 1)
                           + (SELECT count(*) FROM slot
                               WHERE agent_id = a.id AND conversation_id <> $4)
                   AND (q.per_agent_max IS NULL OR q.per_agent_max > (
                       SELECT count(DISTINCT s.conversation_id)
                         FROM slot s JOIN conversation held ON held.id = s.conversation_id
                        WHERE s.agent_id = a.id AND held.queue_id = q.id AND held.id <> $4))
                   AS has_room
          FROM agent a LEFT JOIN queue q ON q.id = $3 AND q.archived_at IS NULL
         WHERE a.id = $1 AND a.shop_id = $2 AND a.deactivated_at IS NULL
        """,
        agent_id,
        row.shop_id,
        row.queue_id,
        row.id,
    )
    if agent is None:
        raise Missing
    if not agent["is_ready"] or agent_id == row.agent_id:
        raise Unready
    if not agent["has_room"]:
        raise AtCapacity
    return agent["name"]


async def queue_name(tx: Transaction, row: ConversationRow, queue_id: UUID | None) -> str:
    """Return the name of a queue that is in use in the conversation's shop; Missing."""
    name = await tx.fetchval(
        "SELECT name FROM queue WHERE id = $1 AND shop_id = $2 AND archived_at IS NULL",
        queue_id,
        row.shop_id,
    )
    if name is None:
        raise Missing
    return str(name)


def _refuse_over(row: ConversationRow) -> None:
    if row.state in OVER:
        raise Gone(row.state)


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
