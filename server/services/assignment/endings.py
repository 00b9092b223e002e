"""Ends what time or absence ends: offers that nobody answered, and wrap-ups."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog

from server.services.assignment.board import Board
from server.services.assignment.ports import Announce, Offers, Transitions
from server.services.clock import Clock
from storage.errors import Missing, WrongState
from storage.rows import OfferEnd, OfferRow

log = structlog.get_logger()


class Endings:
    """Ends offers and wrap-ups in the name of the service."""

    def __init__(
        self, offers: Offers, transitions: Transitions, announce: Announce, clock: Clock
    ) -> None:
        self._offers, self._transitions = offers, transitions
        self._announce, self._clock = announce, clock

    async def offers(self, board: Board) -> None:
        """End the offers whose time is over, or whose agent left or does not want any now."""
        now = self._clock.now()
        expired = [offer for offer in board.offers.values() if offer.expires_at <= now]
        await self._end(board, expired, "timed_out")
        await self._end(board, board.offers_to_the_lost(), "agent_lost")
        await self._end(board, board.offers_to_the_away(), "agent_away")

    async def wrap_ups(self, ahead_s: float) -> datetime:
        """Close the conversations whose wrap-up is over; look again at the time returned.

        That is when the next one ends, or in ``ahead_s`` seconds.
        """
        horizon = self._clock.now() + timedelta(seconds=ahead_s)
        for conversation_id, until in await self._transitions.wrap_ups_by(horizon):
            if until > self._clock.now():
                return until
            try:
                moved = await self._transitions.finish(
                    conversation_id, None, None, self._clock.now()
                )
            except (Missing, WrongState):
                continue  # its agent was quicker
            await self._announce.moved(moved)
        return horizon

    async def _end(self, board: Board, offers: Iterable[OfferRow], reason: OfferEnd) -> None:
        for offer in list(offers):
            moved = await self._offers.end(offer.id, None, reason, self._clock.now())
            board.offers.pop(offer.id, None)
            if moved is not None:
                log.info("offer_ended", offer=str(offer.id), reason=reason)
                await self._announce.moved(moved)
