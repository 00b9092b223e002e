"""Who reads what without its personal data: those who watch, in shops that say so."""

from collections.abc import Iterable
from uuid import UUID

from server.services.blur import DOT, ShapeT, Veil, through, unveiled
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

    async def veiled(self, seat: AgentSeat, faces: Iterable[tuple[UUID, ShapeT]]) -> list[ShapeT]:
        """Return faces, each with its customer, as they look to somebody who watches some of these.

        It is the customer who is hidden, whichever of their conversations a face is of.
        """
        veils = await self._customers(seat)
        return [
            through([veils[customer]], face) if customer in veils else face
            for customer, face in faces
        ]

    async def of_customer(self, seat: AgentSeat, conversation_id: UUID) -> Veil | None:
        """Return what hides the customer of a conversation, if it is one whom they watch now."""
        veils = await self._customers(seat)
        row = await self._stores.conversations.get(conversation_id) if veils else None
        return None if row is None else veils.get(row.visitor_id)

    async def written(
        self, seat: AgentSeat, customer_id: UUID, texts: tuple[str, str], field: str
    ) -> str:
        """Return what is to be stored of ``texts``: as it is given, and as it stood until now.

        Whoever watched read it blurred, and may do so no longer; what is hidden is never stored.
        """
        given, stored = texts
        if DOT not in given or given == stored or not await self.is_wanted(seat):
            return given
        customer = await self._stores.visitors.get(customer_id)
        return unveiled(given, stored, Veil.over("", customer_id, customer), field)

    async def _customers(self, seat: AgentSeat) -> dict[UUID, Veil]:
        """Return what hides the customers whom they watch now, by customer."""
        watched = await self.watched(seat)
        rows = await self._stores.conversations.get_many(watched) if watched else []
        return {row.visitor_id: await self._veil(row) for row in rows}

    async def _veil(self, row: ConversationRow) -> Veil:
        visitor = await self._stores.visitors.get(row.visitor_id)
        return Veil.over(row.id, row.visitor_id, visitor)
