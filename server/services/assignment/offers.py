"""What agents do with offers: accept, decline, or take somebody who waits without being asked."""

from typing import Protocol
from uuid import UUID

from server.protocol.errors import Forbidden, NotFound, OfferEnded
from server.protocol.shapes import AgentConversation, Offer
from server.services.assignment.cards import Cards
from server.services.assignment.ports import AgentViews, Announce, Offers, Shops
from server.services.clock import Clock
from server.services.seats import AgentSeat
from storage.rows import ConversationRow, Moved


class Conversations(Protocol):
    """Where conversations are read."""

    async def get(self, conversation_id: UUID, /) -> ConversationRow | None:
        """Return a conversation."""
        ...


class OfferDesk:
    """Answers to offers. PostgreSQL decides who was first; here everybody is told."""

    def __init__(  # noqa: PLR0913 - collaborators
        self,
        *,
        offers: Offers,
        conversations: Conversations,
        shops: Shops,
        cards: Cards,
        views: AgentViews,
        announce: Announce,
        clock: Clock,
    ) -> None:
        self._offers, self._conversations, self._shops = offers, conversations, shops
        self._cards, self._views = cards, views
        self._announce, self._clock = announce, clock

    async def accept(self, seat: AgentSeat, offer_id: UUID) -> AgentConversation:
        """Take the offered conversation; again is the same. Refused once the offer is over."""
        moved = await self._offers.accept(offer_id, seat.agent_id, self._clock.now())
        return await self._taken(seat, moved)

    async def decline(self, seat: AgentSeat, offer_id: UUID, reason: str | None) -> None:
        """Leave the conversation to somebody else; again is the same."""
        moved = await self._offers.end(
            offer_id, seat.agent_id, "declined", self._clock.now(), reason
        )
        if moved is not None:
            await self._announce.moved(moved)
            return
        offer = await self._offers.get(offer_id)
        if offer is None or offer.end_reason != "declined":
            raise OfferEnded

    async def pick(self, seat: AgentSeat, conversation_id: UUID) -> AgentConversation:
        """Take a waiting conversation without an offer, where the shop allows it."""
        row = await self._conversations.get(conversation_id)
        shop = await self._shops.get(seat.shop_id)
        if row is None or shop is None or row.shop_id != seat.shop_id:
            raise NotFound
        if not seat.may_pick(shop.agents_may_pick):
            raise Forbidden("In this shop conversations are offered; you cannot pick them.")
        moved = await self._offers.pick(conversation_id, seat.agent_id, self._clock.now())
        return await self._taken(seat, moved)

    async def live_of(self, seat: AgentSeat) -> list[Offer]:
        """Return the cards of the offers that an agent has now."""
        now = self._clock.now()
        offers = await self._offers.live_of_agent(seat.agent_id)
        return await self._cards.cards([offer for offer in offers if offer.expires_at > now])

    async def _taken(self, seat: AgentSeat, moved: Moved) -> AgentConversation:
        await self._announce.moved(moved, by=seat.name)
        return await self._views.agent_conversation(moved.row.id, asked_by=seat.agent_id)
