"""Who watches which shop, and what they are told: read twice a second, whatever the load.

PostgreSQL is asked what has changed, not the bus: what a lost message would hide is seen half a
second later. One reading serves all who watch a shop from this node. What takes longer to read is
read beside, a shop for itself, and told with the next look: nobody's news wait for it.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
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
from storage.live import TalkNow

TICK_S = 0.5
OVERLAP_TICKS = 6
"""Events of the last three seconds are read again: a number may be drawn before it is seen."""

SLOW_TICKS = 4
DAY_TICKS = 20
WHOLE_TICKS = 60

BEAT_S = 2.0
"""So often something is told, if only that nothing has changed."""

KEPT_S = 60.0
"""So long a shop is followed after the last who watched it: lines break, and come again at once."""

log = structlog.get_logger()


@dataclass(slots=True)
class _Watched:
    """A shop that somebody watches from here, or did so until ``left_at``.

    ``newest`` are the numbers up to which events were taken over. Talks that were read beside may
    be older than what was taken over meanwhile: events from ``again`` on are read once more, and
    ``landed`` counts how often that was so.
    """

    board: Board = field(default_factory=Board)
    watchers: set[str] = field(default_factory=set[str])
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    newest: deque[int] = field(default_factory=lambda: deque[int](maxlen=OVERLAP_TICKS))
    again: int | None = None
    landed: int = 0
    ticks: int = 0
    told_at: float = 0.0
    left_at: float | None = None
    beside: asyncio.Task[None] | None = None

    @property
    def since(self) -> int:
        """The number of the newest event that needs not be read again."""
        return self.newest[0] if self.again is None else min(self.again, self.newest[0])


class LiveView:
    """The live views of this node."""

    def __init__(self, reading: Reading, fanout: Fanout, clock: Clock, node: str) -> None:
        self._reading, self._fanout = reading, fanout
        self._clock, self._node = clock, node
        self._watched: dict[UUID, _Watched] = {}

    async def watch(self, seat: AgentSeat, listener: Listener) -> LiveBoard:
        """Show the shop of somebody who leads, and let them hear how it changes."""
        seat.must_lead()
        watched = self._watched.setdefault(seat.shop_id, _Watched())
        watched.watchers.add(listener.id)
        watched.left_at = None
        try:
            async with watched.turn:
                if not watched.board.version:
                    # What happens while it is read is read again.
                    newest = await self._reading.newest()
                    await self._reading.whole(seat.shop_id, watched.board)
                    watched.newest.append(newest)
                    watched.board.changes(self._clock.now(), even_none=True)
                    watched.told_at = self._clock.monotonic()
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
        try:
            while True:
                await self._clock.sleep_until(self._clock.monotonic() + TICK_S)
                try:
                    await self.tick()
                except StorageError as error:
                    log.warning("live_view_unreadable", error=type(error).__name__)
                except Exception:  # job boundary: who cannot watch is served all the same
                    log.exception("live_view_unreadable")
        finally:
            for watched in self._watched.values():
                if watched.beside is not None:
                    watched.beside.cancel()

    async def tick(self) -> None:
        """Look once, tell those who watch what has changed, and begin to read what takes longer."""
        self._forget()
        begun = {shop_id: each for shop_id, each in self._watched.items() if each.board.version}
        if not begun:
            return
        until, after = await self._reading.newest(), min(each.since for each in begun.values())
        landed = {shop_id: each.landed for shop_id, each in begun.items()}
        rows = await self._reading.changed(begun, after, until) if after < until else []
        for shop_id, watched in begun.items():
            try:
                # What came in between may be older; half a second later all of it is right.
                if watched.landed == landed[shop_id]:
                    own = [row for row in rows if row.shop_id == shop_id]
                    self._take(shop_id, watched, own, until)
            except Exception:  # job boundary: one shop is no reason to show no other
                log.exception("live_view_not_told", shop=str(shop_id))
            if watched.beside is None or watched.beside.done():
                watched.ticks += 1
                work = self._read_beside(shop_id, watched)
                watched.beside = asyncio.get_running_loop().create_task(work)

    async def settle(self) -> None:
        """Wait until all that is being read beside is read."""
        tasks = [each.beside for each in self._watched.values() if each.beside is not None]
        await asyncio.gather(*tasks)

    def _take(self, shop_id: UUID, watched: _Watched, rows: Sequence[TalkNow], until: int) -> None:
        """Take over what has changed, and tell it."""
        board, now = watched.board, self._clock.monotonic()
        board.put(rows)
        watched.newest.append(until)
        watched.again = None
        news = board.changes(self._clock.now(), even_none=now - watched.told_at >= BEAT_S)
        if news is not None:
            watched.told_at = now
            self._fanout.tell(self._room(shop_id), "live:changed", news, audience="agents")

    async def _read_beside(self, shop_id: UUID, watched: _Watched) -> None:
        try:
            await self._read(shop_id, watched)
        except StorageError as error:
            log.warning("live_view_unreadable", error=type(error).__name__, shop=str(shop_id))
        except Exception:  # job boundary: what fails for one shop is tried again
            log.exception("live_view_unreadable", shop=str(shop_id))

    async def _read(self, shop_id: UUID, watched: _Watched) -> None:
        board, reading, since = watched.board, self._reading, watched.since
        if watched.ticks % WHOLE_TICKS == 0:
            board.put_all(await reading.open_talks(shop_id))
        elif watched.ticks % SLOW_TICKS == 0:
            board.put(await reading.in_hand(shop_id))
        else:
            if watched.ticks % 2 == 0:
                await reading.people(shop_id, board)
            return
        watched.again = since
        watched.landed += 1
        if watched.ticks % DAY_TICKS == 0:
            await reading.days(shop_id, board)
        await reading.slow(shop_id, board)

    def _room(self, shop_id: UUID) -> str:
        return live_room(shop_id, self._node)

    def _strike(self, shop_id: UUID, session_id: str) -> None:
        watched = self._watched.get(shop_id)
        if watched is not None:
            watched.watchers.discard(session_id)
            if not watched.watchers and watched.left_at is None:
                watched.left_at = self._clock.monotonic()

    def _forget(self) -> None:
        """Follow no shop any more that nobody has watched for a while."""
        now = self._clock.monotonic()
        for shop_id, watched in tuple(self._watched.items()):
            if watched.left_at is not None and now - watched.left_at >= KEPT_S:
                del self._watched[shop_id]
