"""Who watches which shop, and what they are told: read twice a second, whatever the load.

PostgreSQL is asked what has changed, not the bus: what a lost message would hide is seen half a
second later. One reading serves all who watch a shop from this node.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from server.protocol.live import LiveBoard
from server.services.clock import Clock
from server.services.desk import Listener
from server.services.fanout import Fanout
from server.services.live.board import Board
from server.services.rooms import live_room
from server.services.seats import AgentSeat
from storage.errors import StorageError
from storage.live import Live
from storage.shops import Shops

TICK_S = 0.5
OVERLAP_TICKS = 6
"""Events of the last three seconds are read again: a number may be drawn before it is seen."""

SLOW_TICKS = 4
WHOLE_TICKS = 60
TARGET_S = 20
"""Within so many seconds counts as in time where a queue promises nothing."""

log = structlog.get_logger()


class Online(Protocol):
    """Which agents are here."""

    async def online(self, shop_id: UUID) -> set[UUID]:
        """Return the agents of a shop who are connected, to any node."""
        ...


@dataclass(slots=True)
class _Watched:
    """A shop that somebody watches from here."""

    board: Board = field(default_factory=Board)
    watchers: set[str] = field(default_factory=set[str])
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    ticks: int = 0


class LiveView:
    """The live views of this node."""

    def __init__(
        self, live: Live, shops: Shops, online: Online, fanout: Fanout, clock: Clock, node: str
    ) -> None:
        self._live, self._shops, self._online = live, shops, online
        self._fanout, self._clock, self._node = fanout, clock, node
        self._watched: dict[UUID, _Watched] = {}
        self._newest: deque[int] = deque(maxlen=OVERLAP_TICKS)

    async def watch(self, seat: AgentSeat, listener: Listener) -> LiveBoard:
        """Show the shop of somebody who leads, and let them hear how it changes."""
        seat.must_lead()
        watched = self._watched.setdefault(seat.shop_id, _Watched())
        watched.watchers.add(listener.id)
        try:
            async with watched.turn:
                if not watched.board.version:
                    if not self._newest:  # what happens while it is read is read again
                        self._newest.append(await self._live.newest())
                    await self._read_whole(seat.shop_id, watched.board)
                    watched.board.changes(self._clock.now(), even_none=True)
                listener.join(self._room(seat.shop_id))
                return watched.board.whole(self._clock.now())
        except BaseException:
            self._strike(seat.shop_id, listener.id)
            raise

    def leave(self, seat: AgentSeat, listener: Listener) -> None:
        """Let them hear it no longer."""
        listener.leave(self._room(seat.shop_id))
        self._strike(seat.shop_id, listener.id)

    def gone(self, seat: AgentSeat, session_id: str) -> None:
        """Forget a session that is over."""
        self._strike(seat.shop_id, session_id)

    async def run(self) -> None:
        """Look, for ever, while somebody watches."""
        while True:
            await self._clock.sleep_until(self._clock.monotonic() + TICK_S)
            try:
                await self.tick()
            except StorageError as error:
                log.warning("live_view_unreadable", error=type(error).__name__)

    async def tick(self) -> None:
        """Look once, and tell those who watch what has changed."""
        if not self._watched:
            self._newest.clear()
            return
        shop_ids = list(self._watched)
        until = await self._live.newest()
        after = self._newest[0] if self._newest else until
        self._newest.append(until)
        changed = await self._live.changed(shop_ids, after, until) if after < until else []
        for shop_id in shop_ids:
            watched = self._watched.get(shop_id)
            if watched is not None and watched.board.version:
                async with watched.turn:
                    watched.board.put(row for row in changed if row.shop_id == shop_id)
                    await self._look(shop_id, watched)

    async def _look(self, shop_id: UUID, watched: _Watched) -> None:
        board = watched.board
        watched.ticks += 1
        is_slow = watched.ticks % SLOW_TICKS == 0
        if watched.ticks % WHOLE_TICKS == 0:
            await self._read_whole(shop_id, board)
        elif is_slow:
            board.put(await self._live.in_hand(shop_id))
            await self._read_people(shop_id, board)
            await self._read_queues(shop_id, board)
        elif watched.ticks % 2 == 0:
            await self._read_people(shop_id, board)
        news = board.changes(self._clock.now(), even_none=is_slow)
        if news is not None:
            self._fanout.tell(self._room(shop_id), "live:changed", news, audience="agents")

    async def _read_whole(self, shop_id: UUID, board: Board) -> None:
        board.put_all(await self._live.open_talks(shop_id))
        await self._read_people(shop_id, board)
        await self._read_queues(shop_id, board)

    async def _read_people(self, shop_id: UUID, board: Board) -> None:
        board.put_agents(await self._live.agents(shop_id), await self._online.online(shop_id))

    async def _read_queues(self, shop_id: UUID, board: Board) -> None:
        shop = await self._shops.get(shop_id)
        if shop is None:
            return
        today = _midnight(self._clock.now(), shop.time_zone)
        board.put_queues(await self._live.queues(shop_id, today, TARGET_S))

    def _room(self, shop_id: UUID) -> str:
        return live_room(shop_id, self._node)

    def _strike(self, shop_id: UUID, session_id: str) -> None:
        watched = self._watched.get(shop_id)
        if watched is not None:
            watched.watchers.discard(session_id)
            if not watched.watchers:
                del self._watched[shop_id]


def _midnight(now: datetime, time_zone: str) -> datetime:
    """Return when today began where the shop is."""
    return now.astimezone(ZoneInfo(time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
