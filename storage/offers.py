"""Offers: a conversation held for agents, in slots of each, until one takes it or all end."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from storage.changes import (
    SYSTEM,
    Actor,
    Change,
    agent_name,
    elapsed_ms,
    end_offers,
    free_slot,
    lock,
    rescind,
    take_slot,
    write_event,
)
from storage.columns import row_of
from storage.database import Database, Transaction
from storage.errors import AtCapacity, Gone, Missing, OfferOver, Taken, WrongState
from storage.handover_steps import End, not_taken_over, take_over
from storage.participants import told_who_has_it
from storage.responding import acted, missed, took
from storage.rows import ConversationRow, Heard, Lease, Moved, OfferEnd, OfferRow


class Offers:
    """Makes and ends offers. However many try at once, one wins and capacity holds (P4)."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def make(
        self,
        conversation_id: UUID,
        agent_ids: Sequence[UUID],
        expires_at: datetime,
        now: datetime,
        record: dict[str, object],
        lease: Lease | None,
    ) -> tuple[OfferRow, ...]:
        """Offer a queued conversation to those who still can, and keep the decision's record.

        The offers come in the order of ``agent_ids``. None when it is no longer queued, nobody of
        them is ready with room for it, or the lease is not ours any more: look again.
        """
        async with self._db.transaction() as tx:
            try:
                row = await lock(tx, conversation_id)
            except Missing:
                return ()
            if row.state != "queued" or not await _holds(tx, lease):
                return ()
            ready = await _lock_ready(tx, row.shop_id, agent_ids)
            offers: list[OfferRow] = []
            for agent_id in (each for each in agent_ids if each in ready):
                if await take_slot(tx, agent_id, row.id, ready[agent_id], now):
                    made = await tx.fetchrow(MAKE, row.id, agent_id, now, expires_at, record)
                    assert made is not None
                    offer = row_of(OfferRow, made)
                    data: dict[str, object] = {"agent": str(agent_id), "offer": str(offer.id)}
                    await write_event(tx, row, Change("offered", "offered", SYSTEM, now, data))
                    row = replace(row, state="offered")
                    offers.append(offer)
            if offers:
                await tx.execute(SET_OFFERED, row.id)
        return tuple(offers)

    async def accept(self, offer_id: UUID, agent_id: UUID, now: datetime) -> Moved:
        """Take the offered conversation.

        Raises Missing when the offer is not this agent's, Taken when somebody else has the
        conversation by now, OfferOver when the offer ended or expired. Again: unchanged.
        """
        async with self._db.transaction() as tx:
            row, offer = await _lock_offer(tx, offer_id)
            if offer.agent_id != agent_id:
                raise Missing
            if offer.end_reason == "accepted" and row.agent_id == agent_id:
                return Moved(row, changed=False)
            if offer.end_reason is not None:
                if offer.from_agent_id is None:
                    await _raise_taken(tx, row, agent_id)
                raise OfferOver(offer.end_reason)
            if offer.expires_at <= now:
                raise OfferOver("timed_out")
            if offer.from_agent_id is not None:
                return await take_over(tx, row, offer, now)
            return await _assign(tx, row, agent_id, "accepted", now)

    async def end(
        self,
        offer_id: UUID,
        agent_id: UUID | None,
        reason: OfferEnd,
        now: datetime,
        decline_reason: str | None = None,
    ) -> Moved | None:
        """End a live offer without taking it. With the last one the conversation waits again.

        Its age is kept. ``agent_id`` is who asks (Missing unless it is theirs), None the service
        itself. None when the offer was over already.
        """
        async with self._db.transaction() as tx:
            row, offer = await _lock_offer(tx, offer_id)
            if agent_id is not None and offer.agent_id != agent_id:
                raise Missing
            if offer.ended_at is not None:
                return None
            actor: Actor = SYSTEM if agent_id is None else ("agent", agent_id)
            if offer.from_agent_id is not None:
                return await not_taken_over(tx, row, offer, End(reason, actor, now, decline_reason))
            heard = await _noted(tx, offer.agent_id, reason, now)
            [ended] = await end_offers(
                tx, row.id, reason, now, of_agent=offer.agent_id, decline_reason=decline_reason
            )
            freed = await free_slot(tx, row.id, of_agent=offer.agent_id)
            again = await tx.fetchrow(REQUEUE, row.id, offer.agent_id)
            assert again is not None
            after = row_of(ConversationRow, again)
            data: dict[str, object] = {
                "agent": str(offer.agent_id),
                "offer": str(offer.id),
                "reason": decline_reason,
            }
            await write_event(tx, row, Change(reason, after.state, actor, now, data))
        return Moved(after, freed, ended, heard=heard)

    async def pick(self, conversation_id: UUID, agent_id: UUID, now: datetime) -> Moved:
        """Take a waiting conversation without an offer, or the one on offer to oneself.

        Raises Missing, Gone, Taken, WrongState (nothing was said yet), AtCapacity. Whether the shop
        allows it is for the caller to know. Again: unchanged.
        """
        async with self._db.transaction() as tx:
            row = await lock(tx, conversation_id)
            if row.state in {"wrap_up", "closed"}:
                await agent_name(tx, row.shop_id, agent_id)
                raise Gone(row.state)
            if row.agent_id == agent_id:
                return Moved(row, changed=False)
            capacity = await _lock_agent(tx, row.shop_id, agent_id)
            if capacity is None:
                raise Missing
            await _raise_taken(tx, row, agent_id)
            if row.state == "queued":
                if not await take_slot(tx, agent_id, row.id, capacity, now):
                    raise AtCapacity
            elif row.state != "offered":
                raise WrongState(row.state)
            return await _assign(tx, row, agent_id, "picked", now)

    async def get(self, offer_id: UUID) -> OfferRow | None:
        """Return the offer, live or ended, or None."""
        row = await self._db.fetchrow("SELECT * FROM offer WHERE id = $1", offer_id)
        return None if row is None else row_of(OfferRow, row)

    async def live_of_agent(self, agent_id: UUID) -> list[OfferRow]:
        """Return the agent's live offers, oldest first."""
        rows = await self._db.fetch(LIVE_OF_AGENT, agent_id)
        return [row_of(OfferRow, row) for row in rows]

    async def live_of_shop(self, shop_id: UUID) -> list[OfferRow]:
        """Return the shop's live offers, oldest first."""
        rows = await self._db.fetch(LIVE_OF_SHOP, shop_id)
        return [row_of(OfferRow, row) for row in rows]

    async def expired(self, now: datetime) -> list[OfferRow]:
        """Return live offers whose time is over."""
        rows = await self._db.fetch(EXPIRED, now)
        return [row_of(OfferRow, row) for row in rows]


LIVE_OF_AGENT = """
SELECT * FROM offer WHERE agent_id = $1 AND ended_at IS NULL ORDER BY made_at, id
"""

# Questions among colleagues are not of customers who wait.
LIVE_OF_SHOP = """
SELECT o.* FROM offer o JOIN agent a ON a.id = o.agent_id
 WHERE a.shop_id = $1 AND o.ended_at IS NULL AND o.from_agent_id IS NULL ORDER BY o.made_at, o.id
"""

EXPIRED = """
SELECT * FROM offer
 WHERE ended_at IS NULL AND from_agent_id IS NULL AND expires_at <= $1
 ORDER BY expires_at, id LIMIT 1000
"""

MAKE = """
WITH made AS (
    INSERT INTO offer (conversation_id, agent_id, made_at, expires_at) VALUES ($1, $2, $3, $4)
    RETURNING *
), explained AS (
    INSERT INTO decision (conversation_id, offer_id, at, record)
    SELECT conversation_id, id, made_at, $5 FROM made
)
SELECT * FROM made
"""

SET_OFFERED = "UPDATE conversation SET state = 'offered', epoch = epoch + 1 WHERE id = $1"

# Whoever was wanted and did not take it is not waited for.
REQUEUE = """
UPDATE conversation c
   SET state = CASE WHEN EXISTS (SELECT FROM offer
                                  WHERE conversation_id = c.id AND ended_at IS NULL)
                    THEN c.state ELSE 'queued' END,
       epoch = epoch + 1, wanted_agent_id = nullif(wanted_agent_id, $2)
 WHERE id = $1 RETURNING *
"""

ASSIGN = """
UPDATE conversation
   SET state = 'active', epoch = epoch + 1, agent_id = $2, assigned_at = $3, wanted_agent_id = NULL,
       unclaimed_at = NULL, waiting_ms = coalesce(waiting_ms, $4)
 WHERE id = $1 RETURNING *
"""


TAKEN_BY = """
SELECT a.id, a.name FROM slot s JOIN agent a ON a.id = s.agent_id
 WHERE s.conversation_id = $1 AND s.agent_id <> $2
   AND ($3::uuid IS NOT NULL
        OR NOT EXISTS (SELECT FROM offer
                        WHERE conversation_id = $1 AND agent_id = $2 AND ended_at IS NULL))
 ORDER BY a.id = $3 DESC, a.id LIMIT 1
"""


async def _holds(tx: Transaction, lease: Lease | None) -> bool:
    """Check the lease and keep it from being taken over until this transaction ends.

    A key share lock does not hold up the renewal, which would starve under many offers.
    """
    if lease is None:
        return True
    found = await tx.fetchval(
        "SELECT epoch FROM partition_lease WHERE partition = $1 AND epoch = $2 FOR KEY SHARE",
        lease.partition,
        lease.epoch,
    )
    return found is not None


async def _lock_ready(tx: Transaction, shop_id: UUID, agent_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the capacity of those who may be offered something, all held, in order of ids."""
    rows = await tx.fetch(
        """
        SELECT id, capacity, status = 'available' AND unresponsive_at IS NULL
               AND NOT EXISTS (SELECT FROM agent_idle WHERE agent_id = agent.id) AS is_ready
          FROM agent WHERE id = ANY ($1::uuid[]) AND shop_id = $2 AND deactivated_at IS NULL
         ORDER BY id FOR NO KEY UPDATE
        """,
        list(agent_ids),
        shop_id,
    )
    return {row["id"]: row["capacity"] for row in rows if row["is_ready"]}


async def _noted(tx: Transaction, agent_id: UUID, reason: OfferEnd, now: datetime) -> Heard | None:
    """Count a miss; who declines has answered. Whoever left or stepped away has missed nothing."""
    if reason == "timed_out":
        return await missed(tx, agent_id, now)
    return await acted(tx, agent_id) if reason == "declined" else None


async def _lock_agent(tx: Transaction, shop_id: UUID, agent_id: UUID) -> int | None:
    """Return the capacity of an agent of the shop, held to the end of the transaction."""
    capacity = await tx.fetchval(
        """
        SELECT capacity FROM agent
         WHERE id = $1 AND shop_id = $2 AND deactivated_at IS NULL FOR NO KEY UPDATE
        """,
        agent_id,
        shop_id,
    )
    return capacity if isinstance(capacity, int) else None


async def _lock_offer(tx: Transaction, offer_id: UUID) -> tuple[ConversationRow, OfferRow]:
    """Lock the offer's conversation, which guards the offer too, and read both."""
    conversation_id = await tx.fetchval("SELECT conversation_id FROM offer WHERE id = $1", offer_id)
    if not isinstance(conversation_id, UUID):
        raise Missing
    row = await lock(tx, conversation_id)
    offer = await tx.fetchrow("SELECT * FROM offer WHERE id = $1", offer_id)
    assert offer is not None
    return row, row_of(OfferRow, offer)


async def _raise_taken(tx: Transaction, row: ConversationRow, agent_id: UUID) -> None:
    """Raise Taken when somebody else has the conversation, or it is on offer to others only."""
    if row.state == "active" and row.agent_id is not None and row.agent_id != agent_id:
        raise Taken(row.agent_id, await agent_name(tx, row.shop_id, row.agent_id))
    other = await tx.fetchrow(TAKEN_BY, row.id, agent_id, row.agent_id)
    if other is not None:
        raise Taken(other["id"], other["name"])


async def _assign(
    tx: Transaction, row: ConversationRow, agent_id: UUID, kind: str, now: datetime
) -> Moved:
    """Give a conversation to the agent who has slots for it; nobody else is asked any more."""
    heard = await took(tx, agent_id, now)
    offers = await end_offers(tx, row.id, "accepted", now, of_agent=agent_id)
    others = await rescind(tx, row.id, agent_id, now)
    notice = await told_who_has_it(tx, row, agent_id, now)
    waited_ms = elapsed_ms(row.queued_at, now)
    active = await tx.fetchrow(ASSIGN, row.id, agent_id, now, waited_ms)
    assert active is not None
    offer = offers[0] if offers else None
    data: dict[str, object] = {"offer": str(offer.id)} if offer else {}
    await write_event(tx, row, Change(kind, "active", ("agent", agent_id), now, data))
    return Moved(
        row_of(ConversationRow, active),
        None,
        offer,
        (notice,),
        also_freed=tuple(each.agent_id for each in others),
        also_ended=others,
        heard=heard,
    )
