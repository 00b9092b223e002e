"""Several PostgreSQL servers are named: whichever fails, the one that takes writes is found."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from urllib.parse import parse_qs, urlsplit, urlunsplit

import pytest

from storage.database import Database, Limits
from storage.errors import StorageUnavailable
from storage.migrate import migrate
from storage.primary import Host, hosts_of
from storage.whole import connected
from tests.support.command import free_port
from tests.support.database import renamed

SHARE_S = 2.0  # what a silent one keeps us waiting, and what a busy machine may take to answer
HASTY = Limits(connections_min=0, connections_max=4, wait_s=2 * SHARE_S)
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
READ_ONLY = b"options\0-c default_transaction_read_only=on\0"


class Lines:
    """TCP servers of a test, each on a port of its own, and what to write to get at them."""

    def __init__(self, dsn: str) -> None:
        self._parts = urlsplit(dsn)
        query = parse_qs(self._parts.query)
        self._socket = f"{query['host'][0]}/.s.PGSQL.{query['port'][0]}"
        self._servers: list[asyncio.Server] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []
        self.silent_calls = 0
        self.was_called = asyncio.Event()
        self._is_frozen = False

    def url(self, *ports: int, wanted: str = "") -> str:
        """Return the address that names all of them."""
        login = self._parts.netloc.rpartition("@")[0]
        hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
        return urlunsplit(self._parts._replace(netloc=f"{login}@{hosts}", query=wanted))

    async def silent(self) -> int:
        """Open one that takes connections and says nothing."""

        async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._writers.append(writer)
            self.silent_calls += 1
            self.was_called.set()

        return await self._open(serve)

    async def rude(self) -> int:
        """Open one that hangs up at once, as a proxy does that has nobody behind it."""

        async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.transport.abort()

        return await self._open(serve)

    async def primary(self) -> int:
        """Open a way to PostgreSQL."""
        return await self._open(partial(self._relay, b""))

    async def freezing(self) -> int:
        """Open a way to PostgreSQL that can be frozen."""

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if self._is_frozen:
                self._writers.append(writer)
            else:
                await self._relay(b"", reader, writer, lambda: self._is_frozen)

        return await self._open(serve)

    def freeze(self) -> None:
        """Let nothing through there any more, and break nothing."""
        self._is_frozen = True

    async def standby(self) -> int:
        """Open a way to a PostgreSQL that says, as a standby does, that it takes no writes."""
        return await self._open(partial(self._relay, READ_ONLY))

    async def close(self) -> None:
        for server in self._servers:
            server.close()
        for task in self._tasks:
            task.cancel()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _open(self, serve: Serve) -> int:
        self._servers.append(await asyncio.start_server(serve, "127.0.0.1", 0))
        return int(self._servers[-1].sockets[0].getsockname()[1])

    async def _relay(
        self,
        wish: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        is_frozen: Callable[[], bool] = bool,
    ) -> None:
        self._writers.append(writer)
        hello = await _first_words(reader, writer)
        there, far = await asyncio.open_unix_connection(self._socket)
        self._writers.append(far)
        body = hello[:-1] + wish + b"\0"
        far.write((len(body) + 4).to_bytes(4) + body)
        for ends in ((reader, far), (there, writer)):
            task = asyncio.create_task(_copy(*ends, is_frozen))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


async def _first_words(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """Return what a client asks for to begin with; TLS is declined."""
    while True:
        length = int.from_bytes(await reader.readexactly(4))
        body = await reader.readexactly(length - 4)
        if length != 8:
            return body
        writer.write(b"N")


async def _copy(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, is_frozen: Callable[[], bool]
) -> None:
    try:
        while data := await reader.read(65536):
            if is_frozen():
                continue
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.transport.abort()


@pytest.fixture
async def lines(dsn: str) -> AsyncIterator[Lines]:
    """Return servers before the test's own database."""
    there = Lines(dsn)
    yield there
    await there.close()


async def can_write(url: str) -> bool:
    """Tell whether a node that starts with this address writes, within its usual bounds."""
    db = await Database.connect(url, HASTY)
    try:
        return await db.fetchval("SHOW transaction_read_only") == "off"
    finally:
        await db.close(timeout_s=1)


async def test_a_first_server_that_is_silent_keeps_no_node_from_the_second(lines: Lines) -> None:
    url = lines.url(await lines.silent(), await lines.primary())
    assert await can_write(url)


async def test_one_that_was_silent_is_not_asked_again_while_another_answers(lines: Lines) -> None:
    url = lines.url(await lines.silent(), await lines.primary())
    db = await Database.connect(url, HASTY)
    async with db.transaction() as one, db.transaction() as other:
        assert await one.fetchval("SELECT 1") == await other.fetchval("SELECT 1")
    assert lines.silent_calls == 1
    await db.close(timeout_s=1)


async def test_the_one_that_nobody_waited_for_is_asked_last_the_next_time(lines: Lines) -> None:
    url = lines.url(await lines.silent(), await lines.primary())
    db = await Database.connect(url, Limits(connections_min=0, wait_s=20))
    cut_off = asyncio.create_task(db.clock())
    await lines.was_called.wait()
    cut_off.cancel()
    await asyncio.gather(cut_off, return_exceptions=True)
    async with asyncio.timeout(5):
        await db.clock()
    assert lines.silent_calls == 1
    await db.close(timeout_s=1)


@pytest.mark.slow
async def test_one_that_freezes_in_use_is_left_for_the_next(lines: Lines) -> None:
    url = lines.url(await lines.freezing(), await lines.primary())
    db = await Database.connect(
        url, Limits(connections_max=2, wait_s=2 * SHARE_S, command_s=SHARE_S)
    )
    await db.clock()

    lines.freeze()
    with pytest.raises(StorageUnavailable):
        await db.clock()

    await db.clock()
    await db.close(timeout_s=1)


async def test_one_that_refuses_or_hangs_up_is_passed_over(lines: Lines) -> None:
    assert await can_write(lines.url(free_port(), await lines.rude(), await lines.primary()))


@pytest.mark.parametrize("wanted", ["", "target_session_attrs=read-write"])
async def test_a_standby_is_passed_over(lines: Lines, wanted: str) -> None:
    assert await can_write(lines.url(await lines.standby(), await lines.primary(), wanted=wanted))


async def test_where_none_will_do_it_is_said_of_each_why(lines: Lines) -> None:
    silent, standby = await lines.silent(), await lines.standby()
    with pytest.raises(StorageUnavailable) as told:
        await Database.connect(lines.url(silent, standby), Limits(wait_s=2 * SHARE_S))
    assert f"127.0.0.1:{silent} does not answer within {SHARE_S:g} s" in str(told.value)
    assert f"127.0.0.1:{standby} is not of the wanted kind" in str(told.value)


async def test_a_database_that_the_first_does_not_know_is_told_at_once(lines: Lines) -> None:
    url = renamed(lines.url(await lines.primary(), await lines.silent()), "nowhere")
    with pytest.raises(StorageUnavailable, match="does not exist"):
        await Database.connect(url, Limits(connections_min=1, wait_s=20))
    assert not lines.silent_calls


async def test_a_copy_and_a_migration_find_the_second_server_too(
    lines: Lines, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.primary.CONNECT_S", 3 * SHARE_S)
    url = lines.url(await lines.silent(), await lines.standby(), await lines.primary())
    async with connected(url) as connection:
        assert await connection.fetchval("SHOW transaction_read_only") == "off"
    assert await migrate(url) == await migrate(dsn)


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("postgresql://kefu@db1,db2:5433/kefu", [("db1", None), ("db2", 5433)]),
        ("postgresql://db1,db2/kefu?port=6000,6001", [("db1", 6000), ("db2", 6001)]),
        ("postgresql://a:b@/kefu?host=/run/one,/run/two", [("/run/one", None), ("/run/two", None)]),
        ("postgresql://kefu@[::1]:5433/kefu", [("::1", 5433)]),
        ("postgresql://%2Frun%2Fone/kefu", [("/run/one", None)]),
        ("postgresql:///kefu", []),
    ],
)
def test_servers_are_read_as_asyncpg_reads_them(
    url: str, named: list[tuple[str, int | None]]
) -> None:
    assert hosts_of(url) == [Host(*each) for each in named]
