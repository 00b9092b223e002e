"""Nodes on loopback ports, and their durable PostgreSQL and Valkey, which can be killed as well."""

import asyncio
import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from loadtest.bench.processes import PROC
from loadtest.chaos.node import Node
from server.embedded.layout import Layout, Services
from server.embedded.membership import Membership, Options, join
from storage.database import Database, Limits
from storage.migrate import migrate

TAKE_OVER_S = 30.0


@dataclass(slots=True)
class Cluster:
    """What can be broken, and ``db``, which looks past everything that is."""

    nodes: list[Node]
    services: Services
    root: Path
    secret: str
    db: Database
    membership: Membership

    async def host(self) -> Node:
        """Return the node that hosts the routing, as soon as there is one."""
        async with asyncio.timeout(TAKE_OVER_S):
            while True:
                for node in self.nodes:
                    if await node.is_hosting():
                        return node
                await asyncio.sleep(0.1)

    async def start(self, node: Node) -> None:
        """Start a node."""
        await node.start(self.secret)

    async def kill_postgres(self) -> None:
        """Kill PostgreSQL's postmaster; its keeper starts it again, with recovery."""
        pid_file = Layout(self.root).postgres_data / "postmaster.pid"
        os.kill(int(pid_file.read_text().splitlines()[0]), signal.SIGKILL)

    async def kill_valkey(self) -> None:
        """Kill Valkey; its keeper starts it again."""
        os.kill(self._child("valkey-server"), signal.SIGKILL)

    async def kill_keeper(self) -> None:
        """Kill the keeper, which takes both servers with it; a new one is brought."""
        os.kill(self._keeper(), signal.SIGKILL)

    def _keeper(self) -> int:
        services = Layout(self.root).read_ready()
        assert services is not None, "the servers are not ready"
        return services.keeper_pid

    def _child(self, name: str) -> int:
        keeper = self._keeper()
        for folder in PROC.iterdir():
            if folder.name.isdigit() and _is_child(folder, keeper, name):
                return int(folder.name)
        raise ProcessLookupError(name)


def _is_child(folder: Path, parent: int, name: str) -> bool:
    try:
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        return int(fields[1]) == parent and name.encode() in (folder / "cmdline").read_bytes()
    except OSError:
        return False


@asynccontextmanager
async def running(count: int, broken: str | None = None) -> AsyncGenerator[Cluster]:
    """Run ``count`` nodes on servers of their own, with fsync, in a temporary folder."""
    root = await asyncio.to_thread(_folder)
    membership = await asyncio.to_thread(join, root, Options(remove_afterwards=True))
    try:
        services = await asyncio.to_thread(membership.ensure)
        await migrate(services.database_url())
        limits = Limits(connections_min=0, connections_max=3)
        db = await Database.connect(services.database_url(), limits)
        nodes = [Node(number, services, root, broken) for number in range(count)]
        cluster = Cluster(nodes, services, root, secrets.token_hex(32), db, membership)
        keeping = asyncio.create_task(membership.watch())
        try:
            for link in [link for node in nodes for link in node.links.all]:
                await link.open()
            await asyncio.gather(*(cluster.start(node) for node in nodes))
            yield cluster
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, *(_end(node) for node in nodes), return_exceptions=True)
            await db.close()
    finally:
        await asyncio.to_thread(membership.leave_and_wait)
        shutil.rmtree(root, ignore_errors=True)  # looking at a lock may have made the folder again


async def _end(node: Node) -> None:
    await node.kill()
    for link in node.links.all:
        await link.close()


def _folder() -> Path:
    """Return a new folder that the servers' own account may walk through."""
    root = Path(tempfile.mkdtemp(prefix="kefu-chaos-"))
    root.chmod(0o711)
    return root
