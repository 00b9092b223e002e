"""An offer as the agent sees it: the conversation, how long it is held, and why them."""

from collections.abc import Sequence
from uuid import UUID

from msgspec.structs import replace

from routing import reasons
from routing.explain import Record, from_json
from server.protocol.shapes import AgentConversation, Offer, Why
from server.services.assignment.ports import AgentViews, Decisions
from storage.rows import OfferRow


def why(record: Record, agent_id: UUID | None) -> Why:
    """Return the reason of a decision, for the agent who was chosen, or one of several."""
    if len(record.chosen) > 1:
        mine = sorted(record.candidates, key=lambda it: it.subject.agent.id != str(agent_id))
        record = replace(record, candidates=mine, decided_by="several")
    return Why(sentence=reasons.sentence(record), facts=dict(reasons.facts(record)))


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

    async def card(self, offer: OfferRow, record: Record) -> Offer:
        """Return the card of an offer that was just made."""
        return Offer(
            offer=str(offer.id),
            conversation=await self._views.agent_conversation(offer.conversation_id),
            made_at=offer.made_at,
            expires_at=offer.expires_at,
            why=why(record, offer.agent_id),
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
                cards.append(await self.card(offer, from_json(decisions[offer.id].record)))
        return [card for card in cards if card is not None]
