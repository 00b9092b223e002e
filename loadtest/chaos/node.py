"""One `kefu serve` process behind links of its own, which can be killed, stopped and cut off."""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import aiohttp

from loadtest.bench.nodes import free_port
from loadtest.chaos.host import Host
from loadtest.chaos.link import Link, to_port, to_socket
from server.embedded.layout import Services

READY_S = 60.0
ASK_S = 2.0
HOSTS = "kefu_route_hosting"
WIDE = {
    "KEFU_COMMANDS_PER_S": "10000",
    "KEFU_COMMANDS_BURST": "10000",
    "KEFU_CONVERSATIONS_PER_HOUR": "100000",
    "KEFU_LOG_LEVEL": "info",
    "KEFU_LOG_FORMAT": "json",
}
"""Limits are not what is tried here; everything else is as it is delivered."""


class Unanswered(Exception):
    """A node did not tell its figures."""


@dataclass(frozen=True, slots=True)
class Links:
    """How clients reach the node, and how the node reaches its servers."""

    door: Link
    postgres: Link
    valkey: Link

    @property
    def all(self) -> tuple[Link, Link, Link]:
        """All three."""
        return self.door, self.postgres, self.valkey


class Node:
    """Starts as often as it is killed, always on the same port. ``program`` is what it runs."""

    def __init__(
        self,
        number: int,
        services: Services,
        root: Path,
        program: tuple[str, ...],
        host: Host | None,
    ) -> None:
        self.number, self._services, self._root = number, services, root
        self._program, self._host = program, host
        self._address = "127.0.0.1" if host is None else host.address
        self._port = free_port()
        self._process: asyncio.subprocess.Process | None = None
        self._deaths: list[str] = []
        self.log = root / f"node-{number}.log"
        self.links = Links(
            Link(to_port(self._port, self._address)),
            Link(to_socket(services.postgres_socket)),
            Link(to_socket(services.valkey_socket)),
        )

    async def open(self) -> None:
        """Make its links, and its host if it has one."""
        ours = "127.0.0.1"
        if self._host is not None:
            await self._host.open()
            ours = self._host.gateway
        await self.links.door.open()
        await self.links.postgres.open(ours)
        await self.links.valkey.open(ours)

    async def close(self) -> None:
        """End it, with its links and its host."""
        await self.kill()
        for link in self.links.all:
            await link.close()
        if self._host is not None:
            await self._host.close()

    @property
    def host(self) -> Host:
        """The host that it has for itself."""
        assert self._host is not None
        return self._host

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    @property
    def url(self) -> str:
        """Where clients reach it, through its link."""
        return f"http://127.0.0.1:{self.links.door.port}"

    async def start(self, secret: str) -> None:
        """Start it, and return when it is ready."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(() if self._host is None else self._host.prefix),
                sys.executable,
                "-m",
                *self._program,
                env=self._environment(secret),
                stdout=log,
                stderr=log,
            )
        async with asyncio.timeout(READY_S):
            while not await self._is_ready():
                if self._process.returncode is not None:
                    raise RuntimeError(f"node {self.number} ended: see {self._root}")
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """End it without a warning."""
        self._note_death()
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()

    def stop(self) -> None:
        """Let it stand still: it does nothing, and its connections stay."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on where it stood still."""
        self._signal(signal.SIGCONT)

    @property
    def is_alive(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def ended(self) -> None:
        """Return once it has ended."""
        assert self._process is not None
        await self._process.wait()

    def deaths(self) -> list[str]:
        """Return how it ended without our doing, each time once."""
        self._note_death()
        deaths, self._deaths = self._deaths, []
        return deaths

    def _note_death(self) -> None:
        if self._process is not None and self._process.returncode is not None:
            self._deaths.append(f"node-{self.number}: ended with {self._process.returncode}")
            self._process = None

    def _signal(self, number: int) -> None:
        if self.is_alive:
            assert self._process is not None
            self._process.send_signal(number)

    async def is_hosting(self) -> bool:
        """Tell whether it hosts the routing, as its metrics say; no when it does not answer."""
        try:
            return await self.metric(HOSTS) > 0
        except Unanswered:
            return False

    async def metric(self, name: str) -> float:
        """Return one of its figures, 0 when it has none by that name.

        Unanswered when it does not tell.
        """
        try:
            async with self._asking() as http, http.get("/metrics") as answer:
                answer.raise_for_status()
                lines = (await answer.text()).splitlines()
        except (aiohttp.ClientError, OSError) as trouble:
            raise Unanswered(f"node {self.number} tells no {name}: {trouble!r}") from trouble
        return sum(float(line.split()[-1]) for line in lines if line.startswith(name))

    async def _is_ready(self) -> bool:
        try:
            async with self._asking() as http, http.get("/health/ready") as answer:
                return answer.status == 200
        except (aiohttp.ClientError, OSError):
            return False

    def _asking(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            f"http://{self._address}:{self._port}", timeout=aiohttp.ClientTimeout(total=ASK_S)
        )

    def _environment(self, secret: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        postgres, valkey = self.links.postgres, self.links.valkey
        postgres_secret = quote(self._services.postgres_password, safe="")
        valkey_secret = quote(self._services.valkey_password, safe="")
        return {
            **kept,
            **WIDE,
            "KEFU_DATABASE_URL": (
                f"postgresql://kefu:{postgres_secret}@{postgres.host}:{postgres.port}/kefu"
            ),
            "KEFU_REDIS_URL": f"redis://:{valkey_secret}@{valkey.host}:{valkey.port}/0",
            "KEFU_HOST": self._address,
            "KEFU_SECRET_KEY": secret,
            "KEFU_DATA_DIR": str(self._root),
            "KEFU_PORT": str(self._port),
        }
