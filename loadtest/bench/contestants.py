"""Everybody who is measured: Kefu, and what it is measured against."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import aiohttp

from loadtest.bench import nodes
from loadtest.bench.casts import agents_for, kefu_talks, reference_talks
from loadtest.bench.nodes import Served
from loadtest.bench.peer import Line, Peer, RawPeer
from loadtest.bench.references import running
from loadtest.bench.scenes import Scene
from loadtest.bench.talks import Talk
from loadtest.bench.watchers import Gather, kefu_crowd, reference_crowd


@dataclass(frozen=True, slots=True)
class Contestant:
    """How one is started, with so many nodes for so many talks, and who plays there."""

    name: str
    serve: Callable[[int, int], AbstractAsyncContextManager[list[Served]]]
    talks: Callable[[Scene, int], Awaitable[list[Talk]]] = reference_talks
    crowd: Gather = reference_crowd
    line: type[Line] = Peer
    enter: Callable[[Scene, int], Awaitable[Line]] | None = None
    """How somebody comes who only sits there; None where that is not measured."""


def _kefu(count: int, talks: int) -> AbstractAsyncContextManager[list[Served]]:
    return nodes.cluster(count, agents_for(talks))


async def _kefu_visitor(scene: Scene, _: int) -> Line:
    return await scene.join("/visitor", {"site": "demo"})


async def _reference_visitor(scene: Scene, number: int) -> Line:
    room = {"conversation": f"idle-{number}", "namespace": "/visitor"}
    return await scene.join("/visitor", {**room})


KEFU = Contestant("kefu, whole node", _kefu, kefu_talks, kefu_crowd, enter=_kefu_visitor)
BARE = Contestant(
    "bare python-socketio", lambda count, _: running.bare(count), enter=_reference_visitor
)
PYTHON = Contestant(
    "python-socketio + asyncpg", lambda count, _: running.python(count), enter=_reference_visitor
)
NODE = Contestant(
    "Node Socket.IO + pg", lambda count, _: running.node(count), enter=_reference_visitor
)
FLOOR = Contestant("raw websocket, the floor", lambda count, _: running.floor(count), line=RawPeer)


@asynccontextmanager
async def on_stage(
    contestant: Contestant, count: int, talks: int
) -> AsyncGenerator[Callable[[], AbstractAsyncContextManager[Scene]]]:
    """Run a contestant; yield how one gets a scene there, whose clients leave when it is over."""
    async with (
        contestant.serve(count, talks) as served,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http,
    ):

        @asynccontextmanager
        async def scene() -> AsyncGenerator[Scene]:
            it = Scene(http, served, contestant.line)
            try:
                yield it
            finally:
                await it.close()

        yield scene
