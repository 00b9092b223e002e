"""Reads what the host knows: facts from PostgreSQL, presence from whoever has it."""

from collections.abc import Callable
from uuid import UUID

import structlog

from server.services.assignment.board import Board
from server.services.assignment.facts import queue_facts
from server.services.assignment.pokes import Touched
from server.services.assignment.ports import AgentsHere, Facts, HandleTimes, Shops
from server.services.assignment.speeds import learnt
from server.services.clock import Clock
from storage.errors import StorageError
from storage.handling import Handled
from storage.people import ShopFacts

TRAFFIC_S = 30.0
"""How often it is counted what comes and how long it takes."""

SPEEDS_S = 600.0
"""How often it is learnt how fast each agent is."""

IDLE_S = 5.0
"""How soon a node begins to learn once it is the host."""

log = structlog.get_logger()


class Library:
    """Fills boards."""

    def __init__(
        self, shops: Shops, facts: Facts, handling: HandleTimes, here: AgentsHere, clock: Clock
    ) -> None:
        self._shops, self._facts, self._handling = shops, facts, handling
        self._here, self._clock = here, clock
        self._handled: dict[UUID, list[Handled]] = {}

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
        facts = await self._facts.shop(shop_id)
        self._put_speeds(board, facts)
        return board, board.put_all(facts)

    async def refresh(self, board: Board, touched: Touched) -> None:
        """Read only what was touched; all, where somebody waits in a queue nobody told of."""
        if touched.presence:
            await self.refresh_presence(board)
        if touched.agents:
            board.put_agents(await self._facts.agents(list(touched.agents)), touched.agents)
        if touched.waiting:
            ids = list(touched.waiting)
            offers, waiting = await self._facts.offers(ids), await self._facts.waiting(ids)
            if not board.knows_queues_of(waiting):
                await self.read(board.shop.id, board)
                return
            board.put_offers(offers, ids)
            board.put_waiting(waiting, ids)

    async def keep_learning(self, is_host: Callable[[], bool]) -> None:
        """Learn for ever, as long as this node is the host; beside its work, for it takes long."""
        while True:
            if is_host():
                await self.learn()
            pause_s = SPEEDS_S if is_host() else IDLE_S
            await self._clock.sleep_until(self._clock.monotonic() + pause_s)

    async def learn(self) -> None:
        """Read how long each agent takes for what; boards hear of it when they are read next."""
        try:
            shop_ids = await self.shop_ids()
        except StorageError as error:
            log.warning("speeds_not_learnt", error=repr(error))
            return
        for shop_id in shop_ids:
            try:
                now = self._clock.now()
                self._handled[shop_id] = await self._handling.by_agent(shop_id, now)
            except StorageError as error:
                log.warning("speeds_not_learnt", shop=str(shop_id), error=repr(error))
            except Exception:  # the trouble of one shop; routing goes on as it did
                log.exception("speeds_not_learnt", shop=str(shop_id))

    def _put_speeds(self, board: Board, facts: ShopFacts) -> None:
        handled = self._handled.get(board.shop.id)
        if handled is None or board.handled is handled:
            return
        queues = {str(queue.id): queue for queue in facts.queues}
        board.handled = handled
        board.put_speeds(
            learnt(handled, [queue_facts(each, queues, None) for each in facts.queues])
        )

    async def refresh_presence(self, board: Board) -> None:
        """Ask who is here."""
        until = await self._here.until(board.shop.id)
        board.put_presence(until, self._clock.now().timestamp())
