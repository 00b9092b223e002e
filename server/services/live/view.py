"""Who watches which shop, and what they are told: read twice a second, whatever the load.

PostgreSQL is asked what has changed, not the bus: what a lost message would hide is seen half a
second later. One reading serves all who watch a shop from this node.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from server.protocol.live import LiveBoard
from server.services.clock import Clock
from server.services.desk import Listener
from server.services.fanout import Fanout
from server.services.live.board import Board
from server.services.live.reading import Reading
from server.services.rooms import live_room
from server.services.seats import AgentSeat
from storage.errors import StorageError

TICK_S = 0.5
OVERLAP_TICKS = 6
"""Events of the last three seconds are read again: a number may be drawn before it is seen."""

SLOW_TICKS = 4
DAY_TICKS = 20
WHOLE_TICKS = 60

log = structlog.get_logger()


@dataclass(slots=True)
class _Watched:
    """A shop that somebody watches from here."""

    board: Board = field(default_factory=Board)
    watchers: set[str] = field(default_factory=set[str])
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    ticks: int = 0


class LiveView:
    """The live views of this node."""

    def __init__(self, reading: Reading, fanout: Fanout, clock: Clock, node: str) -> None:
        self._reading, self._fanout = reading, fanout
        self._clock, self._node = clock, node
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
                        self._newest.append(await self._reading.newest())
                    await self._reading.whole(seat.shop_id, watched.board)
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
        until = await self._reading.newest()
        after = self._newest[0] if self._newest else until
        self._newest.append(until)
        begun = {shop_id: each for shop_id, each in self._watched.items() if each.board.version}
        changed = await self._reading.changed(begun, after, until) if after < until else []
        for shop_id, watched in begun.items():
            async with watched.turn:
                watched.board.put(row for row in changed if row.shop_id == shop_id)
                await self._look(shop_id, watched)

    async def _look(self, shop_id: UUID, watched: _Watched) -> None:
        board, reading = watched.board, self._reading
        watched.ticks += 1
        is_slow = watched.ticks % SLOW_TICKS == 0
        if watched.ticks % WHOLE_TICKS == 0:
            await reading.whole(shop_id, board)
        elif is_slow:
            if watched.ticks % DAY_TICKS == 0:
                await reading.days(shop_id, board)
            await reading.slow(shop_id, board)
        elif watched.ticks % 2 == 0:
            await reading.people(shop_id, board)
        news = board.changes(self._clock.now(), even_none=is_slow)
        if news is not None:
            self._fanout.tell(self._room(shop_id), "live:changed", news, audience="agents")

    def _room(self, shop_id: UUID) -> str:
        return live_room(shop_id, self._node)

    def _strike(self, shop_id: UUID, session_id: str) -> None:
        watched = self._watched.get(shop_id)
        if watched is not None:
            watched.watchers.discard(session_id)
            if not watched.watchers:
                del self._watched[shop_id]
