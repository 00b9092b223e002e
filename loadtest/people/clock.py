"""The time people look at, sleep by and wait with; a test brings a clock of its own."""

import threading
import time
from collections.abc import Callable
from queue import Empty, Queue
from typing import Protocol, TypeVar

T = TypeVar("T")


class Clock(Protocol):
    """Time as people need it, in seconds."""

    def now(self) -> float:
        """Return the time, since whenever."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        ...

    def get(self, heard: Queue[T], within_s: float) -> T | None:
        """Return what is heard next; None when there is nothing in time."""
        ...

    def begin(self, work: Callable[..., None], *given: object) -> None:
        """Let something go on beside what goes on here."""
        ...


class OwnClock:
    """The machine's own clock; where locust has patched them, threads are greenlets."""

    def now(self) -> float:
        """Return the time since the machine was started."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds)

    def get(self, heard: Queue[T], within_s: float) -> T | None:
        """Return what is heard next; None when there is nothing in time."""
        try:
            return heard.get(timeout=within_s)
        except Empty:
            return None

    def begin(self, work: Callable[..., None], *given: object) -> None:
        """Start a thread, which ends with the program at the latest."""
        threading.Thread(target=work, args=given, daemon=True).start()
