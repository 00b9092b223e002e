"""An offer as the agent sees it: the conversation, how long it is held, and why them."""

from collections.abc import Sequence

from routing import reasons
from routing.explain import Record
from server.protocol.shapes import AgentConversation, Offer, Why
from server.services.assignment.ports import AgentViews, Decisions
from server.services.assignment.recalled import recalled, why
from storage.rows import OfferRow

UNKNOWN = Why(sentence=reasons.ELSE)
"""Of an offer whose record an earlier version wrote."""


def asked_card(offer: OfferRow, conversation: AgentConversation) -> Offer | None:
    """Return the card of a question to take over; None when it is over already."""
    handover = conversation.handover
    if handover is None or handover.offer != str(offer.id):
        return None
    by = handover.by.name
    return Offer(
        offer=handover.offer,
        conversation=conversation,
        made_at=offer.made_at,
        expires_at=offer.expires_at,
        why=Why(sentence=f"{by} asks you to take over.", facts={"decided_by": "asked", "by": by}),
    )


class Cards:
    """Makes the cards of offers."""

    def __init__(self, views: AgentViews, decisions: Decisions) -> None:
        self._views, self._decisions = views, decisions

    async def card(self, offer: OfferRow, record: Record | None) -> Offer:
        """Return the card of an offer that was just made; the record may be unreadable."""
        return Offer(
            offer=str(offer.id),
            conversation=await self._views.agent_conversation(offer.conversation_id),
            made_at=offer.made_at,
            expires_at=offer.expires_at,
            why=why(record, offer.agent_id) if record else UNKNOWN,
        )

    async def cards(self, offers: Sequence[OfferRow]) -> list[Offer]:
        """Return the cards of offers made earlier."""
        if not offers:
            return []
        decisions = await self._decisions.of_offers([offer.id for offer in offers])
        cards: list[Offer | None] = []
        for offer in offers:
            if offer.from_agent_id is not None:
                view = await self._views.agent_conversation(offer.conversation_id)
                cards.append(asked_card(offer, view))
            elif offer.id in decisions:
                cards.append(await self.card(offer, recalled(decisions[offer.id].record)))
        return [card for card in cards if card is not None]
