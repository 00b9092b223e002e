"""What is measured: relayed messages and idle sessions, on either server."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import aiohttp

from loadtest.bench.nodes import Served
from loadtest.bench.peer import Peer
from loadtest.bench.processes import cpu_s, family_cpu_s, resident_bytes
from loadtest.bench.talks import Talk, Volume, measure

AT_ONCE = 25
SETTLE_S = 1.0
IDLE_S = 8.0  # two pings
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU for each message, in microseconds; ``postgres_us`` is 0 where nothing is stored."""

    server_us: float
    postgres_us: float
    volume: Volume


@dataclass(frozen=True, slots=True)
class Idle:
    """What a session costs that says nothing: memory, and CPU in microseconds a second (pings)."""

    kb: float
    us_a_second: float


def nothing(name: str, payload: dict[str, object]) -> None:
    """Hear, and do nothing."""


class Scene:
    """Clients of one server. Agents may be at ``other``, another node of the same cluster."""

    def __init__(
        self, http: aiohttp.ClientSession, served: Served, other: Served | None = None
    ) -> None:
        self._http, self.served, self._other = http, served, other
        self._peers: list[Peer] = []

    async def join(
        self,
        namespace: str,
        auth: dict[str, object],
        heard: Callable[[str, dict[str, object]], None] = nothing,
    ) -> Peer:
        """Add a client."""
        served = self._other if self._other is not None and namespace == "/agent" else self.served
        peer = await Peer(namespace, heard).open(self._http, served.url, auth)
        self._peers.append(peer)
        return peer

    async def cost(self, talks: list[Talk], seconds: float) -> Cost:
        """Let everybody talk; return what a message cost the server."""
        served, before = self.served, [0.0, 0.0]

        def spent() -> list[float]:
            stored = family_cpu_s(served.postgres) if served.postgres else 0.0
            there = cpu_s(self._other.pid) if self._other is not None else 0.0
            return [cpu_s(served.pid) + there, stored]

        def begin() -> None:
            before[:] = spent()

        volume = await measure(talks, seconds, begin)
        server_s, postgres_s = (late - early for late, early in zip(spent(), before, strict=True))
        per = 1e6 / volume.messages
        return Cost(server_s * per, postgres_s * per, volume)

    async def idle(self, sessions: int, enter: Callable[[int], Awaitable[Peer]]) -> Idle:
        """Open sessions that say nothing; return what each of them costs the server."""
        before = resident_bytes(self.served.pid)
        await in_turns(sessions, enter)
        await asyncio.sleep(SETTLE_S)
        held, spent = resident_bytes(self.served.pid) - before, cpu_s(self.served.pid)
        await asyncio.sleep(IDLE_S)
        spent = cpu_s(self.served.pid) - spent
        return Idle(held / sessions / 1000, spent * 1e6 / sessions / IDLE_S)

    async def close(self) -> None:
        """Let all clients leave."""
        await asyncio.gather(*(peer.close() for peer in self._peers), return_exceptions=True)


async def in_turns(
    count: int, work: Callable[[int], Awaitable[T]], at_once: int = AT_ONCE
) -> list[T]:
    """Do ``work`` ``count`` times, a few at once."""
    gate = asyncio.Semaphore(at_once)

    async def one(number: int) -> T:
        async with gate:
            return await work(number)

    return await asyncio.gather(*(one(number) for number in range(count)))
