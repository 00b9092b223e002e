"""Long-polling, for clients that cannot open a websocket."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from server.sockets.outbox import Letterbox
from tests.sockets.conftest import OpenStage
from tests.sockets.stage import CONVERSATION, Stage
from tests.sockets.waiting import until

PING = "2"


class Poller:
    """A polling client by hand."""

    def __init__(self, http: aiohttp.ClientSession, stage: Stage) -> None:
        self.http, self.url = http, f"{stage.url}/socket.io/?EIO=4&transport=polling"

    async def open(self, **auth: Any) -> list[str]:
        opened = (await self.get())[0]
        self.url += "&sid=" + json.loads(opened[1:])["sid"]
        if not auth:
            return []
        await self.post(f"40/visitor,{json.dumps(auth)}")
        return await self.get()

    async def get(self) -> list[str]:
        async with self.http.get(self.url) as response:
            assert response.status == 200, await response.text()
            return (await response.text()).split("\x1e")

    async def post(self, *packets: str) -> int:
        async with self.http.post(self.url, data="\x1e".join(packets)) as response:
            return response.status


@pytest.fixture
async def http() -> Any:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_a_polling_client_sends_and_hears(stage: Stage, http: aiohttp.ClientSession) -> None:
    ann, bo = Poller(http, stage), Poller(http, stage)
    assert (await ann.open(name="ann"))[0].startswith("40/visitor,")
    await bo.open(name="bo")
    waiting = asyncio.create_task(bo.get())
    message = {"conversation": CONVERSATION, "client_id": "client-id-1", "text": "你好"}

    assert await ann.post("42/visitor,1" + json.dumps(["message:send", message])) == 200

    assert (await ann.get())[0].startswith('43/visitor,1[{"ok":true')
    assert "你好" in (await waiting)[0]


async def test_many_packets_in_one_post_are_carried_out_in_order(
    stage: Stage, http: aiohttp.ClientSession
) -> None:
    ann = Poller(http, stage)
    await ann.open(name="ann")
    await ann.post(*[f'42/visitor,["test:slow",{{"number":{n}}}]' for n in range(40)])
    assert stage.log == [str(n) for n in range(40)]


async def test_d7_a_polling_client_that_is_gone_is_given_up(
    open_stage: OpenStage, http: aiohttp.ClientSession
) -> None:
    stage = await open_stage(ping_interval_s=0.2, ping_timeout_s=0.2)
    ann = Poller(http, stage)
    await ann.open(name="ann")
    await until(lambda: stage.left == [("ann", "silent")])
    async with http.get(ann.url) as response:
        assert response.status == 400


async def test_p13_what_a_polling_client_does_not_fetch_is_bounded(
    open_stage: OpenStage, http: aiohttp.ClientSession
) -> None:
    stage = await open_stage(outbox_max_packets=16)
    ann = Poller(http, stage)
    await ann.open(name="ann")
    for number in range(20):
        stage.tell("x", number + 1)

    frames = await ann.get()
    assert '"code":"slow"' in frames[-1]
    assert await ann.get() == ["1"]


async def test_p13_a_giant_post_ends_the_session_and_says_why(
    open_stage: OpenStage, http: aiohttp.ClientSession
) -> None:
    stage = await open_stage(frame_max_bytes=4096)
    ann = Poller(http, stage)
    await ann.open(name="ann")
    await ann.post("4" + "x" * 50_000)
    assert '"code":"limit"' in (await ann.get())[0]


async def test_two_polls_at_once_are_refused(stage: Stage, http: aiohttp.ClientSession) -> None:
    ann = Poller(http, stage)
    await ann.open(name="ann")
    first = asyncio.create_task(ann.get())
    await until(lambda: _is_polled(stage))
    async with http.get(ann.url) as response:
        assert response.status == 400
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)


async def test_shutdown_reaches_polling_clients(stage: Stage, http: aiohttp.ClientSession) -> None:
    ann = Poller(http, stage)
    await ann.open(name="ann")
    waiting = asyncio.create_task(ann.get())
    await until(lambda: _is_polled(stage))
    drained = asyncio.create_task(stage.gateway.drain())
    assert '"code":"shutdown"' in (await waiting)[0]
    await drained


async def test_a_polling_client_moves_to_a_websocket_and_misses_nothing(
    stage: Stage, http: aiohttp.ClientSession
) -> None:
    ann = Poller(http, stage)
    await ann.open(name="ann")
    poll = asyncio.create_task(ann.get())
    url = ann.url.replace("http:", "ws:").replace("polling", "websocket")
    async with http.ws_connect(url) as socket:
        await socket.send_str("2probe")
        assert await socket.receive_str() == "3probe"
        assert await poll == ["6"]
        stage.tell("between")
        await socket.send_str("5")
        assert "between" in await socket.receive_str()
        stage.tell("after")
        assert "after" in await socket.receive_str()
        await socket.send_str('42/visitor,1["test:slow",{"number":1}]')
        assert '"ok":true' in await socket.receive_str()


async def test_a_failed_upgrade_leaves_polling_as_it_was(
    stage: Stage, http: aiohttp.ClientSession
) -> None:
    ann = Poller(http, stage)
    await ann.open(name="ann")
    url = ann.url.replace("http:", "ws:").replace("polling", "websocket")
    async with http.ws_connect(url) as socket:
        await socket.send_str("hello?")
        await socket.receive()
    stage.tell("still here")
    assert "still here" in (await ann.get())[0]


def _is_polled(stage: Stage) -> bool:
    outboxes = [each.outbox for each in stage.gateway.server.engine.sockets.values()]
    return any(isinstance(each, Letterbox) and each.is_polled for each in outboxes)


async def test_p13_of_two_upgrades_at_once_one_is_refused(
    stage: Stage, http: aiohttp.ClientSession
) -> None:
    ann = Poller(http, stage)
    await ann.open(name="ann")
    url = ann.url.replace("http:", "ws:").replace("polling", "websocket")

    async def upgrade() -> str:
        try:
            async with http.ws_connect(url) as socket:
                await socket.send_str("2probe")
                await socket.receive_str()
                await socket.send_str("5")
                await socket.send_str('42/visitor,1["test:slow",{"number":1}]')
                while (said := await socket.receive_str()) == PING:
                    pass
                return said
        except aiohttp.WSServerHandshakeError as error:
            return str(error.status)

    answers = await asyncio.gather(*(upgrade() for _ in range(4)))

    assert sum('"ok":true' in answer for answer in answers) == 1, answers
    assert answers.count("400") == 3
