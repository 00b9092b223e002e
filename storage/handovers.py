"""Warm transfers: a colleague is asked to take over, and until they do the sender keeps everything.

The question is an offer with ``from_agent_id``. It holds a slot of the one who is asked, beside the
sender's own; the conversation stays active. However many answer at once, the row's lock decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from storage.changes import Actor, Change, lock_of_agent, take_slot, write_event
from storage.columns import row_of
from storage.database import Database, Transaction
from storage.errors import Asked, AtCapacity, Gone, Missing, Unready, WrongState
from storage.handover_steps import End, keep_note, not_taken_over, question_of, touched
from storage.rows import ConversationRow, MessageRow, Moved, OfferRow

OFFER_TIMEOUT_S = 30  # of a conversation without a queue


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Ask ``to_agent`` to take over what ``agent_id`` has in hand; the note goes along."""

    conversation_id: UUID
    agent_id: UUID
    to_agent: UUID
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """A question that was not answered yet, with the names and the note that belong to it."""

    conversation_id: UUID
    offer_id: UUID
    expires_at: datetime
    by_id: UUID
    by_name: str
    to_id: UUID
    to_name: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Fits:
    """Whether a queue takes a transfer though nobody is there, and who is available and able."""

    takes_when_empty: bool
    able: frozenset[UUID]


class Handovers:
    """Asks colleagues to take over."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def ask(self, question: Question, now: datetime) -> tuple[Moved, OfferRow]:
        """Ask a colleague, in one of their free slots. Again: unchanged.

        Raises NotYours, Gone, WrongState, Asked while another was asked, Unready, AtCapacity.
        """
        async with self._db.transaction() as tx:
            row = await lock_of_agent(tx, question.conversation_id, question.agent_id)
            _must_be_active(row)
            live = await question_of(tx, row.id)
            if live is not None:
                if live.agent_id != question.to_agent:
                    raise Asked
                return Moved(row, changed=False), live
            await _take_room(tx, row, question.to_agent, now)
            until = now + timedelta(seconds=await _patience_s(tx, row))
            made = await tx.fetchrow(ASK, row.id, question.to_agent, now, until, question.agent_id)
            assert made is not None
            offer = row_of(OfferRow, made)
            notes: tuple[MessageRow, ...] = ()
            if question.note:
                key = note_id(offer.id)
                notes = (await keep_note(tx, row, key, question.agent_id, question.note, now),)
            actor: Actor = ("agent", question.agent_id)
            data: dict[str, object] = {"agent": str(offer.agent_id), "offer": str(offer.id)}
            await write_event(tx, row, Change("asked", "active", actor, now, data))
            again = await touched(tx, row.id)
        return Moved(again, notices=notes), offer

    async def cancel(self, conversation_id: UUID, agent_id: UUID, now: datetime) -> Moved:
        """Take the question back as the one who asked; unchanged when it is over already."""
        async with self._db.transaction() as tx:
            row = await lock_of_agent(tx, conversation_id, agent_id)
            offer = await question_of(tx, row.id)
            if offer is None:
                return Moved(row, changed=False)
            end = End("rescinded", ("agent", agent_id), now)
            return await not_taken_over(tx, row, offer, end)

    async def live(self) -> list[tuple[UUID, OfferRow]]:
        """Return all questions that were not answered yet, with their shops."""
        rows = await self._db.fetch(LIVE)
        found: list[tuple[UUID, OfferRow]] = []
        for row in rows:
            shop_id: UUID = row["shop_id"]
            found.append((shop_id, row_of(OfferRow, row)))
        return found

    async def pending(self, conversation_ids: Iterable[UUID]) -> dict[UUID, Pending]:
        """Return by conversation who was asked to take over and has not answered yet."""
        rows = await self._db.fetch(PENDING, list(conversation_ids))
        return {row["conversation_id"]: Pending(**dict(row.items())) for row in rows}

    async def fits(self, shop_id: UUID, queue_id: UUID, but: UUID) -> Fits:
        """Return who of the shop, ``but`` for one, could ever serve a queue; Missing without it."""
        row = await self._db.fetchrow(FITS, shop_id, queue_id, but)
        if row is None:
            raise Missing
        return Fits(row["takes_transfers_when_empty"], frozenset(row["able"]))

    async def holder_before(self, conversation_id: UUID, agent_id: UUID) -> UUID | None:
        """Return who had the conversation in hand before ``agent_id``, by its events."""
        found = await self._db.fetchval(HOLDER_BEFORE, conversation_id, agent_id)
        return found if isinstance(found, UUID) else None


ASK = """
INSERT INTO offer (conversation_id, agent_id, made_at, expires_at, from_agent_id)
VALUES ($1, $2, $3, $4, $5) RETURNING *
"""

LIVE = """
SELECT o.*, c.shop_id FROM offer o JOIN conversation c ON c.id = o.conversation_id
 WHERE o.ended_at IS NULL AND o.from_agent_id IS NOT NULL ORDER BY o.expires_at, o.id LIMIT 1000
"""

PENDING = """
SELECT o.conversation_id, o.id AS offer_id, o.expires_at, o.from_agent_id AS by_id,
       sender.name AS by_name, o.agent_id AS to_id, asked.name AS to_name, m.text AS note
  FROM offer o
  JOIN agent sender ON sender.id = o.from_agent_id
  JOIN agent asked ON asked.id = o.agent_id
  LEFT JOIN message m ON m.conversation_id = o.conversation_id
                     AND m.client_id = 'handover:' || o.id
 WHERE o.conversation_id = ANY ($1::uuid[]) AND o.ended_at IS NULL
   AND o.from_agent_id IS NOT NULL
"""

# Able is who has every required skill, as low as age makes it.
FITS = """
SELECT q.takes_transfers_when_empty, ARRAY (
       SELECT a.id FROM agent a
        WHERE a.shop_id = $1 AND a.id <> $3 AND a.deactivated_at IS NULL
          AND a.status = 'available' AND a.unresponsive_at IS NULL
          AND NOT EXISTS (SELECT FROM agent_idle WHERE agent_id = a.id)
          AND NOT EXISTS (
              SELECT FROM queue_skill n
                LEFT JOIN agent_skill k ON k.skill_id = n.skill_id AND k.agent_id = a.id
               WHERE n.queue_id = q.id AND n.required
                 AND coalesce(k.level, 0) < least(n.level, (
                     SELECT min((step ->> 1)::integer) FROM jsonb_array_elements(n.steps) step)))
       ) AS able
  FROM queue q WHERE q.id = $2 AND q.shop_id = $1 AND q.archived_at IS NULL
"""

HOLDER_BEFORE = """
SELECT holder FROM (
       SELECT id, CASE kind WHEN 'assigned' THEN (data ->> 'agent')::uuid
                            WHEN 'transferred' THEN (data ->> 'to_agent')::uuid
                            ELSE actor_id END AS holder
         FROM conversation_event
        WHERE conversation_id = $1
          AND (kind IN ('accepted', 'picked', 'assigned') OR kind = 'transferred' AND data ? 'warm')
       ) held
 WHERE holder <> $2 ORDER BY id DESC LIMIT 1
"""


def note_id(offer_id: UUID) -> str:
    """Name the note that goes with a question; no client may use a colon."""
    return f"handover:{offer_id}"


async def _take_room(tx: Transaction, row: ConversationRow, agent_id: UUID, now: datetime) -> None:
    agent = await tx.fetchrow(
        """
        SELECT capacity, status = 'available' AND unresponsive_at IS NULL
               AND NOT EXISTS (SELECT FROM agent_idle WHERE agent_id = agent.id) AS is_ready
          FROM agent
         WHERE id = $1 AND shop_id = $2 AND deactivated_at IS NULL FOR NO KEY UPDATE
        """,
        agent_id,
        row.shop_id,
    )
    if agent is None:
        raise Missing
    if not agent["is_ready"] or agent_id == row.agent_id:
        raise Unready
    if not await take_slot(tx, agent_id, row.id, agent["capacity"], now):
        raise AtCapacity


async def _patience_s(tx: Transaction, row: ConversationRow) -> int:
    seconds = await tx.fetchval("SELECT offer_timeout_s FROM queue WHERE id = $1", row.queue_id)
    return seconds if isinstance(seconds, int) else OFFER_TIMEOUT_S


def _must_be_active(row: ConversationRow) -> None:
    if row.state in {"wrap_up", "closed"}:
        raise Gone(row.state)
    if row.state != "active":
        raise WrongState(row.state)
