"""Buses in a test, and what they heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from storage.bus import Bus, Pace
from tests.sockets.waiting import until

PACE = Pace(beat_s=0.05, deaf_after_s=0.5)


class Node:
    """A bus that runs, and what it heard."""

    def __init__(self, url: str, realm: str) -> None:
        self.bus = Bus(url, realm=realm, pace=PACE)
        self.heard: list[tuple[str, bytes]] = []
        self.recovered = 0
        self.bus.on_recovered(self._recover)

    def listen(self, *channels: str) -> None:
        for channel in channels:
            self.bus.listen(channel, lambda *said: self.heard.append(said))

    async def hears(self, *channels: str) -> None:
        await until(lambda: all(self.bus.hears(channel) for channel in channels))

    def _recover(self) -> None:
        self.recovered += 1


@asynccontextmanager
async def running(*buses: Bus) -> AsyncIterator[None]:
    """Run them meanwhile."""
    tasks = [asyncio.create_task(bus.run()) for bus in buses]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(each, asyncio.CancelledError) for each in ended), ended


@asynccontextmanager
async def nodes(url: str, realm: str, many: int = 2) -> AsyncIterator[list[Node]]:
    """Nodes that know of each other."""
    opened = [Node(url, realm) for _ in range(many)]
    async with running(*(node.bus for node in opened)):
        await until(lambda: all(_is_settled(node.bus, many) for node in opened))
        yield opened


def _is_settled(bus: Bus, many: int) -> bool:
    return not bus.health.deaf and bus.neighbours == many - 1


async def passes(one: Node, other: Node, *channels: str) -> None:
    """Have something said on each channel until it is heard, as clients do who find gaps."""
    for channel in channels:
        words = f"{channel} {len(other.heard)}".encode()

        def is_heard(said: tuple[str, bytes] = (channel, words)) -> bool:
            one.bus.publish(*said)
            return said in other.heard

        await until(is_heard)


async def eventually(is_true: Callable[[], Awaitable[bool]], within_s: float = 8.0) -> None:
    """Return as soon as the answer is yes."""
    async with asyncio.timeout(within_s):
        while not await is_true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
