"""Carries decisions out: in PostgreSQL first, then the agent and everybody else hear of it."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog

from routing.engine import Decision
from routing.explain import Record, to_json
from server.services.assignment.apart import Apart
from server.services.assignment.board import Board
from server.services.assignment.cards import Cards
from server.services.assignment.ports import Announce, Offers
from server.services.assignment.trails import Trails
from server.services.clock import Clock
from server.services.fanout import Fanout
from server.services.rooms import agent_room
from storage.errors import StorageError, StorageUnavailable
from storage.rows import Lease, OfferRow

AT_ONCE = 4
"""Offers that are stored at the same time."""

log = structlog.get_logger()


class Dealer:
    """Makes offers of decisions."""

    def __init__(
        self,
        offers: Offers,
        cards: Cards,
        announce: Announce,
        fanout: Fanout,
        clock: Clock,
        trails: Trails | None = None,
    ) -> None:
        self._offers, self._cards, self._announce = offers, cards, announce
        self._fanout, self._clock, self._trails = fanout, clock, trails

    async def deal(
        self, board: Board, decisions: Sequence[Decision], lease: Lease, apart: Apart
    ) -> list[Decision]:
        """Carry decisions out; return those whose race was lost, to be decided again.

        Of several agents some may be asked and others not: who was not is read again too. One that
        cannot be carried out for a reason of its own is left until the shop is read again.
        """
        turns = asyncio.Semaphore(AT_ONCE)

        async def of_agent(mine: Sequence[Decision]) -> list[Decision]:
            async with turns:
                return [each for each in mine if not await offer(each)]

        async def offer(decision: Decision) -> bool:
            with apart.unexpected(UUID(decision.task)):
                if self._trails is None:
                    return await self._offer(board, decision, lease)
                with self._trails.routing(decision):
                    return await self._offer(board, decision, lease)
            return True

        by_agent: dict[str, list[Decision]] = {}
        for decision in decisions:
            by_agent.setdefault(decision.agent, []).append(decision)
        outcomes = await asyncio.gather(*map(of_agent, by_agent.values()), return_exceptions=True)
        lost: list[Decision] = []
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
            lost += outcome
        return lost

    async def tell_untold(self, board: Board, apart: Apart) -> None:
        """Tell of offers that are stored but were never told: who made them could not, or died."""
        now = self._clock.now()
        for offer in board.untold():
            if offer.expires_at > now and offer.id in board.offers:
                with apart.conversation(offer.conversation_id):
                    await self._tell_late(board, offer)

    async def _tell_late(self, board: Board, offer: OfferRow) -> None:
        """Present an offer; one that cannot be shown ends by itself."""
        board.told.add(offer.id)
        try:
            await self._present(board, offer)
        except StorageUnavailable:
            board.told.discard(offer.id)
            raise

    async def _offer(self, board: Board, decision: Decision, lease: Lease) -> bool:
        record = decision.record
        assert record is not None
        now = self._clock.now()
        offers = await self._offers.make(
            UUID(decision.task),
            [UUID(agent) for agent in decision.agents],
            now + timedelta(seconds=decision.offer_timeout_s),
            now,
            to_json(record),
            lease,
        )
        for offer in offers:
            board.offers[offer.id] = offer
        for offer in offers:
            if offer.id in board.offers:  # not taken yet, in the name of another of them
                await self._present(board, offer, record)
        return len(offers) == len(decision.agents)

    async def _present(self, board: Board, offer: OfferRow, record: Record | None = None) -> None:
        """Ask the agent, or accept in their name, as the queue wishes."""
        if board.accepts_by_itself(offer) and await self._accept(board, offer):
            board.take(offer)
            return
        await self._tell(offer, record)
        board.told.add(offer.id)

    async def _accept(self, board: Board, offer: OfferRow) -> bool:
        """Accept in the agent's name, as their queue wishes; when it fails they are asked."""
        try:
            moved = await self._offers.accept(offer.id, offer.agent_id, self._clock.now())
        except StorageError as error:
            log.warning("auto_accept_failed", offer=str(offer.id), error=repr(error))
            return False
        await self._announce.moved(moved, by=board.agents[offer.agent_id].name)
        return True

    async def _tell(self, offer: OfferRow, record: Record | None) -> None:
        """Show the card; without the ``record`` at hand it is read again."""
        cards = self._cards
        for card in [await cards.card(offer, record)] if record else await cards.cards([offer]):
            self._fanout.tell(agent_room(offer.agent_id), "offer:made", card, audience="agents")
        await self._announce.conversation(offer.conversation_id)
