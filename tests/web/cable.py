"""The cable between a browser and a node, which a test can cut or make deaf."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit


class Cable:
    """Forwards TCP connections to a node."""

    def __init__(self, node: str) -> None:
        self._port = urlsplit(node).port
        self._pipes: set[asyncio.Task[None]] = set()
        self._is_cut = False
        self._flows = asyncio.Event()
        self._flows.set()
        self.url = ""

    async def cut(self) -> None:
        """Break every connection and let no new one through."""
        self._is_cut = True
        for pipe in list(self._pipes):
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    def mend(self) -> None:
        """Let connections through again, and words flow."""
        self._is_cut = False
        self._flows.set()

    def deafen(self) -> None:
        """Keep connections open, but let nothing reach the browser."""
        self._flows.clear()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Join one connection with the node until either end goes."""
        if self._is_cut:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        ways = {
            asyncio.create_task(self._copy(reader, far_writer, is_back=False)),
            asyncio.create_task(self._copy(far_reader, writer, is_back=True)),
        }
        self._pipes |= ways
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        self._pipes -= ways
        writer.transport.abort()
        far_writer.transport.abort()

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_back: bool
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if is_back:
                    await self._flows.wait()
                writer.write(data)
                await writer.drain()


@asynccontextmanager
async def lay_cable(node: str) -> AsyncIterator[Cable]:
    """Lay a cable on a free port."""
    cable = Cable(node)
    server = await asyncio.start_server(cable.serve, "127.0.0.1", 0)
    cable.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield cable
    finally:
        server.close()
        await cable.cut()
