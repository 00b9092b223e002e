"""What those who lead do about routing: give a conversation to somebody, and say who goes first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storage.changes import Change, elapsed_ms, end_offers, write_event
from storage.columns import row_of
from storage.database import Database
from storage.errors import Changed, Missing, WrongState
from storage.handover_steps import keep_note, lock_agents
from storage.leading import WHATEVER, Seen, lock_open, must_not_be_taken, take_from_others
from storage.participants import told_who_has_it
from storage.rows import ConversationRow, Moved
from storage.step_ins import StepIn, write_step_in

ASSIGNED = "assigned:"
"""How the note with the reason is called; no client may use a colon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Give a conversation to ``agent_id``, because ``by`` says so.

    ``seen`` is how they saw it: somebody who has taken it since keeps it.
    """

    shop_id: UUID
    conversation_id: UUID
    agent_id: UUID
    by: UUID
    reason: str
    seen: Seen = WHATEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgency:
    """How soon a conversation is served: 0 to 10, or before all others. None: as it was.

    ``was`` and ``was_emergency`` are how they saw it; None: whatever it is.
    """

    shop_id: UUID
    conversation_id: UUID
    by: UUID
    priority: int
    emergency: bool | None = None
    reason: str | None = None
    was: int | None = None
    was_emergency: bool | None = None


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
            row = await lock_open(tx, wanted.conversation_id, wanted.shop_id)
            await lock_agents(tx, wanted.agent_id, row.agent_id)
            if not await tx.fetchval(IN_SERVICE, wanted.agent_id, row.shop_id):
                raise Missing
            if row.agent_id == wanted.agent_id:
                return Moved(row, changed=False)
            if row.state not in {"queued", "offered", "active"}:
                raise WrongState(row.state)
            await must_not_be_taken(tx, row, wanted.seen)
            # Whoever is given it has what they were offered; all others are asked no more.
            had = await end_offers(tx, row.id, "accepted", now, of_agent=wanted.agent_id)
            ended = (*had, *await end_offers(tx, row.id, "rescinded", now))
            freed = await take_from_others(tx, row, wanted.agent_id, now)
            await tx.execute(TAKE_SLOTS, wanted.agent_id, row.id, now)
            await tx.execute(
                "UPDATE agent SET assigned_at = $2 WHERE id = $1", wanted.agent_id, now
            )
            is_over = bool(await tx.fetchval(IS_OVER, wanted.agent_id))
            notice = await told_who_has_it(tx, row, wanted.agent_id, now)
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
            step = StepIn(
                shop_id=row.shop_id,
                at=now,
                kind="assigned",
                by_id=wanted.by,
                conversation_id=row.id,
                agent_id=row.agent_id,
                reason=wanted.reason,
                data={"to": str(wanted.agent_id), "over": is_over},
            )
            await write_step_in(tx, step)
        return Moved(
            row_of(ConversationRow, given),
            notices=(notice, why),
            also_freed=freed,
            also_ended=ended,
        )

    async def loads(self, shop_id: UUID) -> dict[UUID, int]:
        """Return how many places of each agent of a shop are taken; who has none is left out."""
        rows = await self._db.fetch(LOADS, shop_id)
        return {row["agent_id"]: row["taken"] for row in rows}

    async def prioritize(self, wanted: Urgency, now: datetime) -> Moved:
        """Set how soon a conversation is served. The same again: unchanged.

        Raises Missing, Gone, Changed when somebody else has set it since the supervisor looked.
        """
        async with self._db.transaction() as tx:
            row = await lock_open(tx, wanted.conversation_id, wanted.shop_id)
            emergency = row.emergency if wanted.emergency is None else wanted.emergency
            if (row.priority, row.emergency) == (wanted.priority, emergency):
                return Moved(row, changed=False)
            if wanted.was not in {None, row.priority} or wanted.was_emergency not in {
                None,
                row.emergency,
            }:
                raise Changed(str(row.priority))
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
            step = StepIn(
                shop_id=row.shop_id,
                at=now,
                kind="prioritized",
                by_id=wanted.by,
                conversation_id=row.id,
                reason=wanted.reason,
                data={name: value for name, value in data.items() if name != "reason"},
            )
            await write_step_in(tx, step)
        return Moved(row_of(ConversationRow, changed))


IN_SERVICE = """
SELECT EXISTS (SELECT FROM agent WHERE id = $1 AND shop_id = $2 AND deactivated_at IS NULL)
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
