"""A TCP link of our own in front of a server: it can go dead in either direction, or be slow."""

import asyncio
from collections.abc import Awaitable, Callable
from socket import SO_RCVBUF, SO_SNDBUF, SOL_SOCKET
from typing import Literal

Direction = Literal["in", "out"]
"""Towards the server, and from it."""

Far = tuple[asyncio.StreamReader, asyncio.StreamWriter]
CHUNK_BYTES = 65536


class Link:
    """Listens on a free port and passes everything on.

    What is sent into a dead direction arrives when it is mended, as TCP repeats what was lost.
    It holds little itself, so that a server soon notices who does not read.
    """

    def __init__(self, reach: Callable[[], Awaitable[Far]]) -> None:
        self._reach = reach
        self.host = "127.0.0.1"
        self._server: asyncio.Server | None = None
        self._pipes: set[asyncio.Task[None]] = set()
        self._flows: dict[Direction, asyncio.Event] = {
            "in": asyncio.Event(),
            "out": asyncio.Event(),
        }
        self.delay_s = 0.0
        self.port = 0

    async def open(self, host: str = "127.0.0.1") -> None:
        """Listen on an address of ours."""
        self.mend()
        self.host = host
        self._server = await asyncio.start_server(self._serve, host, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self, *directions: Direction) -> None:
        """Let nothing through in these directions; nobody is told."""
        for direction in directions:
            self._flows[direction].clear()

    def mend(self) -> None:
        """Let everything through again, without delay."""
        self.delay_s = 0.0
        for flow in self._flows.values():
            flow.set()

    async def close(self) -> None:
        """End, with every connection."""
        if self._server is not None:
            self._server.close()
        for pipe in list(self._pipes):
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pipe = asyncio.create_task(self._join(reader, writer))
        self._pipes.add(pipe)
        pipe.add_done_callback(self._pipes.discard)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far: Far | None = None
        try:
            far = await self._reach()
            far[1].get_extra_info("socket").setsockopt(SOL_SOCKET, SO_RCVBUF, CHUNK_BYTES)
            writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_SNDBUF, CHUNK_BYTES)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._copy(reader, far[1], "in"))
                group.create_task(self._copy(far[0], writer, "out"))
        except* OSError:
            pass
        finally:
            writer.transport.abort()
            if far is not None:
                far[1].transport.abort()

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, direction: Direction
    ) -> None:
        while data := await reader.read(CHUNK_BYTES):
            if self.delay_s:
                await asyncio.sleep(self.delay_s)
            await self._flows[direction].wait()
            writer.write(data)
            await writer.drain()
        raise ConnectionResetError  # ends the other direction too


def to_port(port: int, host: str = "127.0.0.1") -> Callable[[], Awaitable[Far]]:
    """Return how a server on a port is reached."""
    return lambda: asyncio.open_connection(host, port)


def to_socket(path: str) -> Callable[[], Awaitable[Far]]:
    """Return how a server on a Unix socket is reached."""
    return lambda: asyncio.open_unix_connection(path)
