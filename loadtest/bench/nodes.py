"""The two servers under test, each in a process of its own."""

import asyncio
import os
import secrets
import socket
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from server.embedded.layout import Layout
from server.embedded.membership import Options, join

READY_S = 60.0
GENEROUS = {
    "KEFU_CONNECTIONS_PER_ADDRESS": "1000000",
    "KEFU_CONNECTIONS_MAX": "1000000",
    "KEFU_COMMANDS_PER_S": "10000",
    "KEFU_COMMANDS_BURST": "100000",
    "KEFU_SIGN_INS_PER_MINUTE": "1000",
    "KEFU_LOG_LEVEL": "warning",
}


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers at ``url``. ``postgres`` is the process id of its database, if any."""

    url: str
    pid: int
    password: str = ""
    postgres: int | None = None


def free_port() -> int:
    """Return a port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def bare() -> AsyncGenerator[Served]:
    """Run bare python-socketio."""
    port = free_port()
    async with _running("loadtest.bench.bare", [str(port)], {}) as process:
        url = f"http://127.0.0.1:{port}"
        await _answers(url + "/socket.io/?EIO=4&transport=polling", process)
        yield Served(url, process.pid)


@asynccontextmanager
async def kefu(agents: int) -> AsyncGenerator[Served]:
    """Run a whole node on an embedded, durable PostgreSQL and Valkey with ``agents`` agents."""
    async with cluster(1, agents) as [served]:
        yield served


@asynccontextmanager
async def cluster(count: int, agents: int) -> AsyncGenerator[list[Served]]:
    """Run some nodes on one embedded, durable PostgreSQL and Valkey with ``agents`` agents."""
    root = await asyncio.to_thread(_folder)
    membership = await asyncio.to_thread(join, root, Options(remove_afterwards=True))
    try:
        services = await asyncio.to_thread(membership.ensure)
        password = secrets.token_urlsafe(12)
        named = {
            **GENEROUS,
            "KEFU_DATA_DIR": str(root),
            "KEFU_DATABASE_URL": services.database_url(),
            "KEFU_REDIS_URL": services.redis_url,
            "KEFU_DEMO_PASSWORD": password,
            "KEFU_SECRET_KEY": secrets.token_hex(32),
        }
        async with _running("server", ["seed", "--agents", str(agents)], named) as seeding:
            if await seeding.wait() != 0:
                raise RuntimeError("kefu seed failed")
        pid_file = Layout(root).postgres_data / "postmaster.pid"
        postgres = int(pid_file.read_text().splitlines()[0])
        async with AsyncExitStack() as stack:
            running: list[Served] = []
            for _ in range(count):
                port = free_port()
                node = _running("server", ["serve"], {**named, "KEFU_PORT": str(port)})
                process = await stack.enter_async_context(node)
                url = f"http://127.0.0.1:{port}"
                await _answers(url + "/health/ready", process)
                running.append(Served(url, process.pid, password, postgres))
            yield running
    finally:
        await asyncio.to_thread(membership.leave_and_wait)


def _folder() -> Path:
    """Return a new folder that the servers' own account may walk through."""
    root = Path(tempfile.mkdtemp(prefix="kefu-bench-"))
    root.chmod(0o711)
    return root


@asynccontextmanager
async def _running(
    module: str, arguments: list[str], named: dict[str, str]
) -> AsyncGenerator[asyncio.subprocess.Process]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KEFU_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments,
        env=environment | named, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _answers(url: str, process: asyncio.subprocess.Process) -> None:
    """Return when ``url`` answers with 200."""
    async with asyncio.timeout(READY_S), aiohttp.ClientSession() as http:
        while process.returncode is None:
            try:
                async with http.get(url) as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)
    raise RuntimeError("the server ended before it answered")
