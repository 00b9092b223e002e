"""Notices who ends without our doing, and what nodes log as errors."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from loadtest.chaos.cluster import Cluster
from loadtest.chaos.conduct import Conduct
from loadtest.chaos.node import Unanswered

UNEXPECTED = frozenset({"error", "critical"})
"""Nodes warn of everything that a fault explains: an error is what nobody thought of."""

BARE = ("Traceback (most recent call last)", "Fatal Python error")
"""How what is no log line begins when a program is at its end."""

FAILURES = ("kefu_route_failed_total",)
"""Counters that stay 0 whatever breaks."""


class Watch:
    """Notes where logs and processes stand, and tells later what has come since."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._read = {path: path.stat().st_size for path in self._logs()}
        self._servers = cluster.servers()

    async def conduct(self, ended: frozenset[str]) -> Conduct:
        """Return what has come since; that servers of these names ended was our doing."""
        died = [death for node in self._cluster.nodes for death in node.deaths()]
        now = self._cluster.servers()
        died += [
            f"{name}: process {pid} ended, now {now.get(name)}"
            for name, pid in self._servers.items()
            if name not in ended and now.get(name) != pid
        ]
        logged = [what for path in self._logs() for what in self._errors(path)]
        return Conduct(died, [*logged, *await self._failures()])

    def _logs(self) -> list[Path]:
        return [node.log for node in self._cluster.nodes if node.log.exists()]

    def _errors(self, path: Path) -> Iterator[str]:
        with path.open("rb") as log:
            log.seek(self._read.get(path, 0))
            yield from (f"{path.stem}: {what}" for what in errors(log.read()))

    async def _failures(self) -> list[str]:
        found: list[str] = []
        for node in self._cluster.nodes:
            for name in FAILURES if node.is_alive else ():
                try:
                    count = await node.metric(name)
                except Unanswered as silence:
                    found.append(f"node-{node.number}: {silence}")
                    continue
                if count:
                    found.append(f"node-{node.number}: {name} {count:.0f}")
        return found


def errors(log: bytes) -> Iterator[str]:
    """Return the errors among lines of a log, each in a line."""
    for line in log.splitlines():
        if line.startswith(b"{"):
            told = _told(line)
            if told.get("level") in UNEXPECTED:
                yield _summary(told)
        elif line.decode(errors="replace").startswith(BARE):
            yield line.decode(errors="replace")


def _told(line: bytes) -> Mapping[str, Any]:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:  # it was killed in the middle of a word
        return {}


def _summary(told: Mapping[str, Any]) -> str:
    """Return what happened, and the last line of its traceback."""
    first = str(told.get("event")).partition("\n")[0]
    last = str(told.get("exception", "")).rstrip().rpartition("\n")[2]
    return f"{first} {last}".rstrip()
