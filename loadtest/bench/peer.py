"""A client that costs little: an aiohttp websocket that speaks Socket.IO by hand."""

import asyncio
from collections.abc import Callable
from typing import Self

import aiohttp
import orjson

Heard = Callable[[str, dict[str, object]], None]


class Peer:
    """One session. It offers permessage-deflate, as every browser does, and answers pings."""

    def __init__(self, namespace: str, heard: Heard) -> None:
        self._namespace, self._heard = namespace, heard
        self._prefix = f"42{namespace},"
        self._acks: dict[int, asyncio.Future[dict[str, object]]] = {}
        self._number = 0
        self._reader: asyncio.Task[None] | None = None
        self._entered = asyncio.Event()
        self._refusal: str | None = None

    async def open(self, http: aiohttp.ClientSession, url: str, auth: dict[str, object]) -> Self:
        """Connect and enter the namespace; ConnectionRefusedError when we may not."""
        path = "/socket.io/?EIO=4&transport=websocket"
        self._socket = await http.ws_connect(url + path, compress=15, max_msg_size=0)
        await self._socket.receive_str()
        await self._socket.send_str(f"40{self._namespace}," + orjson.dumps(auth).decode())
        self._reader = asyncio.create_task(self._read())
        await asyncio.wait_for(self._entered.wait(), 30)
        if self._refusal is not None:
            await self.close()
            raise ConnectionRefusedError(self._refusal)
        return self

    async def close(self) -> None:
        """Leave."""
        if self._reader is not None:
            self._reader.cancel()
        await self._socket.close()

    async def ask(self, name: str, payload: dict[str, object]) -> dict[str, object]:
        """Send a command; return its acknowledgement."""
        self._number += 1
        answer: asyncio.Future[dict[str, object]] = asyncio.get_running_loop().create_future()
        self._acks[self._number] = answer
        body = orjson.dumps([name, payload]).decode()
        await self._socket.send_str(f"{self._prefix}{self._number}{body}")
        return await answer

    async def _read(self) -> None:
        async for message in self._socket:
            frame = str(message.data)
            if frame.startswith("42"):
                name, payload = orjson.loads(frame[len(self._prefix) :])
                self._heard(name, payload)
            elif frame.startswith("43"):
                number, _, rest = frame[len(self._prefix) :].partition("[")
                self._acks.pop(int(number)).set_result(orjson.loads("[" + rest)[0])
            elif frame == "2":
                await self._socket.send_str("3")
            elif frame.startswith("40"):
                self._entered.set()
            elif frame.startswith("44"):
                self._refusal = frame
                self._entered.set()
