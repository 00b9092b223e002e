"""Three nodes are restarted one after the other while people talk; nobody sees anything of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import aiohttp
import pytest

from loadtest.rolling.page import Notes
from loadtest.rolling.people import Agent, Customer, Place
from server.cluster.balancer import Backend, Balancer
from storage.messages import Messages
from tests.cluster.stage import Stage, open_stage

NODES, TALKERS, SAYS_PER_S = 3, 6, 8  # each
MORE = 10
"""So many messages each customer gets stored while a node is away, and after it is back."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@dataclass
class Town:
    """The nodes behind one address, and everybody who is there."""

    stage: Stage
    backends: list[Backend]
    place: Place
    tasks: list[asyncio.Task[None]]

    def does(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Let something go on until the end."""
        self.tasks.append(asyncio.create_task(work))
        return self.tasks[-1]

    async def ends(self) -> None:
        """Let everybody go."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def agent(self, name: str) -> Agent:
        """Let an agent come to work."""
        _, token = await self.stage.hires(name, capacity=TALKERS)
        agent = Agent(self.place, token)
        self.does(agent.page.run())
        await agent.is_available()
        return agent

    async def customer(self) -> Customer:
        """Let a customer come, ask and be served."""
        customer = Customer(self.place)
        self.does(customer.page.run())
        await customer.begins()
        await customer.until_served()
        return customer

    async def all_say_more(self, customers: list[Customer]) -> None:
        """Wait until everybody has got on."""
        wanted = [len(each.acked) + MORE for each in customers]
        await asyncio.gather(
            *(each.until_acked(count) for each, count in zip(customers, wanted, strict=True))
        )


@pytest.fixture
async def town(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(
            open_stage(dsn, redis_url, tmp_path, count=NODES, drain_notice_s=0.5)
        )
        await stage.opens()
        backends = [Backend("127.0.0.1", node.port) for node in stage.nodes]
        balancer = Balancer(backends)
        port = await balancer.open("127.0.0.1", 0)
        stack.push_async_callback(balancer.close)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        place = Place(http, f"http://127.0.0.1:{port}", Notes(), stage.shop.key)
        town = Town(stage, backends, place, [])
        stack.push_async_callback(town.ends)
        town.does(balancer.watch())
        await asyncio.gather(*(backend.was_ready.wait() for backend in backends))
        yield town


async def test_p1_p3_a_rolling_restart_loses_nothing_and_shows_nobody_an_error(
    town: Town,
) -> None:
    shown = town.does(has_seen_an_error(town))
    going_on = town.does(roll(town))
    await asyncio.wait({shown, going_on}, return_when=asyncio.FIRST_COMPLETED)
    assert town.place.notes.shown == []
    await going_on
    assert town.place.notes.shown == []


async def has_seen_an_error(town: Town) -> None:
    """Return when somebody has: what is waited for may then never come."""
    await town.place.notes.has_shown.wait()


async def roll(town: Town) -> None:
    """Restart every node in turn while everybody talks, then compare."""
    agents = [await town.agent(name) for name in ("ann", "bob")]
    customers = [await town.customer() for _ in range(TALKERS)]
    stop = asyncio.Event()
    talks = [town.does(talk(each, stop)) for each in customers]

    for node, backend in zip(town.stage.nodes, town.backends, strict=True):
        assert await node.stop() == 0
        newcomer = await town.customer()  # routing goes on without it
        await newcomer.leaves()
        await town.all_say_more(customers)
        backend.was_ready.clear()
        await node.start()
        await backend.was_ready.wait()
        await town.all_say_more(customers)

    stop.set()
    await asyncio.gather(*talks)
    assert town.place.notes.goodbyes >= TALKERS + len(agents)
    for customer in customers:
        await is_whole(town.stage, customer, agents)


async def talk(customer: Customer, stop: asyncio.Event) -> None:
    """Say one thing after the other, each once the last is stored."""
    while not stop.is_set():
        await customer.says()
        await asyncio.sleep(1 / SAYS_PER_S)


async def is_whole(stage: Stage, customer: Customer, agents: list[Agent]) -> None:
    """What was acked is stored once, and both sides show what is stored, without a gap."""
    rows = await Messages(stage.db).since(UUID(customer.conversation), 0, 100_000, private=False)
    stored = [(row.seq, row.text) for row in rows]
    assert [seq for seq, _ in stored] == list(range(1, len(stored) + 1))
    said = [(row.seq, row.text) for row in rows if row.sender_kind == "customer"]
    assert said == customer.acked
    [agent] = [each for each in agents if customer.conversation in each.readers]
    for reader in (customer.reader, agent.readers[customer.conversation]):
        assert reader is not None
        await reader.until(len(stored))
        assert reader.shown == stored
