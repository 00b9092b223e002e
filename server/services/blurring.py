"""Who reads what without its personal data: those who watch, in shops that say so."""

from uuid import UUID

from server.services.blur import Veil
from server.services.clock import Clock
from server.services.seats import AgentSeat
from server.services.stores import Stores
from storage.rows import ConversationRow


class Blurring:
    """Decides it; what is hidden, and how, is in ``blur``."""

    def __init__(self, stores: Stores, clock: Clock) -> None:
        self._stores, self._clock = stores, clock

    async def of_watched(self, seat: AgentSeat, row: ConversationRow) -> Veil | None:
        """Return what hides a conversation from somebody who watches it; None where nothing is."""
        return await self._veil(row) if await self.is_wanted(seat) else None

    async def is_wanted(self, seat: AgentSeat) -> bool:
        """Tell whether their shop blurs what is watched."""
        shop = await self._stores.shops.get(seat.shop_id)
        return shop is not None and shop.blurs_watched

    async def reading(self, seat: AgentSeat, *rows: ConversationRow) -> list[Veil]:
        """Return what hides those of ``rows`` that they watch now, by whatever road they read."""
        watched = await self.watched(seat)
        return [await self._veil(row) for row in rows if row.id in watched]

    async def in_hand(self, seat: AgentSeat, *rows: ConversationRow) -> list[Veil]:
        """Return what hides those of ``rows`` that others have in hand, in a list of such."""
        if not await self.is_wanted(seat):
            return []
        return [await self._veil(row) for row in rows if row.agent_id != seat.agent_id]

    async def watched(self, seat: AgentSeat) -> set[UUID]:
        """Return what they watch now, if their shop blurs it."""
        if not seat.leads:
            return set()
        return await self._stores.step_ins.blurred_for(seat.agent_id, self._clock.now())

    async def _veil(self, row: ConversationRow) -> Veil:
        visitor = await self._stores.visitors.get(row.visitor_id)
        return Veil.over(row.id, row.visitor_id, visitor)
