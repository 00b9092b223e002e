"""The steps of a warm transfer, inside the caller's transaction, the conversation locked."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from storage.appending import append_all
from storage.changes import Actor, Change, agent_name, elapsed_ms, lock, notify, write_event
from storage.columns import row_of
from storage.database import Transaction
from storage.errors import OfferOver
from storage.participants import told_who_has_it
from storage.responding import acted, took
from storage.rows import ConversationRow, Draft, MessageRow, Moved, Notice, OfferEnd, OfferRow

TOLD: dict[OfferEnd, Notice] = {
    "declined": "handover_declined",
    "timed_out": "handover_missed",
    "agent_lost": "handover_left",
    "agent_away": "handover_left",
}
"""What the sender is told, once, as a private line; other ends they know of, or brought about."""


@dataclass(frozen=True, slots=True)
class End:
    """How a question ends without being taken up, by whom and when."""

    reason: OfferEnd
    actor: Actor
    now: datetime
    decline_reason: str | None = None


async def take_over(tx: Transaction, row: ConversationRow, offer: OfferRow, now: datetime) -> Moved:
    """Move the conversation to whom its agent asked; the handle time is split here."""
    sender = offer.from_agent_id
    if sender is None or row.state != "active" or row.agent_id != sender:
        raise OfferOver("rescinded")
    await lock_agents(tx, sender, offer.agent_id)
    ended = await _end(tx, offer, "accepted", now)
    await free(tx, row.id, sender)
    await tx.execute(IDLE, sender, now)
    notice = await told_who_has_it(tx, row, offer.agent_id, now)
    handled_ms = elapsed_ms(row.assigned_at, now)
    moved = await tx.fetchrow(TAKE_OVER, row.id, offer.agent_id, now, handled_ms)
    assert moved is not None
    data: dict[str, object] = {
        "to_agent": str(offer.agent_id),
        "offer": str(offer.id),
        "warm": True,
    }
    await write_event(tx, row, Change("transferred", "active", ("agent", sender), now, data))
    heard = await took(tx, offer.agent_id, now)
    return Moved(row_of(ConversationRow, moved), sender, ended, (notice,), heard=heard)


async def not_taken_over(tx: Transaction, row: ConversationRow, offer: OfferRow, end: End) -> Moved:
    """End a live question: the conversation stays with its agent, who is told once."""
    ended = await _end(tx, offer, end.reason, end.now, end.decline_reason)
    await free(tx, row.id, offer.agent_id)
    notices: tuple[MessageRow, ...] = ()
    if end.reason in TOLD:
        name = await agent_name(tx, row.shop_id, offer.agent_id)
        notices = (await notify(tx, row, TOLD[end.reason], name, end.now, private=True),)
    data: dict[str, object] = {
        "agent": str(offer.agent_id),
        "offer": str(offer.id),
        "reason": end.decline_reason,
        "warm": True,
    }
    await write_event(tx, row, Change(end.reason, row.state, end.actor, end.now, data))
    heard = await acted(tx, offer.agent_id) if end.reason == "declined" else None
    return Moved(await touched(tx, row.id), offer.agent_id, ended, notices, heard=heard)


async def no_longer_asked(
    tx: Transaction, row: ConversationRow, reason: OfferEnd, now: datetime
) -> OfferRow | None:
    """End the question about a conversation that is about to leave its agent, if there is one."""
    offer = await question_of(tx, row.id)
    if offer is None:
        return None
    await free(tx, row.id, offer.agent_id)
    return await _end(tx, offer, reason, now)


def and_told(moved: Moved, asked: OfferRow | None) -> Moved:
    """Add to a change that somebody is not asked any longer."""
    if asked is None:
        return moved
    return replace(
        moved,
        also_freed=(*moved.also_freed, asked.agent_id),
        also_ended=(*moved.also_ended, asked),
    )


async def question_of(tx: Transaction, conversation_id: UUID) -> OfferRow | None:
    """Return the live question about a conversation."""
    row = await tx.fetchrow(QUESTION_OF, conversation_id)
    return None if row is None else row_of(OfferRow, row)


async def lock_agents(tx: Transaction, *agent_ids: UUID | None) -> None:
    """Hold agents to the end of the transaction, in the order in which everybody does."""
    await tx.fetch(LOCK_AGENTS, [each for each in agent_ids if each is not None])


async def free(tx: Transaction, conversation_id: UUID, agent_id: UUID) -> None:
    """Give back what the conversation takes of one agent."""
    await tx.execute(FREE, conversation_id, agent_id)


async def keep_note(
    tx: Transaction, row: ConversationRow, client_id: str, by: UUID, text: str, now: datetime
) -> MessageRow:
    """Append a private note of a colleague to the conversation."""
    draft = Draft(
        conversation_id=row.id,
        shop_id=row.shop_id,
        client_id=client_id,
        sender_kind="agent",
        sender_id=by,
        sender_name=await agent_name(tx, row.shop_id, by),
        text=text,
        now=now,
        private=True,
    )
    await append_all(tx, [draft])
    stored = await tx.fetchrow(NOTE, row.id, client_id)
    assert stored is not None
    return row_of(MessageRow, stored)


async def touched(tx: Transaction, conversation_id: UUID) -> ConversationRow:
    """Mark the conversation as changed for whoever shows it, and return it."""
    await tx.execute("UPDATE conversation SET epoch = epoch + 1 WHERE id = $1", conversation_id)
    return await lock(tx, conversation_id)


async def _end(
    tx: Transaction,
    offer: OfferRow,
    reason: OfferEnd,
    now: datetime,
    decline_reason: str | None = None,
) -> OfferRow:
    ended = await tx.fetchrow(END, offer.id, reason, now, decline_reason)
    assert ended is not None
    return row_of(OfferRow, ended)


NOTE = "SELECT * FROM message WHERE conversation_id = $1 AND client_id = $2"

TAKE_OVER = """
UPDATE conversation
   SET epoch = epoch + 1, agent_id = $2, assigned_at = $3, wanted_agent_id = NULL,
       handle_ms = coalesce(handle_ms, 0) + coalesce($4, 0)
 WHERE id = $1 RETURNING *
"""

QUESTION_OF = """
SELECT * FROM offer
 WHERE conversation_id = $1 AND ended_at IS NULL AND from_agent_id IS NOT NULL
"""

END = """
UPDATE offer SET ended_at = $3, end_reason = $2, decline_reason = $4 WHERE id = $1 RETURNING *
"""

LOCK_AGENTS = "SELECT id FROM agent WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"

IDLE = "UPDATE agent SET idle_since = greatest(idle_since, $2) WHERE id = $1"

FREE = "DELETE FROM slot WHERE conversation_id = $1 AND agent_id = $2"
