"""What every change of a conversation's state is made of.

Locks are always taken in this order: conversation, lease, agents by id, slot. Each function here
works inside the caller's transaction.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from storage.appending import append_all
from storage.columns import row_of
from storage.database import Queries
from storage.errors import Missing, NotYours
from storage.rows import (
    ConversationRow,
    Draft,
    MessageRow,
    Moved,
    Notice,
    OfferEnd,
    OfferRow,
    SenderKind,
    State,
)

Actor = tuple[SenderKind, UUID | None]
SYSTEM: Actor = ("system", None)
ANONYMOUS = "Customer"

WORDS: dict[Notice, str] = {
    "agent_joined": "{name} joined",
    "transferred": "Transferred to {name}",
    "ended_by_customer": "{name} ended the conversation",
    "ended_by_agent": "{name} ended the conversation",
    "resumed": "{name} resumed the conversation",
    "agent_left": "{name} left",
    "handover_declined": "{name} has declined to take over",
    "handover_missed": "{name} has not answered whether they take over",
    "handover_left": "{name} is not here any more and has not taken over",
    "follow_up": "We come back to you, as agreed",
    "call_back": "We call you back, as agreed",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One event to be: what happened, the state after it, who did it and when."""

    kind: str
    to_state: State
    actor: Actor
    now: datetime
    data: dict[str, object] = field(default_factory=dict[str, object])


async def lock(tx: Queries, conversation_id: UUID) -> ConversationRow:
    """Return the conversation and hold it to the end of the transaction; Missing if it is not."""
    row = await tx.fetchrow(
        "SELECT * FROM conversation WHERE id = $1 FOR NO KEY UPDATE", conversation_id
    )
    if row is None:
        raise Missing
    return row_of(ConversationRow, row)


async def lock_of_agent(tx: Queries, conversation_id: UUID, agent_id: UUID) -> ConversationRow:
    """Lock a conversation that ``agent_id`` holds; Missing in other shops, else NotYours."""
    row = await lock(tx, conversation_id)
    if row.agent_id == agent_id:
        return row
    await agent_name(tx, row.shop_id, agent_id)
    raise NotYours


async def agent_name(tx: Queries, shop_id: UUID, agent_id: UUID) -> str:
    """Return the name of an agent of this shop; Missing when they are not."""
    name = await tx.fetchval(
        "SELECT name FROM agent WHERE id = $1 AND shop_id = $2", agent_id, shop_id
    )
    if name is None:
        raise Missing
    return str(name)


async def write_event(tx: Queries, before: ConversationRow, change: Change) -> None:
    """Write the event of a change to the conversation as it was ``before``."""
    await tx.execute(
        """
        INSERT INTO conversation_event
               (conversation_id, at, kind, from_state, to_state, actor_kind, actor_id, data)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        before.id,
        change.now,
        change.kind,
        None if change.kind == "started" else before.state,
        change.to_state,
        *change.actor,
        {name: value for name, value in change.data.items() if value is not None},
    )


def between_queues(row: ConversationRow, to_queue: UUID | None) -> dict[str, object]:
    """Return the data of an event that moves a conversation: to which queue, and from which.

    ``from_none``: from no queue. Nodes of the version before read no empty ``from_queue``.
    """
    if to_queue is None:
        return {}
    where = {"from_none": True} if row.queue_id is None else {"from_queue": str(row.queue_id)}
    return {"to_queue": str(to_queue), **where}


async def notify(
    tx: Queries,
    row: ConversationRow,
    notice: Notice,
    name: str | None,
    now: datetime,
    *,
    private: bool = False,
) -> MessageRow:
    """Append a system line about the person ``name`` to a conversation that is locked.

    It is public, unless ``private``: then only the people of the shop see it.
    """
    draft = Draft(
        conversation_id=row.id,
        shop_id=row.shop_id,
        client_id=f"notice-{uuid4().hex}",
        sender_kind="system",
        sender_id=None,
        sender_name=name,
        text=WORDS[notice].format(name=name or ANONYMOUS),
        notice=notice,
        now=now,
        private=private,
    )
    await append_all(tx, [draft])
    stored = await tx.fetchrow(
        "SELECT * FROM message WHERE conversation_id = $1 AND client_id = $2",
        row.id,
        draft.client_id,
    )
    assert stored is not None
    return row_of(MessageRow, stored)


async def take_slot(
    tx: Queries, agent_id: UUID, conversation_id: UUID, capacity: int, now: datetime
) -> bool:
    """Give the agent's lowest free slots to the conversation, one a unit; False without room.

    The agent's row must be locked: that is what makes two takers wait for each other. Where the
    queue says how many of its conversations one agent may hold, that is kept too. A queue that was
    archived asks for nothing any more, as the engine sees it: one unit, and no limit.
    """
    return bool(await tx.execute(TAKE_SLOT, agent_id, conversation_id, capacity, now))


TAKE_SLOT = """
WITH asked AS (
    SELECT coalesce(q.units, 1)::integer AS units,
           q.per_agent_max IS NULL OR q.per_agent_max > (
               SELECT count(DISTINCT s.conversation_id)
                 FROM slot s JOIN conversation held ON held.id = s.conversation_id
                WHERE s.agent_id = $1 AND held.queue_id = q.id) AS has_room
      FROM conversation c LEFT JOIN queue q ON q.id = c.queue_id AND q.archived_at IS NULL
     WHERE c.id = $2
)
INSERT INTO slot (agent_id, number, conversation_id, taken_at)
SELECT $1, free, $2, $4 FROM asked, generate_series(1, $3::integer) free
 WHERE asked.has_room
   AND NOT EXISTS (SELECT FROM slot WHERE agent_id = $1 AND number = free)
   -- a capacity that was lowered may leave higher numbers taken
   AND (SELECT count(*) FROM slot WHERE agent_id = $1) + asked.units <= $3
 ORDER BY free LIMIT (SELECT units FROM asked)
"""


async def free_slot(
    tx: Queries,
    conversation_id: UUID,
    idle_since: datetime | None = None,
    *,
    of_agent: UUID | None = None,
) -> UUID | None:
    """Give the conversation's slots back, all or those of one agent, and return whose they were.

    Of several agents who had it on offer one is returned. ``idle_since`` is set on the agent when
    a real contact ended, not for an offer.
    """
    agent_id = await tx.fetchval(
        """
        SELECT agent_id FROM slot
         WHERE conversation_id = $1 AND ($2::uuid IS NULL OR agent_id = $2)
         ORDER BY agent_id LIMIT 1
        """,
        conversation_id,
        of_agent,
    )
    if not isinstance(agent_id, UUID):
        return None
    if idle_since is not None:
        await tx.execute(
            "UPDATE agent SET idle_since = greatest(idle_since, $2) WHERE id = $1",
            agent_id,
            idle_since,
        )
    await tx.execute(
        "DELETE FROM slot WHERE conversation_id = $1 AND ($2::uuid IS NULL OR agent_id = $2)",
        conversation_id,
        of_agent,
    )
    return agent_id


async def end_offers(
    tx: Queries,
    conversation_id: UUID,
    reason: OfferEnd,
    now: datetime,
    *,
    of_agent: UUID | None = None,
    decline_reason: str | None = None,
) -> tuple[OfferRow, ...]:
    """End the conversation's live offers, all or that of one agent, oldest first.

    Nothing is accepted after its time: whoever takes the conversation then has picked it, and the
    offer timed out.
    """
    rows = await tx.fetch(
        """
        UPDATE offer SET ended_at = $3, decline_reason = $4,
               end_reason = CASE WHEN $2 = 'accepted' AND expires_at <= $3
                                 THEN 'timed_out' ELSE $2 END
         WHERE conversation_id = $1 AND ended_at IS NULL AND ($5::uuid IS NULL OR agent_id = $5)
        RETURNING *
        """,
        conversation_id,
        reason,
        now,
        decline_reason,
        of_agent,
    )
    return tuple(sorted((row_of(OfferRow, row) for row in rows), key=lambda offer: offer.id))


async def rescind(
    tx: Queries, conversation_id: UUID, but: UUID, now: datetime
) -> tuple[OfferRow, ...]:
    """End all live offers except that of one agent, and free the slots that they held."""
    others = await tx.fetch(
        """
        UPDATE offer SET ended_at = $3, end_reason = 'rescinded'
         WHERE conversation_id = $1 AND ended_at IS NULL AND agent_id <> $2 RETURNING *
        """,
        conversation_id,
        but,
        now,
    )
    ended = tuple(sorted((row_of(OfferRow, row) for row in others), key=lambda offer: offer.id))
    for offer in ended:
        await free_slot(tx, conversation_id, of_agent=offer.agent_id)
    return ended


def ended_with(moved: Moved, offers: tuple[OfferRow, ...]) -> Moved:
    """Add the offers that ended with a change; their agents have a slot more."""
    if not offers:
        return moved
    first, *others = offers
    return replace(
        moved,
        freed_agent=first.agent_id,
        ended_offer=first,
        also_freed=tuple(offer.agent_id for offer in others),
        also_ended=tuple(others),
    )


def elapsed_ms(since: datetime | None, until: datetime) -> int | None:
    """Return milliseconds since a moment that is perhaps unknown; never negative."""
    return None if since is None else max(0, round((until - since) / timedelta(milliseconds=1)))
