"""A wire between us and a server that a test can cut."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit


class Proxy:
    """Forwards TCP connections on a free port to a Unix socket, until it is cut."""

    def __init__(self, socket_path: str) -> None:
        self._socket_path = socket_path
        self._server: asyncio.Server | None = None
        self._pipes: set[asyncio.Task[None]] = set()
        self._is_cut = False
        self.port = 0

    async def open(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Break every connection, and let no new one through."""
        self._is_cut = True
        for pipe in list(self._pipes):
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    def mend(self) -> None:
        """Let connections through again."""
        self._is_cut = False

    async def close(self) -> None:
        """End."""
        await self.cut()
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        there = await asyncio.open_unix_connection(self._socket_path)
        task = asyncio.create_task(self._both_ways(reader, writer, *there))
        self._pipes.add(task)
        task.add_done_callback(self._pipes.discard)

    async def _both_ways(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        far_reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
    ) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_copy(reader, far_writer))
                group.create_task(_copy(far_reader, writer))
        except* OSError:
            pass
        finally:
            writer.transport.abort()
            far_writer.transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    raise ConnectionResetError


async def before_postgres(dsn: str) -> tuple[Proxy, str]:
    """Return a proxy to PostgreSQL, and the address to reach it by."""
    parts = urlsplit(dsn)
    query = parse_qs(parts.query)
    proxy = Proxy(f"{query['host'][0]}/.s.PGSQL.{query['port'][0]}")
    await proxy.open()
    login = parts.netloc.rpartition("@")[0]
    netloc = f"{login}@127.0.0.1:{proxy.port}"
    return proxy, urlunsplit(parts._replace(netloc=netloc, query=""))


async def before_valkey(url: str) -> tuple[Proxy, str]:
    """Return a proxy to Valkey, and the address to reach it by."""
    parts = urlsplit(url)
    proxy = Proxy(unquote(parts.path))
    await proxy.open()
    secret = parse_qs(parts.query)["password"][0]
    return proxy, f"redis://:{secret}@127.0.0.1:{proxy.port}/0"
