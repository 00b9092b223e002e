"""Clients that others wrote: npm's socket.io-client and python-socketio's, on every transport."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import socketio

from tests.sockets.stage import Stage
from tests.sockets.waiting import until

HERE = Path(__file__).parent
WEB = HERE.parent.parent / "web"
TRANSPORTS = ["websocket", "polling", "polling,websocket"]
MESSAGE = {"conversation": "c", "client_id": "client-id-1", "text": "你好 👋"}


class Npm:
    """npm's client in a process of its own; ``seen`` is what it reported, by name."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.seen: list[tuple[str, Any]] = []

    async def read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            report = json.loads(line)
            self.seen.append((report["what"], report.get("value")))

    def value(self, what: str) -> Any:
        return next((value for name, value in self.seen if name == what), None)


@pytest.mark.parametrize("transports", TRANSPORTS)
async def test_npm_client_enters_sends_hears_and_is_told_of_a_restart(
    stage: Stage, transports: str
) -> None:
    if shutil.which("node") is None:
        pytest.skip("there is no node on PATH, so npm's socket.io-client was not tried")
    if not (WEB / "node_modules/socket.io-client").is_dir():
        pytest.skip("web/node_modules has no socket.io-client yet: run `make up` once")
    process = await asyncio.create_subprocess_exec(
        "node", HERE / "foreign/client.mjs", WEB, stage.url, transports,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    npm = Npm(process)
    reading = asyncio.create_task(npm.read())
    try:
        await until(lambda: npm.value("unknown") and npm.value("stranger"), 20)
        if transports.endswith("websocket"):
            engine = stage.gateway.server.engine
            await until(lambda: all(each.upgraded for each in engine.sockets.values()))
        stage.tell("told")
        await until(lambda: npm.value("message:created"))

        assert npm.value("session:started") == {}
        assert npm.value("stored")["data"]["seq"] == 1
        assert npm.value("refused")["error"]["field"] == "x"
        assert npm.value("unknown")["error"]["details"] == {"reason": "unknown_command"}
        assert npm.value("message:created")["text"] == "told"
        assert npm.value("stranger")["code"] == "unauthorized"
        assert stage.log == ["你好 👋"]

        await stage.gateway.drain()
        await until(lambda: npm.value("disconnected"))
        assert npm.value("session:ended")["code"] == "shutdown"
        assert npm.value("disconnected") == "transport close"  # after which it reconnects
        stage.gateway.server.engine.draining = False
        await until(lambda: [name for name, _ in npm.seen].count("connected") == 2)
    finally:
        process.kill()
        await process.wait()
        await reading


@pytest.mark.parametrize("transports", TRANSPORTS)
async def test_python_client_enters_sends_and_hears(stage: Stage, transports: str) -> None:
    client = socketio.AsyncClient(reconnection=False)
    heard: list[tuple[Any, ...]] = []
    client.on("*", lambda *event: heard.append(event), namespace="/visitor")

    await client.connect(
        stage.url,
        namespaces=["/visitor"],
        auth={"name": "python", "greeted": True},
        transports=transports.split(","),
    )
    stored = await client.call("message:send", MESSAGE, namespace="/visitor")
    unknown = await client.call("no:such", {}, namespace="/visitor")
    stage.tell("told")
    await until(lambda: len(heard) == 2)

    assert stored["data"]["seq"] == 1
    assert unknown["error"]["code"] == "invalid"
    assert [name for name, _ in heard] == ["session:started", "message:created"]
    assert client.transport() == transports.rsplit(",", maxsplit=1)[-1]

    await stage.gateway.drain()
    await until(lambda: heard[-1][0] == "session:ended")
    await until(lambda: not client.connected)


async def test_python_client_is_refused_with_a_code(stage: Stage) -> None:
    client = socketio.AsyncClient(reconnection=False)
    refusals: list[Any] = []
    client.on("connect_error", refusals.append, namespace="/visitor")
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(stage.url, namespaces=["/visitor"], auth={"name": "stranger"})
    await client.shutdown()

    assert refusals[0]["data"]["code"] == "unauthorized"
