"""What reports show equals a recount, whatever becomes of the job that counts."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from server.commands.recount import run
from server.commands.refused import Refused
from server.reports import job
from server.reports.facts import facts_of
from server.reports.open_time import OpenTime
from server.reports.recount import CANNOT
from server.seeding.first import found
from server.settings import Settings
from storage.errors import AnotherNode, StorageUnavailable
from storage.reports.keeping import LOCK, Keeping
from storage.reports.rows import Facts, Story
from tests.reports.books import Books
from tests.reports.columns import apart
from tests.reports.test_figures import a_day
from tests.storage.floor import Floor, at
from tests.support.database import Another

KILL_WHO_WAITS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


async def test_a_recount_finds_nothing_wrong(floor: Floor, books: Books) -> None:
    await a_day(floor)
    result = await books.recount(floor.shop.id)
    assert (result.conversations, result.differences, result.busy) == (5, [], set())


@pytest.mark.timeout(90)
async def test_weeks_of_talk_are_counted_as_they_were_when_they_happened(
    floor: Floor, books: Books
) -> None:
    assert await found(floor.db, "river-and-reed", [], datetime(2026, 7, 10, 9, 30, tzinfo=UTC))
    assert await books.wrong() == []
    assert await apart(floor.db) == []
    assert (await books.recount()).conversations > 400


async def test_a_recount_finds_what_was_changed_and_puts_it_right(
    floor: Floor, books: Books
) -> None:
    await a_day(floor)
    await books.job.catch_up()
    await floor.db.execute("UPDATE report_fact SET wait_ms = 1 WHERE wait_ms = 10000")
    await floor.db.execute("UPDATE report_leg SET score = 4 WHERE score = 5")
    await floor.db.execute("DELETE FROM report_offer WHERE ending = 'timed_out'")

    result = await books.recount()
    assert sorted((each.row.split()[0], each.column) for each in result.differences) == [
        ("conversation", "wait_ms"),
        ("offer", ""),
        ("stretch", "score"),
    ]
    elsewhere = await Floor.open(floor.db, "coffee")
    assert (await books.recount(elsewhere.shop.id)).conversations == 0

    await books.repair(result)
    assert await books.wrong() == []


async def test_what_belongs_to_no_conversation_is_found_and_forgotten(
    floor: Floor, books: Books
) -> None:
    row = await floor.asked()
    await books.job.catch_up()
    await floor.db.execute("ALTER TABLE conversation DISABLE TRIGGER report_gone")
    await forget(floor, row.id)

    result = await books.recount()
    assert [(each.row, each.kept) for each in result.differences] == [("conversation", "there")]
    await books.repair(result)
    assert await books.wrong() == []


async def test_a_conversation_that_is_erased_is_in_no_report(floor: Floor, books: Books) -> None:
    row = await floor.asked()
    await books.job.catch_up()
    await forget(floor, row.id)
    await books.job.catch_up()
    assert await floor.db.fetchval("SELECT count(*) FROM report_fact") == 0


async def forget(floor: Floor, conversation: object) -> None:
    for table in ("message", "conversation_event"):
        await floor.db.execute(f"DELETE FROM {table} WHERE conversation_id = $1", conversation)  # type: ignore[arg-type]
    await floor.db.execute("DELETE FROM conversation WHERE id = $1", conversation)


async def test_a_step_that_is_killed_loses_nothing(floor: Floor, books: Books) -> None:
    await a_day(floor)
    async with floor.db.transaction() as tx:
        await tx.execute("LOCK TABLE report_leg")
        counting = asyncio.create_task(books.job.catch_up())
        while not (killed := await floor.db.fetchval(KILL_WHO_WAITS)):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        with pytest.raises(StorageUnavailable):
            await counting
    assert killed
    assert await floor.db.fetchval("SELECT count(*) FROM report_fact") == 0

    assert await Books(floor.db).wrong() == []  # another node goes on
    assert await floor.db.fetchval("SELECT count(*) FROM report_fact") == 5


async def test_two_nodes_take_turns(floor: Floor, books: Books, another: Another) -> None:
    other = Books(await another(), at_once=3)
    books = Books(floor.db, at_once=2)
    await asyncio.gather(
        a_day(floor), *(each.job.turn() for each in (books, other) for _ in range(8))
    )
    await asyncio.gather(books.job.catch_up(), other.job.catch_up())
    assert await books.wrong() == []

    async with floor.db.transaction() as tx:
        await tx.fetchval("SELECT pg_advisory_xact_lock($1)", LOCK)
        with pytest.raises(AnotherNode):
            async with Keeping(floor.db).step():
                pass
        assert not await other.job.turn()  # leaves it to whoever holds the lock


async def test_what_is_committed_late_is_counted_later(floor: Floor, books: Books) -> None:
    first = await floor.asked()
    async with floor.db.transaction() as tx:
        await tx.execute("INSERT INTO report_due (conversation_id) VALUES ($1)", first.id)
        second = await floor.asked(seconds=1)
        assert (await books.of(second)).fact.fate == "waiting"
        await floor.transitions.end_by_customer(second.id, second.visitor_id, at(5))
        assert (await books.of(second)).fact.fate == "abandoned"
    await books.job.catch_up()
    assert await floor.db.fetchval("SELECT count(*) FROM report_due") == 0


async def test_what_is_older_than_reports_is_taken_in(floor: Floor, books: Books) -> None:
    await a_day(floor)
    await floor.db.execute("TRUNCATE report_due")
    await floor.db.execute("INSERT INTO report_backlog (shop_id) VALUES ($1)", floor.shop.id)
    books = Books(floor.db, at_once=2)

    assert await books.job.turn()
    assert await floor.db.fetchval("SELECT count(*) FROM report_fact") == 2
    await books.job.catch_up()
    assert await floor.db.fetchval("SELECT count(*) FROM report_fact") == 5
    assert await floor.db.fetchval("SELECT count(*) FROM report_backlog") == 0
    assert await books.wrong() == []


async def test_the_command_says_what_differs(
    floor: Floor, books: Books, dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await a_day(floor)
    settings = Settings(database_url=SecretStr(dsn))
    assert await run(settings, Namespace(shop="tea", repair=False)) == 0
    assert "5 conversations were counted again: every figure" in capsys.readouterr().out

    await floor.db.execute("UPDATE report_fact SET wait_ms = 1 WHERE wait_ms = 10000")
    assert await run(settings, Namespace(shop=None, repair=False)) == 1
    shown = capsys.readouterr().out
    assert "wait_ms                                     1                    10000" in shown
    assert "1 differ." in shown
    assert await run(settings, Namespace(shop=None, repair=True)) == 0
    assert await books.wrong() == []
    with pytest.raises(Refused):
        await run(settings, Namespace(shop="nobody", repair=False))


async def test_one_conversation_that_cannot_be_counted_keeps_no_other_from_it(
    floor: Floor, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_day(floor)
    spoilt = await floor.db.fetchval("SELECT id FROM conversation ORDER BY id LIMIT 1")

    def fails(story: Story, open_time: OpenTime) -> Facts:
        assert story.conversation_id != spoilt, "a story that nobody has foreseen"
        return facts_of(story, open_time)

    with monkeypatch.context() as patched:
        patched.setattr(job, "facts_of", fails)
        await books.job.catch_up()
        [cannot] = (await books.recount()).differences
        assert (cannot.conversation_id, cannot.counted) == (spoilt, CANNOT)
    assert await floor.db.fetchval("SELECT count(*) FROM report_fact") == 4

    assert {each.conversation_id for each in (await books.recount()).differences} == {spoilt}


async def test_those_who_talk_are_heard_between_conversations(
    floor: Floor, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_day(floor)
    heard, then = [0], list[int]()

    async def talks() -> None:
        while True:
            heard[0] += 1
            await asyncio.sleep(0)

    def counts(story: Story, open_time: OpenTime) -> Facts:
        then.append(heard[0])
        return facts_of(story, open_time)

    monkeypatch.setattr(job, "facts_of", counts)
    monkeypatch.setattr(job, "BREATH", 1)
    talking = asyncio.create_task(talks())
    await books.job.turn()
    talking.cancel()
    assert len(set(then)) == 5
