"""A client that speaks Engine.IO and Socket.IO by hand, so that it can also misbehave."""

from __future__ import annotations

import asyncio
import json
from types import TracebackType
from typing import Any, Self

import aiohttp

SOCKET_BUFFER_BYTES = 4096


class RawClient:
    """One websocket. ``events`` are the events heard, ``frames`` whatever else came."""

    def __init__(self, url: str, namespace: str = "/visitor", **auth: Any) -> None:
        self.url = url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
        self.namespace = namespace
        self.auth = auth
        self.events: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.frames: asyncio.Queue[str] = asyncio.Queue()
        self.acks: dict[int, asyncio.Future[Any]] = {}
        self.headers: dict[str, str] = {}
        self.opening: dict[str, Any] = {}
        self.closed = asyncio.Event()
        self.answers_pings = True
        self.pings = 0
        self._number = 0
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.open()
        if self.auth:
            await self.enter()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.close()

    async def open(self) -> None:
        self.http = aiohttp.ClientSession()
        self.socket = await self.http.ws_connect(self.url, headers=self.headers, max_msg_size=0)
        self.opening = json.loads((await self.socket.receive_str())[1:])
        self._reader = asyncio.create_task(self._read())

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        await self.socket.close()
        await self.http.close()

    async def enter(self) -> str:
        await self.send(f"40{self.namespace},{json.dumps(self.auth)}")
        return await self.frames.get()

    async def send(self, frame: str) -> None:
        await self.socket.send_str(frame)

    async def post(self, name: str, payload: Any) -> asyncio.Future[Any]:
        """Send a command without waiting; the future is its answer."""
        self._number += 1
        answer = self.acks[self._number] = asyncio.get_running_loop().create_future()
        await self.send(f"42{self.namespace},{self._number}{json.dumps([name, payload])}")
        return answer

    async def ask(self, name: str, payload: Any) -> Any:
        return await asyncio.wait_for(await self.post(name, payload), 10)

    async def ask_raw(self, body: str) -> Any:
        """Send ``body`` in the place of ["name", {…}]."""
        self._number += 1
        answer = self.acks[self._number] = asyncio.get_running_loop().create_future()
        await self.send(f"42{self.namespace},{self._number}{body}")
        return await asyncio.wait_for(answer, 10)

    async def hears(self) -> tuple[str, Any]:
        return await asyncio.wait_for(self.events.get(), 10)

    async def _read(self) -> None:
        try:
            async for message in self.socket:
                await self._take(message.data)
        finally:
            self.closed.set()

    async def _take(self, frame: str) -> None:
        prefix = f"{self.namespace},"
        if frame == "2":
            self.pings += 1
            if self.answers_pings:
                await self.send("3")
        elif frame.startswith("42" + prefix):
            name, payload = json.loads(frame[2 + len(prefix) :])
            self.events.put_nowait((name, payload))
        elif frame.startswith("43" + prefix):
            number, _, rest = frame[2 + len(prefix) :].partition("[")
            self.acks.pop(int(number)).set_result(json.loads("[" + rest)[0])
        else:
            self.frames.put_nowait(frame)


class Deaf:
    """A client that enters and then reads nothing more, with a small socket buffer."""

    def __init__(self, url: str, **auth: Any) -> None:
        self.host, self.port = url.removeprefix("http://").split(":")
        self.auth = auth

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_connection(
            self.host, int(self.port), limit=SOCKET_BUFFER_BYTES
        )
        self.writer.write(
            b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n"
            b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        body = f"40/visitor,{json.dumps(self.auth)}".encode()
        self.writer.write(bytes((0x81, 0x80 | len(body))) + b"\0\0\0\0" + body)
        await self.reader.readuntil(b"40/visitor")
        self.writer.transport.pause_reading()  # type: ignore[attr-defined]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.writer.transport.abort()
