"""The small balancer of `kefu up --nodes`: bytes go through, and nobody is sent where nobody is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress

import orjson
import pytest

from server.cluster.balancer import Backend, Balancer
from server.cluster.run import free_ports
from tests.sockets.waiting import until

HERE = "127.0.0.1"
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Lines = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def hang_up(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    with suppress(ConnectionError):
        await writer.wait_closed()


class Node:
    """Something that listens where a node would."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self.writers: list[asyncio.StreamWriter] = []
        self.talks: list[asyncio.Task[None]] = []

    async def open(self) -> Backend:
        self._server = await asyncio.start_server(self._serve, HERE, 0)
        return Backend(HERE, self._server.sockets[0].getsockname()[1], is_ready=True)

    async def close(self) -> None:
        self._server.close()
        for writer in self.writers:
            await hang_up(writer)
        await asyncio.gather(*self.talks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        task = asyncio.current_task()
        assert task is not None
        self.talks.append(task)
        with suppress(ConnectionError):
            await self._talk(reader, writer)


class Stage:
    """Nodes, a balancer before them, and callers."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack
        self.port = 0

    async def opens(self, *backends: Backend) -> Balancer:
        balancer = Balancer(backends)
        self.port = await balancer.open(HERE, 0)
        self._stack.push_async_callback(balancer.close)
        return balancer

    async def node(self, talk: Talk) -> tuple[Node, Backend]:
        node = Node(talk)
        backend = await node.open()
        self._stack.push_async_callback(node.close)
        return node, backend

    async def caller(self) -> Lines:
        reader, writer = await asyncio.open_connection(HERE, self.port)
        self._stack.push_async_callback(hang_up, writer)
        return reader, writer


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        yield Stage(stack)


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speak first, then listen for ever."""
    writer.write(b"%d\n" % writer.get_extra_info("sockname")[1])
    await reader.read()
    writer.close()


async def test_bytes_go_through_unchanged_and_who_has_finished_still_hears_the_answer(
    stage: Stage,
) -> None:
    said = bytes(range(256)) * 20_000  # far more than any buffer on the way
    _, backend = await stage.node(echo)
    await stage.opens(backend)
    reader, writer = await stage.caller()

    writer.write(said)
    writer.write_eof()

    assert await reader.read() == said


async def test_a_caller_who_does_not_read_holds_up_the_node_and_not_the_memory(
    stage: Stage,
) -> None:
    held = asyncio.Event()

    async def pour(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        drained = asyncio.ensure_future(asyncio.sleep(0))
        while drained.done() or not held.is_set():
            writer.write(bytes(1 << 20))
            drained = asyncio.ensure_future(writer.drain())
            done, _ = await asyncio.wait({drained}, timeout=1)
            if not done:
                held.set()
        await drained
        writer.close()

    _, backend = await stage.node(pour)
    await stage.opens(backend)
    reader, writer = await stage.caller()
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    await asyncio.wait_for(held.wait(), 20)

    writer.transport.resume_reading()  # type: ignore[attr-defined]
    assert not (await reader.read()).strip(b"\0")


async def test_each_connection_goes_to_the_node_with_the_fewest(stage: Stage) -> None:
    nodes = [await stage.node(greet) for _ in range(3)]
    await stage.opens(*(backend for _, backend in nodes))

    lines = [await stage.caller() for _ in range(9)]
    ports = [int(await reader.readline()) for reader, _ in lines]

    assert all(ports.count(backend.port) == 3 for _, backend in nodes)
    assert len(set(ports[:3])) == 3


async def test_nobody_is_sent_to_a_node_that_is_not_ready_leaves_or_is_gone(stage: Stage) -> None:
    nodes = [await stage.node(greet) for _ in range(3)]
    unready, leaving, well = (backend for _, backend in nodes)
    unready.is_ready, leaving.is_leaving = False, True
    [port] = free_ports(1)
    gone = Backend(HERE, port, is_ready=True)
    await stage.opens(gone, unready, leaving, well)

    for _ in range(4):
        reader, _ = await stage.caller()
        assert int(await reader.readline()) == well.port
    assert not gone.is_ready


async def test_what_ails_all_nodes_shuts_nobody_out(stage: Stage) -> None:
    nodes = [await stage.node(greet) for _ in range(2)]
    unready, leaving = (backend for _, backend in nodes)
    unready.is_ready = leaving.is_ready = False
    unready.is_there = leaving.is_there = leaving.is_leaving = True
    [port] = free_ports(1)
    await stage.opens(Backend(HERE, port, is_ready=True), leaving, unready)

    for _ in range(3):
        reader, _ = await stage.caller()
        assert int(await reader.readline()) == unready.port


@pytest.mark.parametrize(
    ("says", "is_ready", "is_there"),
    [
        ({"ready": True, "draining": False}, True, True),
        ({"ready": False, "draining": False}, False, True),
        ({"ready": False, "draining": True}, False, False),
    ],
)
async def test_a_node_that_is_not_ready_is_told_from_one_that_goes(
    stage: Stage, says: dict[str, bool], *, is_ready: bool, is_there: bool
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        status, body = "200 OK" if says["ready"] else "503 No", orjson.dumps(says)
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        looked.set()

    looked = asyncio.Event()
    _, backend = await stage.node(answer)
    backend.is_ready, backend.is_there = not is_ready, not is_there
    watching = asyncio.create_task(Balancer([backend]).watch())
    await asyncio.wait_for(looked.wait(), 8)
    await until(lambda: (backend.is_ready, backend.is_there) == (is_ready, is_there))
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


async def test_when_no_node_is_ready_that_is_said(stage: Stage) -> None:
    await stage.opens(Backend(HERE, 1))
    reader, writer = await stage.caller()

    writer.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")

    assert (await reader.read()).startswith(b"HTTP/1.1 503 ")


async def test_when_either_side_goes_the_other_is_told(stage: Stage) -> None:
    node, backend = await stage.node(greet)
    await stage.opens(backend)
    reader, _ = await stage.caller()
    await reader.readline()
    node.writers[0].transport.abort()
    assert await reader.read() == b""

    reader, writer = await stage.caller()
    await reader.readline()
    writer.transport.abort()
    await node.talks[1]
    await until(lambda: not backend.callers)
