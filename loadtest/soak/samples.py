"""What is looked at every few seconds: memory and files of each process, what the sweep found."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from loadtest.bench.processes import PROC, child, children, open_files, resident_bytes
from loadtest.chaos.cluster import Cluster
from loadtest.chaos.node import Node
from server.embedded.layout import Layout

KB = 1000
POSTGRES = "postgres"


class Sample(Struct, frozen=True):
    """A process at a moment. ``files`` of a node are those beyond its clients' sockets.

    Of PostgreSQL it is the mean of its processes, and how many there are instead of files.
    """

    minute: float
    kb: float
    files: float


class Sampler:
    """Looks at every node, at Valkey, and at PostgreSQL with all its processes."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster, self._begun_s = cluster, time.monotonic()
        pid_file = Layout(cluster.root).postgres_data / "postmaster.pid"
        self._postgres = int(pid_file.read_text().splitlines()[0])
        self._valkey = child(cluster.services.keeper_pid, "valkey-server")
        self.samples: dict[str, list[Sample]] = {}
        self.swept = self.failed = 0.0

    async def run(self, every_s: float) -> None:
        """Look again and again, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(every_s)

    async def look(self) -> None:
        """Look once."""
        minute = (time.monotonic() - self._begun_s) / 60
        nodes = self._cluster.nodes
        for node in nodes:
            pid, sockets = node.pid, await node.metric("kefu_sockets")
            self._note(f"node {node.number + 1}", minute, _kb(pid), open_files(pid) - sockets)
        self._note("valkey", minute, _kb(self._valkey), open_files(self._valkey))
        family = [self._postgres, *children(self._postgres)]
        own_kb = sum(map(_own_kb, family)) / len(family)
        self._note(POSTGRES, minute, own_kb, len(family))
        self.swept = await _sum(nodes, "kefu_route_swept_total")
        self.failed = await _sum(nodes, "kefu_route_failed_total")

    def _note(self, name: str, minute: float, kb: float, files: float) -> None:
        self.samples.setdefault(name, []).append(Sample(minute, kb, files))


async def _sum(nodes: list[Node], name: str) -> float:
    return sum([await node.metric(name) for node in nodes])


def _kb(pid: int) -> float:
    return resident_bytes(pid) / KB


def _own_kb(pid: int) -> float:
    """Return what a process has for itself: shared buffers would count once for each."""
    return _status(PROC / str(pid)).get("RssAnon", 0) * 1024 / KB


def _status(folder: Path) -> Mapping[str, int]:
    try:
        lines = (folder / "status").read_text().splitlines()
    except OSError:  # it has just ended
        return {}
    named = (line.split(":", 1) for line in lines if line.endswith(" kB"))
    return {name: int(value.split()[0]) for name, value in named}
