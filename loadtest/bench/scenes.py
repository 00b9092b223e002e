"""Clients of one server, or of several nodes of it, and what they cost."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import cycle
from typing import TypeVar

import aiohttp
from msgspec import Struct

from loadtest.bench.nodes import Served
from loadtest.bench.peer import Line, Peer
from loadtest.bench.processes import cpu_s, family_cpu_s, resident_bytes
from loadtest.bench.talks import Pace, Talk, Volume, measure

AT_ONCE = 25
SETTLE_S = 1.0
IDLE_S = 8.0  # two pings
T = TypeVar("T")


class Cost(Struct, frozen=True):
    """CPU for each message, in microseconds: of all nodes together, of PostgreSQL, of Valkey.

    ``busy_ratio`` is the busiest node's CPU as a share of one core.
    """

    server_us: float
    postgres_us: float
    valkey_us: float
    busy_ratio: float
    volume: Volume

    @property
    def stored_us(self) -> float:
        """Nodes and PostgreSQL together."""
        return self.server_us + self.postgres_us

    @property
    def all_us(self) -> float:
        """All processes together."""
        return self.stored_us + self.valkey_us


class Idle(Struct, frozen=True):
    """What a session costs: to connect, and then each second; CPU in microseconds of the server."""

    sessions: int
    kb: float
    us_a_second: float
    connect_us: float
    connects_per_s: float


def nothing(name: str, payload: dict[str, object]) -> None:
    """Hear, and do nothing."""


class Scene:
    """Customers are at the first node, agents at the others, so that every message must cross."""

    def __init__(
        self, http: aiohttp.ClientSession, nodes: Sequence[Served], line: type[Line] = Peer
    ) -> None:
        self.http, self.nodes, self._line = http, nodes, line
        self._elsewhere = cycle(nodes[1:] or nodes)
        self._lines: list[Line] = []

    @property
    def served(self) -> Served:
        """The first node."""
        return self.nodes[0]

    async def join(
        self,
        namespace: str,
        auth: dict[str, object],
        heard: Callable[[str, dict[str, object]], None] = nothing,
        http: aiohttp.ClientSession | None = None,
    ) -> Line:
        """Add a client, from another address if ``http`` comes from there."""
        served = next(self._elsewhere) if namespace == "/agent" else self.served
        line = await self._line(namespace, heard).open(http or self.http, served.url, auth)
        self._lines.append(line)
        return line

    async def cost(self, talks: Sequence[Talk], pace: Pace, seconds: float) -> Cost:
        """Let everybody talk; return what a message cost."""
        before = list[float]()
        volume = await measure(talks, pace, seconds, lambda: before.extend(self.spent_s()))
        spent = [late - early for late, early in zip(self.spent_s(), before, strict=True)]
        postgres_s, valkey_s, *nodes_s = spent
        per = 1e6 / volume.messages
        return Cost(
            server_us=sum(nodes_s) * per,
            postgres_us=postgres_s * per,
            valkey_us=valkey_s * per,
            busy_ratio=max(nodes_s) / volume.seconds,
            volume=volume,
        )

    def spent_s(self) -> list[float]:
        """Return the CPU time of PostgreSQL, of Valkey and of each node until now."""
        served = self.served
        postgres_s = family_cpu_s(served.postgres) if served.postgres else 0.0
        valkey_s = cpu_s(served.valkey) if served.valkey else 0.0
        return [postgres_s, valkey_s, *(cpu_s(node.pid) for node in self.nodes)]

    async def idle(
        self, sessions: int, enter: Callable[[int], Awaitable[object]], rest_s: float = IDLE_S
    ) -> Idle:
        """Open sessions that say nothing; return what each of them costs the first node."""
        pid, loop = self.served.pid, asyncio.get_running_loop()
        held, spent, begun = resident_bytes(pid), cpu_s(pid), loop.time()
        await in_turns(sessions, enter)
        connecting_s, took_s = cpu_s(pid) - spent, loop.time() - begun
        await asyncio.sleep(SETTLE_S)
        held, spent = resident_bytes(pid) - held, cpu_s(pid)
        await asyncio.sleep(rest_s)
        resting_s = cpu_s(pid) - spent
        return Idle(
            sessions=sessions,
            kb=held / sessions / 1000,
            us_a_second=resting_s * 1e6 / sessions / rest_s,
            connect_us=connecting_s * 1e6 / sessions,
            connects_per_s=sessions / took_s,
        )

    async def close(self) -> None:
        """Let all clients leave."""
        await asyncio.gather(*(line.close() for line in self._lines), return_exceptions=True)
        self._lines.clear()


async def in_turns(
    count: int, work: Callable[[int], Awaitable[T]], at_once: int = AT_ONCE
) -> list[T]:
    """Do ``work`` ``count`` times, a few at once."""
    gate = asyncio.Semaphore(at_once)

    async def one(number: int) -> T:
        async with gate:
            return await work(number)

    return await asyncio.gather(*(one(number) for number in range(count)))
