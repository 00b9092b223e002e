"""What is looked at every few seconds: memory and files of each process, what the sweep found."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from loadtest.bench.processes import PROC, child, children, open_files, resident_bytes
from loadtest.chaos.cluster import Cluster
from loadtest.chaos.node import Node, Unanswered
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


class Total:
    """A counter of several nodes, which begins anew whenever one restarts."""

    def __init__(self) -> None:
        self._before = 0.0
        self._last: dict[int, float] = {}

    def saw(self, node: int, count: float) -> None:
        """Take what a node's counter is now."""
        last = self._last.get(node, 0.0)
        if count < last:
            self._before += last
        self._last[node] = count

    @property
    def value(self) -> float:
        """Return how much was counted in all, as far as it was seen."""
        return self._before + sum(self._last.values())


class Sampler:
    """Looks at every node, at Valkey, and at PostgreSQL with all its processes."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster, self._begun_s = cluster, time.monotonic()
        pid_file = Layout(cluster.root).postgres_data / "postmaster.pid"
        self._postgres = int(pid_file.read_text().splitlines()[0])
        self._valkey = child(cluster.services.keeper_pid, "valkey-server")
        self.samples: dict[str, list[Sample]] = {}
        self._swept = Total()
        self._failed = Total()
        self.unanswered: list[str] = []

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
            await self._look_at(node, minute)
        self._note("valkey", minute, _kb(self._valkey), open_files(self._valkey))
        family = [self._postgres, *children(self._postgres)]
        own_kb = sum(map(_own_kb, family)) / len(family)
        self._note(POSTGRES, minute, own_kb, len(family))

    @property
    def swept(self) -> float:
        """Return what only the sweep has found, on all nodes, however often they restarted."""
        return self._swept.value

    @property
    def failed(self) -> float:
        """Return how often routing failed."""
        return self._failed.value

    async def _look_at(self, node: Node, minute: float) -> None:
        """Look at a node; one that does not answer is noted, and is no node that has nothing."""
        try:
            pid, sockets = node.pid, await node.metric("kefu_sockets")
            self._swept.saw(node.number, await node.metric("kefu_route_swept_total"))
            self._failed.saw(node.number, await node.metric("kefu_route_failed_total"))
        except Unanswered as silence:
            self.unanswered.append(f"minute {minute:.1f}: {silence}")
            return
        self._note(f"node {node.number + 1}", minute, _kb(pid), open_files(pid) - sockets)

    def _note(self, name: str, minute: float, kb: float, files: float) -> None:
        self.samples.setdefault(name, []).append(Sample(minute, kb, files))


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
