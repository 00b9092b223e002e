"""`kefu up --nodes`: a cluster on one machine, in which nodes are killed for real."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from loadtest.rolling.page import Notes
from loadtest.rolling.people import Agent, Customer, Place
from server.cluster.child import environment_of
from server.embedded import locks
from server.embedded.layout import Layout
from server.settings import Settings
from tests.support.command import as_in_a_terminal, data_dir, free_port, kefu, up
from tests.support.processes import is_alive, servers_of, until

__all__ = ["as_in_a_terminal", "data_dir"]

pytestmark = [pytest.mark.timeout(120), pytest.mark.slow]

NODE = re.compile(r"  Node (\d) +(http://\S+) +process (\d+)")
LOGIN = re.compile(r"  agent +(\S+) +(\S+)")


@dataclass
class Welcome:
    """What a cluster says when it is ready."""

    process: subprocess.Popen[str]
    nodes: dict[str, int]
    """Process by address."""
    login: dict[str, str]


def read_welcome(process: subprocess.Popen[str], count: int) -> Welcome:
    welcome = Welcome(process, {}, {})
    assert process.stdout is not None
    for line in process.stdout:
        if (login := LOGIN.match(line)) and not welcome.login:
            welcome.login = {"email": login[1], "password": login[2]}
        if node := NODE.match(line):
            welcome.nodes[node[2]] = int(node[3])
        if len(welcome.nodes) == count:
            return welcome
    raise AssertionError("the nodes were not named")


@asynccontextmanager
async def people(url: str, login: dict[str, str]) -> AsyncIterator[tuple[Place, Customer, Agent]]:
    """A customer and an agent, each at the one address."""
    async with aiohttp.ClientSession() as http:
        async with http.post(f"{url}/api/v1/sessions", json=login) as response:
            token = (await response.json())["token"]
        place = Place(http, url, Notes())
        customer, agent = Customer(place), Agent(place, token)
        pages = [asyncio.create_task(each.page.run()) for each in (customer, agent)]
        try:
            yield place, customer, agent
        finally:
            for page in pages:
                page.cancel()
            await asyncio.gather(*pages, return_exceptions=True)


async def sessions_at(http: aiohttp.ClientSession, node: str, namespace: str) -> float:
    async with http.get(f"{node}/metrics") as response:
        found = re.search(
            rf'^kefu_sessions{{namespace="{namespace}"}} (\S+)$',
            await response.text(),
            re.MULTILINE,
        )
    return float(found[1]) if found else 0.0


async def test_people_at_two_nodes_talk_and_get_on_when_one_is_killed(data_dir: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with up(data_dir, port=port, has_demo=True, nodes=2) as process:
        welcome = read_welcome(process, 2)
        async with people(url, welcome.login) as (place, customer, agent):
            await agent.is_available()
            await customer.begins()
            await customer.until_served()
            served = {
                space: [
                    node
                    for node in welcome.nodes
                    if await sessions_at(place.http, node, space) == 1
                ]
                for space in ("/visitor", "/agent")
            }
            assert sorted(served["/visitor"] + served["/agent"]) == sorted(welcome.nodes)

            talking = asyncio.create_task(_talk(customer))
            await customer.until_acked(20)
            [node] = served["/visitor"]
            os.kill(welcome.nodes[node], signal.SIGKILL)
            await customer.until_acked(40)
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)

            reader = agent.readers[customer.conversation]
            await reader.until(customer.acked[-1][0])
            assert [each for each in reader.shown if each in customer.acked] == customer.acked
            assert [seq for seq, _ in reader.shown] == list(range(1, len(reader.shown) + 1))
            assert place.notes.shown == []

        assert process.stdout is not None
        again = next(line for line in process.stdout if line.startswith("Node "))
        assert re.fullmatch(
            r"Node \d ended \(SIGKILL\) and was started again as process \d+\n", again
        )


async def _talk(customer: Customer) -> None:
    while True:
        await customer.says()


def test_ctrl_c_lets_the_nodes_go_and_leaves_no_process(data_dir: Path) -> None:
    with up(data_dir, nodes=2) as process:
        nodes = read_welcome(process, 2).nodes.values()
        assert all(is_alive(pid) for pid in nodes)
        process.send_signal(signal.SIGINT)
        assert process.wait(40) == 0
    assert not any(is_alive(pid) for pid in nodes)
    assert not servers_of(data_dir)
    assert not locks.is_held_alone(Layout(data_dir).keeper_lock)


def test_no_node_outlives_a_killed_parent(data_dir: Path) -> None:
    with up(data_dir, nodes=2) as process:
        nodes = read_welcome(process, 2).nodes.values()
        process.kill()
        until(lambda: not any(is_alive(pid) for pid in nodes), 40)
        until(lambda: not servers_of(data_dir))


def test_a_taken_port_is_told_before_any_node_is_started(data_dir: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = kefu("up", "--nodes", "2", KEFU_DATA_DIR=str(data_dir), KEFU_PORT=port)
    assert done.returncode == 1
    assert "choose another port with KEFU_PORT" in done.stderr
    assert list(data_dir.iterdir()) == []


@pytest.mark.parametrize("count", ["0", "9"])
def test_so_many_nodes_are_refused_in_a_sentence(data_dir: Path, count: str) -> None:
    done = kefu("up", "--nodes", count, KEFU_DATA_DIR=str(data_dir))
    assert done.returncode == 1
    assert "--nodes must be between 1 and 8" in done.stderr


def test_nodes_read_the_very_settings_of_their_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(
        database_url=SecretStr("postgresql://kefu:a%20b@db/kefu"),
        trusted_proxies=(IPv4Network("10.0.0.0/8"), IPv6Network("::1/128")),
        demo=True,
        data_dir=Path("/somewhere/with a space"),
        drain_s=1.5,
        public_url=None,
    )
    for name, value in environment_of(settings).items():
        monkeypatch.setenv(name, value)

    assert Settings() == settings
