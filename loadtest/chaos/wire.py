"""A browser's socket, by hand: it hears its node's silence, and may lose answers on purpose."""

import asyncio
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import aiohttp
import orjson
from aiohttp.connector import Connection

Plain = dict[str, Any]  # JSON, as it comes from the wire
Namespace = Literal["/visitor", "/agent"]
OPEN_S = 4.0
SILENCE_S = 5.0  # as our pages: whoever hears no ping for so long reconnects


class Gone(Exception):
    """The connection is over, or was never there."""


class NoAnswer(Exception):
    """No answer came in time; what became of the command is unknown."""


@dataclass(slots=True)
class Weather:
    """What befalls clients themselves: the share of answers that never arrive.

    ``patience_s`` is how long they wait for one; 8 s, as our pages.
    """

    acks_lost_ratio: float = 0.0
    patience_s: float = 8.0


@dataclass(slots=True)
class Wire:
    """One connection of one person in one namespace. Each is opened once."""

    http: aiohttp.ClientSession
    url: str
    namespace: Namespace
    hear: Callable[[str, Plain], None]
    loses_ack: Callable[[], bool]
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    heard_s: float = 0.0
    _socket: aiohttp.ClientWebSocketResponse | None = None
    _reader: asyncio.Task[None] | None = None
    _number: int = 0
    _acks: dict[int, asyncio.Future[Plain]] = field(
        default_factory=dict[int, "asyncio.Future[Plain]"]
    )
    _started: asyncio.Future[Plain] | None = None

    async def open(self, auth: Plain) -> Plain:
        """Connect and enter; return ``session:started``. Gone when that cannot be."""
        self._started = asyncio.get_running_loop().create_future()
        path = "/socket.io/?EIO=4&transport=websocket"
        try:
            async with asyncio.timeout(OPEN_S):
                self._socket = await self.http.ws_connect(self.url + path, max_msg_size=0)
                hello = orjson.dumps(auth).decode()
                await self._socket.send_str(f"40{self.namespace},{hello}")
                self._reader = asyncio.create_task(self._read())
                return await self._started
        except (aiohttp.ClientError, OSError, Gone) as trouble:  # TimeoutError is an OSError
            await self.close()
            raise Gone(repr(trouble)) from trouble

    async def ask(self, command: str, payload: Plain, within_s: float) -> Plain:
        """Send a command; return its answer whatever it says. NoAnswer, or Gone."""
        if self._socket is None or self.closed.is_set():
            raise Gone("closed")
        self._number += 1
        answer: asyncio.Future[Plain] = asyncio.get_running_loop().create_future()
        self._acks[number := self._number] = answer
        body = orjson.dumps([command, payload]).decode()
        try:
            async with asyncio.timeout(within_s):
                await self._socket.send_str(f"42{self.namespace},{number}{body}")
                return await answer
        except TimeoutError as error:
            raise NoAnswer(command) from error
        except (aiohttp.ClientError, OSError) as error:
            raise Gone(repr(error)) from error
        finally:
            self._acks.pop(number, None)

    async def close(self) -> None:
        """Hang up, without waiting for the other side to agree."""
        self._over()
        if self._reader is not None:
            self._reader.cancel()
            with suppress(asyncio.CancelledError):
                await self._reader
        self.cut()

    def cut(self) -> None:
        """Vanish without a goodbye."""
        if (connection := self._connection()) is not None:
            if connection.transport is not None:
                connection.transport.abort()
            connection.close()

    def stop_reading(self) -> None:
        """Keep the connection and take nothing from it any more."""
        if self._reader is not None:
            self._reader.cancel()
        connection = self._connection()
        if connection is not None and connection.transport is not None:
            connection.transport.pause_reading()
            line = connection.transport.get_extra_info("socket")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)

    def _connection(self) -> Connection | None:
        if self._socket is None:
            return None
        return self._socket._response.connection  # pyright: ignore[reportPrivateUsage]

    async def _read(self) -> None:
        line = self._socket
        assert line is not None
        try:
            while True:
                async with asyncio.timeout(SILENCE_S):
                    message = await line.receive()
                if message.type is not aiohttp.WSMsgType.TEXT:
                    break
                self.heard_s = time.monotonic()
                await self._take(line, cast("str", message.data))
        except (aiohttp.ClientError, OSError):  # TimeoutError, which is silence, among them
            pass
        self._over()
        self.cut()

    async def _take(self, line: aiohttp.ClientWebSocketResponse, frame: str) -> None:
        if frame == "2":
            await line.send_str("3")
            return
        kind, rest = frame[:2], frame[2:].removeprefix(f"{self.namespace},")
        if kind == "43":
            self._acknowledged(rest)
        elif kind == "44" and self._started is not None and not self._started.done():
            self._started.set_exception(Gone(rest))
        elif kind == "42":
            name, payload = orjson.loads(rest)
            if name == "session:started" and self._started and not self._started.done():
                self._started.set_result(payload)
            self.hear(name, payload)

    def _acknowledged(self, rest: str) -> None:
        number, _, body = rest.partition("[")
        future = self._acks.get(int(number))
        if future is None or future.done() or self.loses_ack():
            return
        future.set_result(orjson.loads("[" + body)[0])

    def _over(self) -> None:
        self.closed.set()
        for future in (*self._acks.values(), self._started):
            if future is not None and not future.done():
                future.set_exception(Gone("connection lost"))
                future.exception()  # whoever waits hears of it; nobody else needs to
