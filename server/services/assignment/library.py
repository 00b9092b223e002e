"""Reads what the host knows: facts from PostgreSQL, presence from whoever has it."""

from uuid import UUID

from server.services.assignment.board import Board
from server.services.assignment.pokes import Touched
from server.services.assignment.ports import AgentsHere, Facts, HandleTimes, Shops
from server.services.clock import Clock

TRAFFIC_S = 30.0
"""How often it is counted what comes and how long it takes."""


class Library:
    """Fills boards."""

    def __init__(
        self, shops: Shops, facts: Facts, handling: HandleTimes, here: AgentsHere, clock: Clock
    ) -> None:
        self._shops, self._facts, self._handling = shops, facts, handling
        self._here, self._clock = here, clock

    async def shop_ids(self) -> list[UUID]:
        """Return all shops."""
        return [shop.id for shop in await self._shops.all()]

    async def read(self, shop_id: UUID, board: Board | None) -> tuple[Board | None, set[UUID]]:
        """Read a shop whole, into its board or a new one; return who was new."""
        shop = await self._shops.get(shop_id)
        if shop is None:
            return None, set()
        board = board or Board(shop)
        board.shop = shop
        if self._clock.monotonic() >= board.traffic_due:
            board.traffic_due = self._clock.monotonic() + TRAFFIC_S
            board.traffic = await self._handling.traffic(shop_id, self._clock.now())
        await self.refresh_presence(board)
        return board, board.put_all(await self._facts.shop(shop_id))

    async def refresh(self, board: Board, touched: Touched) -> None:
        """Read only what was touched."""
        if touched.presence:
            await self.refresh_presence(board)
        if touched.agents:
            board.put_agents(await self._facts.agents(list(touched.agents)), touched.agents)
        if touched.waiting:
            ids = list(touched.waiting)
            board.put_offers(await self._facts.offers(ids), ids)
            board.put_waiting(await self._facts.waiting(ids), ids)

    async def refresh_presence(self, board: Board) -> None:
        """Ask who is here."""
        until = await self._here.until(board.shop.id)
        board.put_presence(until, self._clock.now().timestamp())
