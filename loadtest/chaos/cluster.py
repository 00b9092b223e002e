"""Nodes on loopback ports, and their durable PostgreSQL and Valkey, which can be killed as well."""

import asyncio
import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from loadtest.bench.processes import PROC
from loadtest.chaos.host import Host, run
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

    def servers(self) -> dict[str, int]:
        """Return the processes of the keeper and its servers, those that are there."""
        found: dict[str, int] = {}
        for name, look in (
            ("keeper", self._keeper),
            ("postgres", self._postmaster),
            ("valkey", lambda: self._child("valkey-server")),
        ):
            with suppress(OSError, AssertionError):
                found[name] = look()
        return found

    async def kill_postgres(self) -> None:
        """Kill PostgreSQL's postmaster; its keeper starts it again, with recovery."""
        os.kill(self._postmaster(), signal.SIGKILL)

    async def kill_valkey(self) -> None:
        """Kill Valkey; its keeper starts it again."""
        os.kill(self._child("valkey-server"), signal.SIGKILL)

    async def kill_keeper(self) -> None:
        """Kill the keeper, which takes both servers with it; a new one is brought."""
        os.kill(self._keeper(), signal.SIGKILL)

    def fill_disk(self) -> None:
        """Take all the room that the servers' disk has left."""
        with self._ballast.open("wb") as ballast:
            free = os.statvfs(self.root)
            os.posix_fallocate(ballast.fileno(), 0, free.f_bavail * free.f_frsize)

    def clear_disk(self) -> None:
        """Give it back."""
        self._ballast.unlink()

    @property
    def _ballast(self) -> Path:
        return self.root / "ballast"

    def _postmaster(self) -> int:
        pid_file = Layout(self.root).postgres_data / "postmaster.pid"
        return int(pid_file.read_text().splitlines()[0])

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


@dataclass(frozen=True, slots=True)
class Premises:
    """What nodes run, how large the disk of their servers is, whether each is its own host.

    A small disk is a mounted tmpfs, a host is a network namespace: for both one must be root.
    """

    program: tuple[str, ...] = ("server", "serve")
    disk_mb: int | None = None
    are_hosts: bool = False

    @property
    def are_possible(self) -> bool:
        """Whether we may."""
        return os.geteuid() == 0 or not (self.disk_mb or self.are_hosts)


ORDINARY = Premises()


@asynccontextmanager
async def running(count: int, premises: Premises = ORDINARY) -> AsyncGenerator[Cluster]:
    """Run ``count`` nodes on servers of their own, with fsync, in a temporary folder."""
    async with _folder(premises.disk_mb) as root, _running(count, premises, root) as cluster:
        yield cluster


@asynccontextmanager
async def _running(count: int, premises: Premises, root: Path) -> AsyncGenerator[Cluster]:
    membership = await asyncio.to_thread(join, root, Options())
    try:
        services = await asyncio.to_thread(membership.ensure)
        await migrate(services.database_url())
        limits = Limits(connections_min=0, connections_max=3)
        db = await Database.connect(services.database_url(), limits)
        hosts = [Host(number) if premises.are_hosts else None for number in range(count)]
        nodes = [
            Node(number, services, root, premises.program, host)
            for number, host in enumerate(hosts)
        ]
        cluster = Cluster(nodes, services, root, secrets.token_hex(32), db, membership)
        keeping = asyncio.create_task(membership.watch())
        try:
            for node in nodes:
                await node.open()
            await asyncio.gather(*(cluster.start(node) for node in nodes))
            yield cluster
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, *(node.close() for node in nodes), return_exceptions=True)
            await db.close()
    finally:
        await asyncio.to_thread(membership.leave_and_wait)


@asynccontextmanager
async def _folder(disk_mb: int | None) -> AsyncGenerator[Path]:
    """Make a folder that the servers' own account may walk through; remove it afterwards."""
    root = Path(tempfile.mkdtemp(prefix="kefu-chaos-"))
    try:
        if disk_mb is not None:
            await run("mount", "-t", "tmpfs", "-o", f"size={disk_mb}m", "tmpfs", str(root))
        root.chmod(0o711)
        yield root
    finally:
        if disk_mb is not None:
            await run("umount", "--lazy", str(root))
        shutil.rmtree(root, ignore_errors=True)
