"""A bare Socket.IO client for tests: it keeps every frame, and it can misbehave on request."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp

PATIENCE_S = 8.0

Json = dict[str, Any]


class Refused(Exception):
    """The namespace did not let us in, or a command was refused."""

    def __init__(self, error: Json) -> None:
        super().__init__(error.get("message", ""))
        self.error = error

    @property
    def code(self) -> str:
        """The code for programs."""
        return self.error["code"]


class Line:
    """One websocket in one namespace."""

    def __init__(self, base: str, namespace: str) -> None:
        self._base, self._namespace = base, namespace
        self._http: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._acks: dict[int, asyncio.Future[Json]] = {}
        self._next_ack = 0
        self._changed = asyncio.Condition()
        self._entered: asyncio.Future[Json] | None = None
        self.events: list[tuple[str, Json]] = []
        self._taken: set[int] = set()
        self.is_open = False

    async def open(self, auth: Json, headers: dict[str, str] | None = None) -> None:
        """Connect and enter; Refused when we are not let in."""
        self._http = aiohttp.ClientSession(headers=headers)
        url = f"{self._base}/socket.io/?EIO=4&transport=websocket"
        self._socket = await self._http.ws_connect(url, max_msg_size=0)
        self._entered = asyncio.get_running_loop().create_future()
        self.is_open = True
        self._reader = asyncio.create_task(self._read())
        await self._socket.send_str(f"40{self._namespace},{json.dumps(auth)}")
        answer = await asyncio.wait_for(self._entered, PATIENCE_S)
        if "message" in answer:
            await self.close()
            raise Refused(answer["data"])

    async def ask(self, command: str, payload: Json) -> Json:
        """Send a command; return its acknowledgement, whatever it says."""
        assert self._socket is not None
        self._next_ack += 1
        number = self._next_ack
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._acks[number] = future
        await self._socket.send_str(f"42{self._namespace},{number}{json.dumps([command, payload])}")
        return await asyncio.wait_for(future, PATIENCE_S)

    async def do(self, command: str, payload: Json) -> Json:
        """Send a command; return its data, or raise Refused."""
        answer = await self.ask(command, payload)
        if not answer["ok"]:
            raise Refused(answer["error"])
        return answer["data"]

    async def hear(self, event: str, within_s: float = PATIENCE_S, **wanted: Any) -> Json:
        """Return the next event of that name whose fields are as ``wanted``; each is heard once."""

        def found() -> int | None:
            for index, (name, payload) in enumerate(self.events):
                fits = all(payload.get(key) == value for key, value in wanted.items())
                if index not in self._taken and name == event and fits:
                    return index
            return None

        async with self._changed:
            try:
                await asyncio.wait_for(
                    self._changed.wait_for(lambda: found() is not None), within_s
                )
            except TimeoutError:
                heard = [name for name, _ in self.events]
                raise AssertionError(
                    f"no {event} {wanted} within {within_s} s in {heard}"
                ) from None
            index = found()
            assert index is not None
            self._taken.add(index)
            return self.events[index][1]

    def heard(self, event: str) -> list[Json]:
        """Return all events of that name so far."""
        return [payload for name, payload in self.events if name == event]

    async def pull_the_plug(self) -> None:
        """Vanish without a goodbye."""
        assert self._socket is not None
        assert self._socket._response.connection is not None
        transport = self._socket._response.connection.transport
        assert transport is not None
        transport.abort()
        await self.close()

    def stops_reading(self) -> None:
        """Keep the connection and take nothing from it any more."""
        assert self._socket is not None
        assert self._reader is not None
        self._reader.cancel()
        connection = self._socket._response.connection
        assert connection is not None
        assert connection.transport is not None
        connection.transport.pause_reading()

    async def close(self) -> None:
        """Leave properly."""
        self.is_open = False
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        if self._socket is not None:
            await self._socket.close()
        if self._http is not None:
            await self._http.close()
        self._give_up("closed")

    async def until_closed(self, within_s: float = PATIENCE_S) -> None:
        """Return once the server has closed the connection."""
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(lambda: not self.is_open), within_s)

    async def _read(self) -> None:
        assert self._socket is not None
        async for message in self._socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                break
            await self._take(message.data)
        self.is_open = False
        self._give_up("connection lost")
        async with self._changed:
            self._changed.notify_all()

    async def _take(self, text: str) -> None:
        assert self._socket is not None
        if text == "2":
            await self._socket.send_str("3")
            return
        prefix = f"{self._namespace},"
        kind, rest = text[:2], text[2:].removeprefix(prefix)
        if kind in {"40", "44"} and self._entered is not None and not self._entered.done():
            self._entered.set_result(json.loads(rest or "{}"))
        elif kind == "43":
            at = rest.index("[")
            future = self._acks.pop(int(rest[:at]), None)
            if future is not None and not future.done():
                future.set_result(json.loads(rest[at:])[0])
        elif kind == "42":
            name, *payload = json.loads(rest)
            async with self._changed:
                self.events.append((name, payload[0] if payload else {}))
                self._changed.notify_all()

    def _give_up(self, why: str) -> None:
        for future in self._acks.values():
            if not future.done():
                future.set_exception(ConnectionError(why))
                future.exception()
        self._acks.clear()
        if self._entered is not None and not self._entered.done():
            self._entered.set_exception(ConnectionError(why))
