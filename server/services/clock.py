"""Time, as everybody here agrees on it: the database's clock, read without asking the database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol

import structlog

from storage.errors import StorageUnavailable

MEASUREMENTS = 5
FOLLOW_S = 10.0
NOTABLE_S = 1.0

log = structlog.get_logger()


class Clock(Protocol):
    """What time it is. Nothing else in the services looks at a clock."""

    def now(self) -> datetime:
        """Return the time of day, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        ...

    async def sleep_until(self, when: float) -> None:
        """Return once ``monotonic()`` has reached ``when``."""
        ...

    async def follow(self, read: Callable[[], Awaitable[datetime]]) -> None:
        """Stay with the clock that ``read`` tells, for ever."""
        ...


class SystemClock:
    """The machine's steady clock, set by the database so that all nodes agree."""

    def __init__(self) -> None:
        self._offset_s = time.time() - time.monotonic()

    def now(self) -> datetime:
        """Return the database's time of day, in UTC."""
        return datetime.fromtimestamp(time.monotonic() + self._offset_s, UTC)

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()

    async def sleep_until(self, when: float) -> None:
        """Return once ``monotonic()`` has reached ``when``."""
        await asyncio.sleep(max(0.0, when - time.monotonic()))

    async def set_by(self, read: Callable[[], Awaitable[datetime]]) -> float:
        """Take over the clock that ``read`` tells; return by how many seconds we were off.

        The quickest of a few answers counts. A difference that the way there and back could
        explain is left alone, so that time does not jitter.
        """
        best_s, theirs_s = float("inf"), 0.0
        for _ in range(MEASUREMENTS):
            before = time.monotonic()
            moment = await read()
            took_s = time.monotonic() - before
            if took_s < best_s:
                best_s, theirs_s = took_s, moment.timestamp() - (before + took_s / 2)
        off_s = theirs_s - self._offset_s
        if abs(off_s) > best_s / 2:
            self._offset_s = theirs_s
        return off_s

    async def follow(
        self, read: Callable[[], Awaitable[datetime]], every_s: float = FOLLOW_S
    ) -> None:
        """Set it again and again: the steady clock stands still while the machine sleeps.

        A job: it never returns.
        """
        while True:
            await asyncio.sleep(every_s)
            try:
                off_s = await self.set_by(read)
            except StorageUnavailable:
                continue
            if abs(off_s) > NOTABLE_S:
                log.warning("clock_was_off", seconds=round(off_s, 1))
