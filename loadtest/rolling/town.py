"""A cluster on this machine with its own PostgreSQL, and people who talk there at a steady rate."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from pydantic import SecretStr

from loadtest.rolling.page import Notes
from loadtest.rolling.people import Agent, Customer, Place
from loadtest.rolling.versions import run
from server.cluster.child import ChildNode
from server.cluster.run import Cluster
from server.embedded.membership import Options, join
from server.places import PROJECT
from server.settings import Settings

POLL_S = 0.05
RESTART_S = 180.0
GENEROUS: dict[str, Any] = {
    "connections_per_address": 100_000,
    "commands_per_s": 1000.0,
    "commands_burst": 10_000,
    "sign_ins_per_minute": 1000,
}
"""Everybody comes from one address here."""


@dataclass(slots=True)
class Town:
    """Everybody who is there, and the nodes behind the one address."""

    settings: Settings
    nodes: Sequence[ChildNode]
    place: Place
    agents: list[Agent] = field(default_factory=list[Agent])
    customers: list[Customer] = field(default_factory=list[Customer])
    tasks: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])

    async def fill(self, customers: int, agents: int) -> None:
        """Let agents come to work and customers come, ask and be served."""
        for number in range(1, agents + 1):
            token = await self._sign_in(f"agent{number}@demo.kefu")
            agent = Agent(self.place, token)
            self._goes_on(agent.page.run())
            await agent.is_available()
            self.agents.append(agent)
        self.customers = await asyncio.gather(*(self.newcomer() for _ in range(customers)))

    async def newcomer(self) -> Customer:
        """Let one more customer come, ask and be served."""
        customer = Customer(self.place)
        self._goes_on(customer.page.run())
        await customer.begins()
        await customer.until_served()
        return customer

    def talk(self, rate: float, until: asyncio.Event) -> list[asyncio.Task[None]]:
        """Let all talk, ``rate`` messages a second together."""
        period_s = len(self.customers) / rate
        return [self._goes_on(_talk(each, period_s, until)) for each in self.customers]

    async def restart(self, node: ChildNode) -> None:
        """Stop a node; while it is away somebody new is served; return when it is back."""
        before = node.pid
        node.backend.was_ready.clear()
        os.kill(before, signal.SIGTERM)
        async with self._in_time("to restart"):
            while not node.has_ended:
                await asyncio.sleep(POLL_S)
            newcomer = await self.newcomer()
            await newcomer.leaves()
            await node.backend.was_ready.wait()

    async def crash(self, node: ChildNode) -> None:
        """Kill a node without a warning; return when it is back."""
        os.kill(node.pid, signal.SIGKILL)
        async with self._in_time("to come back"):
            while not node.has_ended:
                await asyncio.sleep(POLL_S)
            node.backend.was_ready.clear()
            await node.backend.was_ready.wait()

    async def go_home(self) -> None:
        """Let everybody leave."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    @asynccontextmanager
    async def _in_time(self, what: str) -> AsyncGenerator[None]:
        try:
            async with asyncio.timeout(RESTART_S):
                yield
        except TimeoutError as late:
            raise self.place.notes.show(f"a node took {RESTART_S:.0f} s and more {what}") from late

    def _goes_on(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self.tasks.append(task)
        return task

    async def _sign_in(self, email: str) -> str:
        assert self.settings.demo_password is not None
        login = {"email": email, "password": self.settings.demo_password.get_secret_value()}
        async with self.place.http.post(f"{self.place.url}/api/v1/sessions", json=login) as answer:
            answer.raise_for_status()
            return str((await answer.json())["token"])


async def _talk(customer: Customer, period_s: float, until: asyncio.Event) -> None:
    """Say something every ``period_s``; who had to wait catches up."""
    due = time.monotonic() + period_s * secrets.randbelow(1000) / 1000
    while not until.is_set():
        await asyncio.sleep(due - time.monotonic())
        await customer.says()
        due += period_s


@asynccontextmanager
async def open_town(
    count: int, agents: int, say: Callable[[str], None], program: Path = PROJECT
) -> AsyncGenerator[Town]:
    """Start PostgreSQL, Valkey and ``count`` nodes of a version, and make ``agents`` agents."""
    root = Path(tempfile.mkdtemp(prefix="kefu-rolling-"))
    root.chmod(0o711)  # the servers' own account must walk through
    membership = await asyncio.to_thread(join, root, Options(remove_afterwards=True))
    try:
        services = await asyncio.to_thread(membership.ensure)
        settings = Settings(
            port=0,
            data_dir=root,
            database_url=SecretStr(services.database_url()),
            redis_url=SecretStr(services.redis_url),
            secret_key=SecretStr(secrets.token_urlsafe(48)),
            demo_password=SecretStr(secrets.token_urlsafe(12)),
            log_level="error",
            **GENEROUS,
        )
        await run(program, settings, "seed", "--agents", str(agents))
        everybody = aiohttp.TCPConnector(limit=0)
        async with (
            _running(settings, count, say, program) as (port, nodes),
            aiohttp.ClientSession(connector=everybody) as http,
        ):
            town = Town(settings, nodes, Place(http, f"http://127.0.0.1:{port}", Notes()))
            try:
                yield town
            finally:
                await town.go_home()
    finally:
        await asyncio.to_thread(membership.leave_and_wait)


@asynccontextmanager
async def _running(
    settings: Settings, count: int, say: Callable[[str], None], program: Path
) -> AsyncGenerator[tuple[int, Sequence[ChildNode]]]:
    stop = asyncio.Event()
    started: asyncio.Future[tuple[int, Sequence[ChildNode]]]
    started = asyncio.get_running_loop().create_future()
    cluster = Cluster(
        settings, count, say, lambda port, nodes: started.set_result((port, nodes)), program
    )
    running = asyncio.create_task(cluster.run(stop, None))
    try:
        await asyncio.wait({running, started}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            await running
        yield await started
    finally:
        stop.set()
        await running
