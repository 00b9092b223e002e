"""What a test's event loop is held to."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any


class LeapingLoop(asyncio.SelectorEventLoop):
    """Its time stands still while there is anything to do, and leaps to the next who waits for it.

    What comes over a line counts only once it is there: for tests in which nobody is called.
    """

    def __init__(self) -> None:
        self._reached_s = 0.0
        super().__init__(_Leaps(self._leap))

    def time(self) -> float:
        """Return the seconds that were leapt over."""
        return self._reached_s

    def _leap(self, seconds: float) -> None:
        self._reached_s += seconds


class _Leaps(selectors.DefaultSelector):
    """Waits for nothing for a time, but lets the time pass."""

    def __init__(self, leap: Callable[[float], None]) -> None:
        super().__init__()
        self._leap = leap

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select()
        ready = super().select(0)
        if not ready:
            self._leap(timeout)
        return ready


@asynccontextmanager
async def no_failure_goes_unseen() -> AsyncIterator[None]:
    """Fail when the running loop reported an exception that nobody caught."""
    failures: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: failures.append(context))
    yield
    loop.set_exception_handler(None)
    assert not failures, failures
