"""Reads what the host knows: facts from PostgreSQL, presence from whoever has it."""

from collections.abc import Callable
from uuid import UUID

import structlog

from server.services.assignment.board import Board
from server.services.assignment.facts import queue_facts
from server.services.assignment.pokes import Touched
from server.services.assignment.ports import AgentsHere, Facts, HandleTimes, Shops, Speeds
from server.services.assignment.speeds import learnt
from server.services.clock import Clock
from storage.errors import StorageError

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
        self,
        shops: Shops,
        facts: Facts,
        handling: HandleTimes,
        speeds: Speeds,
        here: AgentsHere,
        clock: Clock,
    ) -> None:
        self._shops, self._facts, self._handling = shops, facts, handling
        self._speeds, self._here, self._clock = speeds, here, clock
        self._learnt: dict[UUID, int | None] = {}

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
        speeds = await self._speeds.other_than(shop_id, board.speeds_version)
        if speeds is not None:
            board.put_speeds(speeds)
        return board, board.put_all(await self._facts.shop(shop_id))

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

    async def keep_learning(
        self, is_host: Callable[[], bool], touched: Callable[[UUID], None]
    ) -> None:
        """Learn for ever, as long as this node is the host; beside its work, for it takes long."""
        while True:
            if is_host():
                for shop_id in await self.learn():
                    touched(shop_id)
            pause_s = SPEEDS_S if is_host() else IDLE_S
            await self._clock.sleep_until(self._clock.monotonic() + pause_s)

    async def learn(self) -> list[UUID]:
        """Learn how long each agent takes for what; return the shops where that is news.

        It is kept where every node reads it with the board.
        """
        news: list[UUID] = []
        try:
            shop_ids = await self.shop_ids()
        except StorageError as error:
            log.warning("speeds_not_learnt", error=repr(error))
            return news
        for shop_id in shop_ids:
            try:
                if await self._learn(shop_id):
                    news.append(shop_id)
            except StorageError as error:
                log.warning("speeds_not_learnt", shop=str(shop_id), error=repr(error))
            except Exception:  # the trouble of one shop; routing goes on as it did
                log.exception("speeds_not_learnt", shop=str(shop_id))
        return news

    async def _learn(self, shop_id: UUID) -> bool:
        now = self._clock.now()
        handled = await self._handling.by_agent(shop_id, now)
        found = await self._facts.queues(shop_id)
        queues = {str(queue.id): queue for queue in found}
        speeds = learnt(handled, [queue_facts(each, queues, None) for each in found])
        version = await self._speeds.keep(shop_id, speeds, now)
        known, self._learnt[shop_id] = self._learnt.get(shop_id), version
        return version != known

    async def refresh_presence(self, board: Board) -> None:
        """Ask who is here."""
        until = await self._here.until(board.shop.id)
        board.put_presence(until, self._clock.now().timestamp())
