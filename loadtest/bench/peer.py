"""Clients that cost little: aiohttp websockets that speak Socket.IO, or nearly nothing, by hand."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Self

import aiohttp
import orjson

Heard = Callable[[str, dict[str, object]], None]
Answer = dict[str, object]

OPEN_S = 30.0


class Line(ABC):
    """One session. It offers permessage-deflate, as every browser does."""

    path: ClassVar[str]

    def __init__(self, namespace: str, heard: Heard) -> None:
        self._namespace, self._heard = namespace, heard
        self._acks: dict[int, asyncio.Future[Answer]] = {}
        self._number = 0
        self._reader: asyncio.Task[None] | None = None
        self._entered = asyncio.Event()
        self._refusal: str | None = None

    async def open(self, http: aiohttp.ClientSession, url: str, auth: dict[str, object]) -> Self:
        """Connect and enter the namespace; ConnectionRefusedError when we may not."""
        self._socket = await http.ws_connect(url + self.path, compress=15, max_msg_size=0)
        await self._hello(orjson.dumps(auth).decode())
        self._reader = asyncio.create_task(self._read())
        try:
            await asyncio.wait_for(self._entered.wait(), OPEN_S)
        except TimeoutError:
            self._refusal = "no answer"
        if self._refusal is not None:
            await self.close()
            raise ConnectionRefusedError(self._refusal)
        return self

    async def close(self) -> None:
        """Leave."""
        if self._reader is not None:
            self._reader.cancel()
        await self._socket.close()

    def cut(self) -> None:
        """Vanish without a goodbye."""
        if self._reader is not None:
            self._reader.cancel()
        connection = self._socket._response.connection  # pyright: ignore[reportPrivateUsage]
        if connection is not None and connection.transport is not None:
            connection.transport.abort()

    async def ask(self, name: str, payload: dict[str, object]) -> Answer:
        """Send a command; return its acknowledgement. ConnectionResetError when there is none."""
        if self._reader is None or self._reader.done():
            raise ConnectionResetError
        self._number += 1
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._acks[self._number] = answer
        await self._socket.send_str(self._framed(self._number, name, payload))
        return await answer

    async def _read(self) -> None:
        try:
            async for message in self._socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    await self._take(message.data)
        finally:
            for answer in self._acks.values():
                if not answer.done():
                    answer.set_exception(ConnectionResetError())
                    answer.exception()  # whoever waits hears of it; nobody else needs to

    @abstractmethod
    async def _hello(self, auth: str) -> None: ...

    @abstractmethod
    def _framed(self, number: int, name: str, payload: dict[str, object]) -> str: ...

    @abstractmethod
    async def _take(self, frame: str) -> None: ...


class Peer(Line):
    """Speaks Socket.IO, and answers pings."""

    path = "/socket.io/?EIO=4&transport=websocket"

    async def _hello(self, auth: str) -> None:
        await self._socket.receive_str()
        await self._socket.send_str(f"40{self._namespace},{auth}")

    def _framed(self, number: int, name: str, payload: dict[str, object]) -> str:
        return f"42{self._namespace},{number}{orjson.dumps([name, payload]).decode()}"

    async def _take(self, frame: str) -> None:
        kind, rest = frame[:2], frame[3 + len(self._namespace) :]
        if kind == "42":
            name, payload = orjson.loads(rest)
            self._heard(name, payload)
        elif kind == "43":
            number, _, answer = rest.partition("[")
            self._acks.pop(int(number)).set_result(orjson.loads("[" + answer)[0])
        elif frame == "2":
            await self._socket.send_str("3")
        elif kind == "40":
            self._entered.set()
        elif kind == "44":
            self._refusal = frame
            self._entered.set()


class RawPeer(Line):
    """Speaks as the floor does: an answer begins with its number, an event with its name."""

    path = "/"

    async def _hello(self, auth: str) -> None:
        await self._socket.send_str(auth)

    def _framed(self, number: int, name: str, payload: dict[str, object]) -> str:
        return orjson.dumps([number, name, payload]).decode()

    async def _take(self, frame: str) -> None:
        first, *rest = orjson.loads(frame)
        if not rest:
            self._entered.set()
        elif isinstance(first, str):
            self._heard(first, rest[0])
        else:
            self._acks.pop(first).set_result(rest[0])
