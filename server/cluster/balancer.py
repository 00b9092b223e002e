"""One address for several nodes: each connection goes to the one that has the fewest."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus

import aiohttp

from server.cluster.relay import Caller, End

BACKLOG = 2048
CONNECT_S = 1.0
READY_EVERY_S = 0.2
READY_WAIT_S = 1.0
NOBODY = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Type: text/plain\r\n"
    b"Content-Length: 20\r\nConnection: close\r\n\r\nNo node is ready yet"
)


@dataclass(slots=True, eq=False)
class Backend:
    """A node as the balancer sees it: whether it takes anybody, and who is connected to it.

    One that is not ready and yet ``is_there`` answers, and does not go. Nobody is sent to one that
    ``is_leaving``, whatever it says itself.
    """

    host: str
    port: int
    is_ready: bool = False
    is_there: bool = False
    is_leaving: bool = False
    was_ready: asyncio.Event = field(default_factory=asyncio.Event)
    callers: set[Caller] = field(default_factory=set[Caller])

    @property
    def url(self) -> str:
        """Where it can be asked directly."""
        return f"http://{self.host}:{self.port}"


class Balancer:
    """Relays TCP. A connection stays with its node; the next one of the same client need not.

    Bytes are not looked at, so nodes see this machine's address in the place of the client's.
    """

    def __init__(self, backends: Iterable[Backend]) -> None:
        self._backends = tuple(backends)
        self._server: asyncio.Server | None = None
        self._callers: set[Caller] = set()
        self._introductions: set[asyncio.Task[None]] = set()

    async def open(self, host: str, port: int) -> int:
        """Listen; return the port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._caller, host, port, backlog=BACKLOG)
        return int(self._server.sockets[0].getsockname()[1])

    async def watch(self) -> None:
        """Ask every node again and again whether it takes anybody, for ever."""
        async with aiohttp.ClientSession() as http, asyncio.TaskGroup() as group:
            for backend in self._backends:
                group.create_task(_watch(http, backend))

    async def close(self) -> None:
        """Take nobody any more, and hang up on whoever is left."""
        if self._server is None:
            return
        self._server.close()
        for task in tuple(self._introductions):
            task.cancel()
        await asyncio.gather(*self._introductions, return_exceptions=True)
        for caller in tuple(self._callers):
            caller.abort()
        await self._server.wait_closed()

    def _caller(self) -> Caller:
        caller = Caller(lambda: self._callers.discard(caller), self._called)
        self._callers.add(caller)
        return caller

    def _called(self, caller: Caller) -> None:
        task = asyncio.get_running_loop().create_task(self._introduce(caller))
        self._introductions.add(task)
        task.add_done_callback(self._introductions.discard)

    async def _introduce(self, caller: Caller) -> None:
        """Connect a caller to a node, or to the next where one does not take the connection."""
        tried: set[Backend] = set()
        while (backend := self._next(tried)) is not None:
            tried.add(backend)
            backend.callers.add(caller)
            if await _connect(caller, backend):
                return
            backend.callers.discard(caller)
        caller.say(NOBODY)
        caller.close()

    def _next(self, tried: set[Backend]) -> Backend | None:
        """Return a node that is ready. Where none is, what ails all keeps nobody from any."""
        left = [each for each in self._backends if each not in tried and not each.is_leaving]
        able = [each for each in left if each.is_ready] or [each for each in left if each.is_there]
        return min(able, key=lambda each: len(each.callers), default=None)


async def _watch(http: aiohttp.ClientSession, backend: Backend) -> None:
    while True:
        backend.is_ready, backend.is_there = await _look(http, backend.url)
        if backend.is_ready:
            backend.was_ready.set()
        await asyncio.sleep(READY_EVERY_S)


async def _look(http: aiohttp.ClientSession, url: str) -> tuple[bool, bool]:
    """Return whether a node is ready, and whether it answers and does not go."""
    try:
        async with asyncio.timeout(READY_WAIT_S), http.get(f"{url}/health/ready") as answer:
            is_going = b'"draining":true' in await answer.read()
            return answer.status == HTTPStatus.OK, not is_going
    except (OSError, aiohttp.ClientError):
        return False, False


async def _connect(caller: Caller, backend: Backend) -> bool:
    """Connect a caller to a node; tell whether the node took the connection."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(CONNECT_S):
            _, node = await loop.create_connection(
                lambda: End(lambda: backend.callers.discard(caller)), backend.host, backend.port
            )
    except OSError:
        backend.is_ready = backend.is_there = False  # until it is asked again
        return False
    if caller.is_open:
        caller.join(node)
    else:
        node.close()
    return True
