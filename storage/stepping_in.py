"""What those who lead do about routing: give a conversation to somebody, and say who goes first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storage.changes import Change, elapsed_ms, lock, notify, write_event
from storage.columns import row_of
from storage.database import Database, Transaction
from storage.errors import Gone, Missing, Taken, WrongState
from storage.handover_steps import IDLE, keep_note, lock_agents
from storage.rows import ConversationRow, Moved, OfferRow

ASSIGNED = "assigned:"
"""How the note with the reason is called; no client may use a colon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Give a conversation to ``agent_id``, because ``by`` says so.

    ``epoch`` is how they saw it: somebody who has taken it since keeps it. None: whoever has it.
    """

    shop_id: UUID
    conversation_id: UUID
    agent_id: UUID
    by: UUID
    reason: str
    epoch: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgency:
    """How soon a conversation is served: 0 to 10, or before all others. None: as it was."""

    shop_id: UUID
    conversation_id: UUID
    by: UUID
    priority: int
    emergency: bool | None = None
    reason: str | None = None


class SteppingIn:
    """Writes what people decide over the engine's head; each with who did it, and why."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def assign(self, wanted: Assignment, now: datetime) -> Moved:
        """Give a conversation to an agent, over their capacity if need be. Again: unchanged.

        The reason is in the event, and for whoever gets it in a note.
        Raises Missing, Gone, WrongState before a word was said, Taken when somebody has taken it
        since the supervisor looked.
        """
        async with self._db.transaction() as tx:
            row = await _lock_open(tx, wanted.conversation_id, wanted.shop_id)
            await lock_agents(tx, wanted.agent_id, row.agent_id)
            agent = await tx.fetchrow(AGENT, wanted.agent_id, row.shop_id)
            if agent is None:
                raise Missing
            if row.agent_id == wanted.agent_id:
                return Moved(row, changed=False)
            if row.state not in {"queued", "offered", "active"}:
                raise WrongState(row.state)
            await _must_be_as_seen(tx, row, wanted.epoch)
            ended = await tx.fetch(END_OFFERS, row.id, wanted.agent_id, now)
            freed = await _take_from_others(tx, row, wanted.agent_id, now)
            await tx.execute(TAKE_SLOTS, wanted.agent_id, row.id, now)
            await tx.execute(
                "UPDATE agent SET assigned_at = $2 WHERE id = $1", wanted.agent_id, now
            )
            is_over = bool(await tx.fetchval(IS_OVER, wanted.agent_id))
            notice = await notify(tx, row, "agent_joined", agent["name"], now)
            why = await keep_note(tx, row, f"{ASSIGNED}{row.epoch}", wanted.by, wanted.reason, now)
            given = await tx.fetchrow(
                GIVE,
                row.id,
                wanted.agent_id,
                now,
                elapsed_ms(row.queued_at, now),
                elapsed_ms(row.assigned_at, now),
            )
            assert given is not None
            data: dict[str, object] = {
                "agent": str(wanted.agent_id),
                "from": None if row.agent_id is None else str(row.agent_id),
                "reason": wanted.reason,
                "over": is_over,
            }
            change = Change("assigned", "active", ("agent", wanted.by), now, data)
            await write_event(tx, row, change)
        return Moved(
            row_of(ConversationRow, given),
            notices=(notice, why),
            also_freed=freed,
            also_ended=tuple(row_of(OfferRow, offer) for offer in ended),
        )

    async def loads(self, shop_id: UUID) -> dict[UUID, int]:
        """Return how many places of each agent of a shop are taken; who has none is left out."""
        rows = await self._db.fetch(LOADS, shop_id)
        return {row["agent_id"]: row["taken"] for row in rows}

    async def prioritize(self, wanted: Urgency, now: datetime) -> Moved:
        """Set how soon a conversation is served. The same again: unchanged.

        Raises Missing, Gone.
        """
        async with self._db.transaction() as tx:
            row = await _lock_open(tx, wanted.conversation_id, wanted.shop_id)
            emergency = row.emergency if wanted.emergency is None else wanted.emergency
            if (row.priority, row.emergency) == (wanted.priority, emergency):
                return Moved(row, changed=False)
            changed = await tx.fetchrow(PRIORITIZE, row.id, wanted.priority, emergency)
            assert changed is not None
            data: dict[str, object] = {
                "priority": wanted.priority,
                "was": row.priority,
                "emergency": emergency,
                "reason": wanted.reason,
            }
            change = Change("prioritized", row.state, ("agent", wanted.by), now, data)
            await write_event(tx, row, change)
        return Moved(row_of(ConversationRow, changed))


AGENT = """
SELECT name FROM agent WHERE id = $1 AND shop_id = $2 AND deactivated_at IS NULL
"""

# Whoever is given it has what they were offered; all others are asked no more.
END_OFFERS = """
UPDATE offer
   SET ended_at = $3, end_reason = CASE agent_id WHEN $2 THEN 'accepted' ELSE 'rescinded' END
 WHERE conversation_id = $1 AND ended_at IS NULL RETURNING *
"""

TAKE_FROM_OTHERS = """
DELETE FROM slot WHERE conversation_id = $1 AND agent_id <> $2 RETURNING agent_id
"""

# The lowest free numbers, also beyond the capacity. What an offer has taken already is kept, also
# where the queue takes more or less by now.
TAKE_SLOTS = """
WITH units AS (
    SELECT coalesce((SELECT q.units FROM conversation c JOIN queue q ON q.id = c.queue_id
                      WHERE c.id = $2 AND q.archived_at IS NULL), 1) AS n
     WHERE NOT EXISTS (SELECT FROM slot WHERE agent_id = $1 AND conversation_id = $2)
)
INSERT INTO slot (agent_id, number, conversation_id, taken_at)
SELECT $1, free, $2, $3
  FROM units, generate_series(
       1, (SELECT count(*)::integer FROM slot WHERE agent_id = $1) + units.n) free
 WHERE NOT EXISTS (SELECT FROM slot WHERE agent_id = $1 AND number = free)
 ORDER BY free LIMIT (SELECT n FROM units)
"""

IS_OVER = """
SELECT (SELECT count(*) FROM slot WHERE agent_id = a.id) > a.capacity FROM agent a WHERE id = $1
"""

GIVE = """
UPDATE conversation
   SET state = 'active', epoch = epoch + 1, agent_id = $2, assigned_at = $3, wanted_agent_id = NULL,
       unclaimed_at = NULL, waiting_ms = coalesce(waiting_ms, $4),
       handle_ms = CASE WHEN $5::bigint IS NULL THEN handle_ms ELSE coalesce(handle_ms, 0) + $5 END
 WHERE id = $1 RETURNING *
"""

LOADS = """
SELECT s.agent_id, count(*) AS taken FROM slot s JOIN agent a ON a.id = s.agent_id
 WHERE a.shop_id = $1 GROUP BY s.agent_id
"""

PRIORITIZE = """
UPDATE conversation SET priority = $2, emergency = $3, epoch = epoch + 1 WHERE id = $1 RETURNING *
"""


async def _lock_open(tx: Transaction, conversation_id: UUID, shop_id: UUID) -> ConversationRow:
    row = await lock(tx, conversation_id)
    if row.shop_id != shop_id:
        raise Missing
    if row.state in {"wrap_up", "closed"}:
        raise Gone(row.state)
    return row


async def _must_be_as_seen(tx: Transaction, row: ConversationRow, epoch: int | None) -> None:
    """Refuse to take it from somebody whom the supervisor has not seen with it."""
    if row.agent_id is None or epoch in {None, row.epoch}:
        return
    name = await tx.fetchval("SELECT name FROM agent WHERE id = $1", row.agent_id)
    raise Taken(row.agent_id, str(name))


async def _take_from_others(
    tx: Transaction, row: ConversationRow, agent_id: UUID, now: datetime
) -> tuple[UUID, ...]:
    """Free every slot of the conversation but those of ``agent_id``; return whose they were."""
    slots = await tx.fetch(TAKE_FROM_OTHERS, row.id, agent_id)
    if row.agent_id is not None:
        await tx.execute(IDLE, row.agent_id, now)
    holders: set[UUID] = {slot["agent_id"] for slot in slots}
    if row.agent_id is not None:
        holders.add(row.agent_id)  # of who is quiet they hold no slot
    return tuple(holders)
