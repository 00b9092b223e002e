"""The link of the chaos runs: dead in one direction, and nothing is lost when it is mended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from socket import SO_LINGER, SOL_SOCKET
from struct import pack

import pytest

from loadtest.chaos.link import Direction, Link, to_port

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def linked() -> AsyncGenerator[tuple[Link, Line, Line]]:
    """Join a client to a server through a link."""
    arrived: asyncio.Future[Line] = asyncio.get_running_loop().create_future()
    server = await asyncio.start_server(
        lambda reader, writer: arrived.set_result((reader, writer)), "127.0.0.1", 0
    )
    link = Link(to_port(server.sockets[0].getsockname()[1]))
    await link.open()
    near = await asyncio.open_connection("127.0.0.1", link.port)
    far = await arrived
    try:
        yield link, near, far
    finally:
        for _, writer in (near, far):
            writer.transport.abort()
        await link.close()
        server.close()


@pytest.mark.parametrize("dead", ["in", "out"])
async def test_a_dead_direction_holds_what_is_sent_and_the_other_one_goes_on(
    dead: Direction,
) -> None:
    async with linked() as (link, near, far):
        (alive_from, alive_to), (dead_from, dead_to) = (near, far), (far, near)
        if dead == "in":
            (alive_from, alive_to), (dead_from, dead_to) = (far, near), (near, far)
        link.cut(dead)

        dead_from[1].write(b"nobody hears this")
        alive_from[1].write(b"hello")

        assert await alive_to[0].readexactly(5) == b"hello"
        heard = asyncio.create_task(dead_to[0].readexactly(17))
        alive_from[1].write(b"again")
        assert await alive_to[0].readexactly(5) == b"again"
        assert not heard.done()
        link.mend()
        assert await heard == b"nobody hears this"


@pytest.mark.parametrize("dead", [("in",), ("in", "out")], ids=str)
async def test_what_a_client_said_before_it_vanished_arrives_once_the_link_is_mended(
    dead: tuple[Direction, ...],
) -> None:
    async with linked() as (link, near, far):
        link.cut(*dead)
        near[1].write(b"last words")
        await near[1].drain()
        near[1].get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
        near[1].transport.abort()
        far[1].write(b"who is there?")
        heard = asyncio.create_task(far[0].read())
        await asyncio.wait({heard}, timeout=0.1)
        assert not heard.done()

        link.mend()

        assert await heard == b"last words"


async def test_a_server_that_is_gone_ends_the_connection() -> None:
    async with linked() as (_, near, far):
        far[1].transport.abort()

        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await near[0].readexactly(1)


async def test_nobody_there_ends_the_connection() -> None:
    link = Link(to_port(1))
    await link.open()
    reader, writer = await asyncio.open_connection("127.0.0.1", link.port)

    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await reader.readexactly(1)
    writer.transport.abort()
    await link.close()
