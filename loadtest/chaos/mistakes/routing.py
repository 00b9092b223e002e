"""Mistakes in who is offered whom, and who may take them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import storage.offers
import storage.routing_facts
from routing.engine import Decision
from server.services.assignment.dealer import Dealer
from storage.errors import OfferOver, Taken
from storage.offers import Offers
from storage.rows import Moved

TOO_MANY = 2


def accepts_twice() -> None:
    """Tell whoever was slower that the conversation is theirs too."""
    accept, get = Offers.accept, Offers.get

    async def generously(self: Offers, offer_id: UUID, agent_id: UUID, now: datetime) -> Moved:
        try:
            return await accept(self, offer_id, agent_id, now)
        except (Taken, OfferOver):
            offer = await get(self, offer_id)
            assert offer is not None
            async with self._db.transaction() as tx:  # pyright: ignore[reportPrivateUsage]
                row = await storage.offers.lock(tx, offer.conversation_id)
            return Moved(row)

    Offers.accept = generously


def counts_badly() -> None:
    """Let everybody hold more than they may."""
    facts, take = storage.routing_facts, storage.offers.take_slot

    async def too_many(tx: Any, agent: UUID, conversation: UUID, most: int, now: datetime) -> bool:
        return await take(tx, agent, conversation, most + TOO_MANY, now)

    for name in ("AGENTS", "AGENTS_OF_SHOP"):
        changed = getattr(facts, name).replace(
            "a.capacity", f"(a.capacity + {TOO_MANY})::smallint AS capacity"
        )
        setattr(facts, name, changed)
    storage.offers.take_slot = too_many


def overlooks_some() -> None:
    """Never offer some conversations to anybody."""
    deal = Dealer.deal

    async def some(
        self: Dealer, board: Any, decisions: Sequence[Decision], lease: Any, apart: Any
    ) -> list[Decision]:
        kept = [each for each in decisions if UUID(each.task).int % 3]
        return await deal(self, board, kept, lease, apart)

    Dealer.deal = some
