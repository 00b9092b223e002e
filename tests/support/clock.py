"""A clock that stands still until a test moves it."""

from __future__ import annotations

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday morning
TURNS = 20


class FakeClock:
    """Keeps the promise of ``server.services.clock.Clock``; time passes only in ``advance``."""

    def __init__(self, start: datetime = START) -> None:
        self._start = start
        self._elapsed_s = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()

    def now(self) -> datetime:
        """Return the time of day the test has reached."""
        return self._start + timedelta(seconds=self._elapsed_s)

    def monotonic(self) -> float:
        """Return the seconds the test has let pass."""
        return self._elapsed_s

    async def sleep_until(self, when: float) -> None:
        """Wait until a test has advanced to ``when``."""
        if when <= self._elapsed_s:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (when, next(self._order), woken))
        await woken

    async def follow(self, read: object) -> None:
        """Follow nobody: only a test moves it."""
        await asyncio.get_running_loop().create_future()

    @property
    def sleeping(self) -> int:
        """How many are waiting for time to pass."""
        return sum(not woken.done() for _, _, woken in self._sleepers)

    async def advance(self, seconds: float) -> None:
        """Let time pass: wake sleepers one by one, in order, each at the moment it asked for."""
        until = self._elapsed_s + seconds
        await self.settle()
        while self._sleepers and self._sleepers[0][0] <= until:
            when, _, woken = heapq.heappop(self._sleepers)
            self._elapsed_s = max(self._elapsed_s, when)
            if not woken.done():
                woken.set_result(None)
                await self.settle()
        self._elapsed_s = until
        await self.settle()

    async def settle(self) -> None:
        """Let everything that is ready to run do so."""
        for _ in range(TURNS):
            await asyncio.sleep(0)
