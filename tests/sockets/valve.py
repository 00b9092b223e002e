"""A pipe to Valkey that a test can shut (connections break) or clog (nothing gets through)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit
from uuid import uuid4


class Valve:
    """Open at first. ``url`` leads through it."""

    def __init__(self, redis_url: str) -> None:
        self._parts = urlsplit(redis_url)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._pipes: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._port = 0
        self.realm = f"{uuid4().hex}:"  # other tests share the same Valkey

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.shut()

    @property
    def url(self) -> str:
        password = f":{self._parts.password}@" if self._parts.password else ""
        query = f"?{self._parts.query}" if self._parts.query else ""
        return f"redis://{password}127.0.0.1:{self._port}/0{query}"

    async def open(self) -> None:
        """Let connections through."""
        self._flows.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._connect, "127.0.0.1", self._port)
            self._port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """Break every connection and accept no more."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for pipe in tuple(self._pipes):
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    def clog(self) -> None:
        """Let nothing through, without breaking a connection."""
        self._flows.clear()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pipe = asyncio.current_task()
        assert pipe is not None
        self._pipes.add(pipe)
        try:
            there, back = await self._reach()
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._pour(reader, back))
                    group.create_task(self._pour(there, writer))
            finally:
                back.transport.abort()
        except* (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            self._pipes.discard(pipe)

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._parts.scheme == "unix":
            return await asyncio.open_unix_connection(unquote(self._parts.path))
        return await asyncio.open_connection(self._parts.hostname, self._parts.port)

    async def _pour(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65_536):
                await self._flows.wait()
                sink.write(data)
                await sink.drain()
        raise ConnectionResetError
