"""Ends questions among colleagues that nobody answered, or whose answer cannot come any more."""

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

import structlog

from server.services.assignment.apart import Apart
from server.services.assignment.board import Board
from server.services.assignment.ports import Announce, Offers
from server.services.clock import Clock
from storage.rows import OfferEnd, OfferRow

LOOK_S = 1.0
"""How often the live questions are read; they are few, and beside the boards of who waits."""

log = structlog.get_logger()


class Questions(Protocol):
    """Where they are kept."""

    async def live(self) -> list[tuple[UUID, OfferRow]]:
        """Return all that were not answered yet, with their shops."""
        ...


class HandoverEndings:
    """Lets conversations stay with their agents when whoever was asked does not take over."""

    def __init__(
        self, questions: Questions, offers: Offers, announce: Announce, clock: Clock
    ) -> None:
        self._questions, self._offers = questions, offers
        self._announce, self._clock = announce, clock
        self.next_due = 0.0

    async def end(self, boards: Mapping[UUID, Board], apart: Apart) -> None:
        """End what is over, at most once in ``LOOK_S``."""
        now = self._clock.now()
        if now.timestamp() < self.next_due:
            return
        self.next_due = now.timestamp() + LOOK_S
        for shop_id, offer in await self._questions.live():
            reason = self._reason(boards.get(shop_id), offer)
            if reason is not None:
                with apart.conversation(offer.conversation_id):
                    await self._end(offer, reason)

    async def _end(self, offer: OfferRow, reason: OfferEnd) -> None:
        moved = await self._offers.end(offer.id, None, reason, self._clock.now())
        if moved is not None:
            log.info("handover_ended", offer=str(offer.id), reason=reason)
            await self._announce.moved(moved)

    def _reason(self, board: Board | None, offer: OfferRow) -> OfferEnd | None:
        if offer.expires_at <= self._clock.now():
            return "timed_out"
        if board is None or offer.agent_id in board.online:
            return None
        return "agent_lost" if board.agents.get(offer.agent_id) is not None else "agent_away"
