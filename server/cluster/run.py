"""Runs several nodes and their balancer until told to stop, then ends the nodes one by one."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from server.cluster.balancer import Backend, Balancer
from server.cluster.child import ChildNode, Start
from server.places import PROJECT
from server.settings import Settings

LOOPBACK = "127.0.0.1"
NOTICE_S = 0.3  # a little more than the balancer takes to notice

Started = Callable[[int, Sequence[ChildNode]], None]


class Cluster:
    """Nodes 1 to ``count`` on free loopback ports, and one address in front of them."""

    def __init__(
        self,
        settings: Settings,
        count: int,
        say: Callable[[str], None],
        started: Started,
        program: Path = PROJECT,
    ) -> None:
        self._settings, self._say, self._started = settings, say, started
        self._program = program
        self._backends = [Backend(LOOPBACK, port) for port in free_ports(count)]
        self._balancer = Balancer(self._backends)

    async def run(self, stop: asyncio.Event, watch: Callable[[], Awaitable[None]] | None) -> None:
        """Serve until ``stop`` is set. ``watch`` keeps the servers underneath alive."""
        port = await self._balancer.open(self._settings.host, self._settings.port)
        named = {
            "host": LOOPBACK,
            "port": port,
            "data_dir": self._settings.data_dir.absolute(),
            "drain_notice_s": NOTICE_S,
        }
        start = Start(self._settings.model_copy(update=named), self._say, self._program)
        numbered = enumerate(self._backends, start=1)
        nodes = [ChildNode(number, backend, start) for number, backend in numbered]
        try:
            async with asyncio.TaskGroup() as group:
                jobs = [group.create_task(self._balancer.watch())]
                jobs += [] if watch is None else [group.create_task(_for_ever(watch))]
                for node in nodes:
                    group.create_task(node.run())
                await self._until_ready(stop)
                if not stop.is_set():
                    self._started(port, nodes)
                await stop.wait()
                for node in nodes:
                    await node.stop()
                for job in jobs:
                    job.cancel()
        finally:
            for node in nodes:
                node.kill()
            await self._balancer.close()

    async def _until_ready(self, stop: asyncio.Event) -> None:
        """Return when every node has been ready, or ``stop`` is set."""
        ready = asyncio.gather(*(each.was_ready.wait() for each in self._backends))
        stopped = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({ready, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
            stopped.cancel()
            await asyncio.gather(ready, stopped, return_exceptions=True)


async def _for_ever(watch: Callable[[], Awaitable[None]]) -> None:
    await watch()


def free_ports(count: int) -> list[int]:
    """Return ports of this machine that nobody uses at the moment."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()
