"""Ends what time or absence ends: offers that nobody answered, and wrap-ups."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog

from server.services.assignment.apart import Apart
from server.services.assignment.board import Board
from server.services.assignment.ports import Announce, Offers, Transitions
from server.services.clock import Clock
from storage.errors import Missing, StorageUnavailable, WrongState
from storage.rows import OfferEnd, OfferRow

log = structlog.get_logger()


class Endings:
    """Ends offers and wrap-ups in the name of the service."""

    def __init__(
        self, offers: Offers, transitions: Transitions, announce: Announce, clock: Clock
    ) -> None:
        self._offers, self._transitions = offers, transitions
        self._announce, self._clock = announce, clock

    async def offers(self, board: Board, apart: Apart) -> None:
        """End the offers whose time is over, or whose agent left or does not want any now."""
        now = self._clock.now()
        ends: dict[UUID, tuple[OfferRow, OfferEnd]] = {
            offer.id: (offer, "timed_out")
            for offer in board.offers.values()
            if offer.expires_at <= now
        }
        # Whoever left or stepped away has missed nothing, however late it is noticed.
        ends |= {offer.id: (offer, "agent_away") for offer in board.offers_to_the_away()}
        ends |= {offer.id: (offer, "agent_lost") for offer in board.offers_to_the_lost()}
        for offer, reason in ends.values():
            with apart.conversation(offer.conversation_id):
                await self._end(board, offer, reason)

    async def wrap_ups(self, ahead_s: float, apart: Apart) -> datetime:
        """Close the conversations whose wrap-up is over; look again at the time returned.

        That is when the next one ends, or in ``ahead_s`` seconds.
        """
        horizon = self._clock.now() + timedelta(seconds=ahead_s)
        for conversation_id, until in await self._transitions.wrap_ups_by(horizon):
            if until > self._clock.now():
                return until
            with apart.conversation(conversation_id):
                await self._finish(conversation_id)
        return horizon

    async def _finish(self, conversation_id: UUID) -> None:
        try:
            moved = await self._transitions.finish(conversation_id, None, None, self._clock.now())
        except (Missing, WrongState):
            return  # its agent was quicker
        await self._announce.moved(moved)

    async def _end(self, board: Board, offer: OfferRow, reason: OfferEnd) -> None:
        """End an offer; one that cannot be ended is left until the shop is read again."""
        board.offers.pop(offer.id, None)
        try:
            moved = await self._offers.end(offer.id, None, reason, self._clock.now())
        except StorageUnavailable:
            board.offers[offer.id] = offer
            raise
        if moved is not None:
            log.info("offer_ended", offer=str(offer.id), reason=reason)
            await self._announce.moved(moved)
