"""One clock for all connections: who is pinged when, and who was silent for too long."""

import asyncio
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class Beating(Protocol):
    """Something with a place on the wheel."""

    slot: int


BeatingT = TypeVar("BeatingT", bound=Beating)


class Pulse(Generic[BeatingT]):
    """A wheel of slots that turns once in ``period_s``; each connection is visited once a turn.

    ``now`` is the time of the last step in seconds, cheap to read and at most one step old.
    """

    def __init__(self, period_s: float, visit: Callable[[BeatingT], None]) -> None:
        self._step_s = min(0.1, period_s / 4)
        self._slots: list[set[BeatingT]] = [set() for _ in range(round(period_s / self._step_s))]
        self._visit = visit
        self._at = 0
        self._next = 0
        self.now = time.monotonic()

    def add(self, item: BeatingT) -> None:
        """Give ``item`` a place; neighbours in time get places apart, so that pings spread."""
        item.slot = self._next
        self._next = (self._next + 1) % len(self._slots)
        self._slots[item.slot].add(item)

    def discard(self, item: BeatingT) -> None:
        """Take ``item`` off the wheel."""
        self._slots[item.slot].discard(item)

    async def run(self) -> None:
        """Turn the wheel for ever, on time: what a busy node was late for is made up for.

        Clients wait for pings as long as they were told, however busy we are.
        """
        at = time.monotonic()
        while True:
            await asyncio.sleep(self._step_s)
            steps = int((time.monotonic() - at) / self._step_s)
            at += steps * self._step_s
            for _ in range(min(steps, len(self._slots))):
                self.step()

    def step(self) -> None:
        """Visit the connections of the next slot."""
        self.now = time.monotonic()
        for item in tuple(self._slots[self._at]):
            self._visit(item)
        self._at = (self._at + 1) % len(self._slots)
