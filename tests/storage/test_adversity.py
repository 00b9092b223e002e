"""PostgreSQL goes away, hangs, is killed: quick answers, nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
import os
import signal
import time
import traceback
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from server.embedded.layout import Layout, Services
from server.embedded.membership import Options, join
from storage.database import Database, Limits
from storage.errors import StorageUnavailable
from storage.migrate import migrate
from storage.rows import Appended, ConversationRow
from tests.storage.floor import Floor, at
from tests.support.database import renamed
from tests.support.proxy import Proxy, before_postgres

HASTY = Limits(connections_min=0, connections_max=4, wait_s=0.3, command_s=1.0)


@pytest.fixture
async def line(dsn: str) -> AsyncIterator[tuple[Proxy, Floor]]:
    """Return a wire that can be cut, and a shop at its end."""
    proxy, url = await before_postgres(dsn)
    db = await Database.connect(url, HASTY)
    yield proxy, await Floor.open(db)
    await db.close(timeout_s=1)
    await proxy.close()


async def test_p1_away_means_quick_refusals_and_recovery_by_itself(
    line: tuple[Proxy, Floor],
) -> None:
    proxy, floor = line
    row = await floor.asked()
    drafts = [floor.from_customer(row, f"{n}") for n in range(40)]
    under_way = [asyncio.create_task(floor.messages.append(draft)) for draft in drafts[:20]]
    await asyncio.sleep(0)
    await proxy.cut()
    began = time.monotonic()
    answers = await asyncio.gather(
        *under_way, *map(floor.messages.append, drafts[20:]), return_exceptions=True
    )
    with pytest.raises(StorageUnavailable):
        await floor.conversations.get(row.id)
    with pytest.raises(StorageUnavailable):
        await floor.transitions.end_by_customer(row.id, row.visitor_id, at(1))
    assert time.monotonic() - began < 2
    assert all(isinstance(answer, Appended | StorageUnavailable) for answer in answers)

    proxy.mend()
    again = await asyncio.gather(*map(floor.messages.append, drafts))

    acked = [
        (before, after)
        for before, after in zip(answers, again, strict=True)
        if isinstance(before, Appended)
    ]
    assert all(before.seq == after.seq for before, after in acked)
    assert await floor.numbers(row) == list(range(1, 42)), "all of them, once"


async def test_a_server_that_does_not_answer_is_given_up_in_time() -> None:
    lines: list[asyncio.Transport] = []

    class Silence(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            lines.append(transport)

    server = await asyncio.get_running_loop().create_server(Silence, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    db = await Database.connect(f"postgresql://kefu@127.0.0.1:{port}/kefu", HASTY)
    began = time.monotonic()
    with pytest.raises(StorageUnavailable):
        await db.fetchval("SELECT 1")
    assert time.monotonic() - began < 1.5
    await db.close(timeout_s=0.1)
    server.close()
    for line in lines:
        line.abort()


async def test_a_pool_in_use_refuses_in_time_instead_of_queueing_for_ever(dsn: str) -> None:
    db = await Database.connect(dsn, Limits(connections_min=0, connections_max=1, wait_s=0.1))
    async with db.transaction():
        with pytest.raises(StorageUnavailable):
            await db.fetchval("SELECT 1")
    assert await db.fetchval("SELECT 1") == 1
    await db.close()


async def test_a_statement_that_takes_too_long_is_cut_short(dsn: str) -> None:
    db = await Database.connect(dsn, Limits(connections_min=0, statement_s=0.05))
    with pytest.raises(StorageUnavailable):
        await db.fetchval("SELECT pg_sleep(5)")
    assert await db.fetchval("SELECT 1") == 1
    await db.close()


async def test_p10_what_a_row_holds_is_in_no_error(database: Database) -> None:
    words = "my secret words"
    with pytest.raises(asyncpg.CheckViolationError) as raised:
        await database.execute(
            "INSERT INTO queue (shop_id, key, name, units) VALUES (uuidv7(), 'tea', $1, 0)", words
        )
    assert words not in "".join(traceback.format_exception(raised.value))


async def test_a_wrong_address_is_told_in_a_sentence(dsn: str) -> None:
    with pytest.raises(StorageUnavailable, match=r"PostgreSQL: .*does not exist"):
        await Database.connect(renamed(dsn, "nowhere"))


async def test_commits_are_synchronous(database: Database) -> None:
    assert await database.fetchval("SHOW synchronous_commit") == "on"


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Services, Layout]]:
    """Return a PostgreSQL of our own, as durable as in production, that may be killed."""
    root = Path("/tmp") / f"kefu-kill-{os.getpid()}-{time.monotonic_ns()}"
    membership = join(root, Options(is_durable=True, remove_afterwards=True))
    yield membership.ensure(), Layout(root)
    membership.leave()


async def send_until_killed(floor: Floor, row: ConversationRow, prefix: str) -> dict[str, int]:
    """Return what was acknowledged before the server was gone."""
    acked: dict[str, int] = {}

    async def talk(who: int) -> None:
        for number in range(100_000):
            text = f"{prefix}-{who}-{number}"
            answer = await floor.says(row, text)
            assert answer.seq is not None
            acked[text] = answer.seq

    talks = await asyncio.gather(*(talk(who) for who in range(20)), return_exceptions=True)
    assert all(isinstance(end, StorageUnavailable) for end in talks), talks
    return acked


@pytest.mark.slow
@pytest.mark.timeout(60)
async def test_p1_killing_postgres_loses_nothing_acknowledged(
    server: tuple[Services, Layout],
) -> None:
    services, layout = server
    await migrate(services.database_url())
    db = await Database.connect(services.database_url())
    floor = await Floor.open(db)
    row = await floor.asked()
    acked: dict[str, int] = {}
    for life in range(3):
        postmaster = int((layout.postgres_data / "postmaster.pid").read_text().split()[0])
        sending = asyncio.create_task(send_until_killed(floor, row, f"life{life}"))
        await asyncio.sleep(0.3)
        os.kill(postmaster, signal.SIGKILL)
        acked |= await sending
        async with asyncio.timeout(20):
            while not await answers(db):  # noqa: ASYNC110 - another process; it tells nobody
                await asyncio.sleep(0.05)

    assert len(acked) > 100
    stream = await floor.messages.since(row.id, 0, 1_000_000, False)
    assert [message.seq for message in stream] == list(range(1, len(stream) + 1))
    stored = {message.text: message.seq for message in stream}
    assert {text: stored.get(text) for text in acked} == acked
    await db.close()


async def answers(db: Database) -> bool:
    try:
        return await db.fetchval("SELECT 1") == 1
    except StorageUnavailable:
        return False
