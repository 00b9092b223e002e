"""A TCP link of our own in front of a server: it can go dead in either direction, or be slow."""

import asyncio
from collections.abc import Awaitable, Callable
from socket import SO_RCVBUF, SO_SNDBUF, SOL_SOCKET
from typing import Literal

Direction = Literal["in", "out"]
"""Towards the server, and from it."""

Far = tuple[asyncio.StreamReader, asyncio.StreamWriter]
CHUNK_BYTES = 65536
HANG_UP_S = 1.0


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
            self._server = None
        for pipe in list(self._pipes):
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._server is None:  # closed meanwhile
            writer.transport.abort()
            return
        pipe = asyncio.create_task(self._join(reader, writer))
        self._pipes.add(pipe)
        pipe.add_done_callback(self._pipes.discard)
        pipe.add_done_callback(lambda _: writer.transport.abort())  # also if it never began

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on until one side is gone; what the client said before it went arrives all the same.

        TCP repeats that even when the program that said it has hung up.
        """
        try:
            far = await self._reach()
        except OSError:
            return
        ways = [
            asyncio.create_task(self._copy(reader, far[1], "in")),
            asyncio.create_task(self._copy(far[0], writer, "out")),
        ]
        inward, outward = ways
        try:
            far[1].get_extra_info("socket").setsockopt(SOL_SOCKET, SO_RCVBUF, CHUNK_BYTES)
            writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_SNDBUF, CHUNK_BYTES)
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            if outward.done() and not await outward:
                await inward
        except OSError:
            pass  # gone before it was here
        finally:
            writer.transport.abort()
            far[1].close()
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            await _until_closed(far[1])

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, direction: Direction
    ) -> bool:
        """Pass on; true when whoever speaks is gone, false when it is whoever should hear."""
        while data := await _heard(reader):
            if self.delay_s:
                await asyncio.sleep(self.delay_s)
            await self._flows[direction].wait()
            if writer.is_closing():  # uvloop refuses to write then
                return False
            writer.write(data)
            try:
                await writer.drain()
            except OSError:
                return False
        return True


async def _until_closed(writer: asyncio.StreamWriter) -> None:
    """Wait until what was passed on has left, or cannot."""
    try:
        async with asyncio.timeout(HANG_UP_S):
            await writer.wait_closed()
    except OSError:
        pass
    finally:
        writer.transport.abort()


async def _heard(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(CHUNK_BYTES)
    except OSError:
        return b""


def to_port(port: int, host: str = "127.0.0.1") -> Callable[[], Awaitable[Far]]:
    """Return how a server on a port is reached."""
    return lambda: asyncio.open_connection(host, port)


def to_socket(path: str) -> Callable[[], Awaitable[Far]]:
    """Return how a server on a Unix socket is reached."""
    return lambda: asyncio.open_unix_connection(path)
