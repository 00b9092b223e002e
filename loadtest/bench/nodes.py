"""The servers under test, each in a process of its own, on embedded servers where it stores."""

import asyncio
import os
import secrets
import socket
import sys
import tempfile
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from loadtest.bench.processes import child
from server.embedded.layout import Layout, Services
from server.embedded.membership import Options, join

READY_S = 60.0
GENEROUS = {
    "KEFU_CONNECTIONS_PER_ADDRESS": "1000000",
    "KEFU_CONNECTIONS_MAX": "1000000",
    "KEFU_SESSIONS_PER_VISITOR": "1000",
    "KEFU_CONVERSATIONS_PER_HOUR_PER_ADDRESS": "1000000",
    "KEFU_STRANGERS_PER_HOUR_PER_ADDRESS": "1000000",
    "KEFU_COMMANDS_PER_S": "10000",
    "KEFU_COMMANDS_BURST": "100000",
    "KEFU_SIGN_INS_PER_MINUTE": "1000",
    "KEFU_LOG_LEVEL": "warning",
}


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers at ``url``, and the processes that it needs, if any, by their ids."""

    url: str
    pid: int
    password: str = ""
    postgres: int | None = None
    valkey: int | None = None
    database_url: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Ground:
    """A durable PostgreSQL and a Valkey of our own, and their processes."""

    root: Path
    services: Services
    postgres: int
    valkey: int


def free_port() -> int:
    """Return a port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def ground() -> AsyncGenerator[Ground]:
    """Run PostgreSQL and Valkey in a temporary folder."""
    root = await asyncio.to_thread(_folder)
    membership = await asyncio.to_thread(join, root, Options(remove_afterwards=True))
    try:
        services = await asyncio.to_thread(membership.ensure)
        pid_file = Layout(root).postgres_data / "postmaster.pid"
        postgres = int(pid_file.read_text().splitlines()[0])
        yield Ground(root, services, postgres, child(services.keeper_pid, "valkey-server"))
    finally:
        await asyncio.to_thread(membership.leave_and_wait)


@asynccontextmanager
async def cluster(
    count: int, agents: int, limits: Mapping[str, str] = GENEROUS
) -> AsyncGenerator[list[Served]]:
    """Run some Kefu nodes on servers of their own, with ``agents`` agents."""
    async with ground() as below:
        password = secrets.token_urlsafe(12)
        named = {
            **limits,
            "KEFU_DATA_DIR": str(below.root),
            "KEFU_DATABASE_URL": below.services.database_url(),
            "KEFU_REDIS_URL": below.services.redis_url,
            "KEFU_DEMO_PASSWORD": password,
            "KEFU_SECRET_KEY": secrets.token_hex(32),
        }
        kefu = [sys.executable, "-m", "server"]
        async with running([*kefu, "seed", "--agents", str(agents)], named) as seeding:
            if await seeding.wait() != 0:
                raise RuntimeError("kefu seed failed")
        async with AsyncExitStack() as stack:
            nodes: list[Served] = []
            for _ in range(count):
                port = free_port()
                url = f"http://127.0.0.1:{port}"
                node = running([*kefu, "serve"], {**named, "KEFU_PORT": str(port)})
                process = await stack.enter_async_context(node)
                await answers(url + "/health/ready", process)
                database_url = below.services.database_url()
                nodes.append(
                    Served(url, process.pid, password, below.postgres, below.valkey, database_url)
                )
            yield nodes


def _folder() -> Path:
    """Return a new folder that the servers' own account may walk through."""
    root = Path(tempfile.mkdtemp(prefix="kefu-bench-"))
    root.chmod(0o711)
    return root


@asynccontextmanager
async def running(
    program: Sequence[str], named: Mapping[str, str]
) -> AsyncGenerator[asyncio.subprocess.Process]:
    """Run a program as long as it is needed."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KEFU_")}
    process = await asyncio.create_subprocess_exec(
        *program, env=environment | dict(named), stdout=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def answers(url: str, process: asyncio.subprocess.Process, status: int = 200) -> None:
    """Return when ``url`` answers with a status."""
    async with asyncio.timeout(READY_S), aiohttp.ClientSession() as http:
        while process.returncode is None:
            try:
                async with http.get(url) as response:
                    if response.status == status:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)
    raise RuntimeError("the server ended before it answered")
