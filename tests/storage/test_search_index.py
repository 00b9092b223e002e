"""The index of words follows what is stored: it loses nothing, and holds nobody up."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

import pytest
from prometheus_client import CollectorRegistry

from server.services.indexing import Indexing, IndexMetrics
from storage.appending import append_all
from storage.database import Database
from storage.errors import AnotherNode, StorageUnavailable
from storage.search_index import LOCK, SearchIndex
from tests.storage.floor import Floor
from tests.storage.test_search import BLOCK, catch_up, close_all, find

WHOLE_READS = """
SELECT coalesce(sum(seq_scan), 0) FROM pg_stat_user_tables
 WHERE relname IN ('conversation', 'message', 'search_block', 'search_fresh', 'search_place')
"""

BY_WORD = "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'search_block_words'"

KILL_WHO_WAITS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE datname = current_database() AND wait_event_type = 'Lock'
"""

FILL = """
WITH person AS (
    INSERT INTO visitor (shop_id) SELECT $1 FROM generate_series(1, 400) RETURNING id
), talk AS (
    INSERT INTO conversation (shop_id, visitor_id, client_id, state, queue_id, created_at)
    SELECT $1, id, 'x', 'closed', $2, now() - row_number() OVER () * interval '1 min' FROM person
    RETURNING id
), said AS (
    INSERT INTO message (conversation_id, private, seq, client_id, sender_kind, text, at)
    SELECT id, false, 1, 'y', 'customer',
           concat('common rare', n, CASE WHEN n % 100 = 0 THEN ' seldom3' END), now()
      FROM (SELECT id, row_number() OVER () AS n FROM talk) numbered
)
INSERT INTO search_backlog (shop_id) VALUES ($1)
"""

UPDATES = """
SELECT n_tup_upd AS all, n_tup_hot_upd AS hot FROM pg_stat_user_tables
 WHERE relname = 'conversation'
"""

# Also what expressions and conditions of indexes look at.
INDEXED = """
SELECT DISTINCT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid
 WHERE i.indrelid = 'conversation'::regclass
   AND (a.attnum = ANY (i.indkey)
        OR EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                      AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid
                      AND d.refobjsubid = a.attnum))
"""


@pytest.fixture
def index(floor: Floor) -> SearchIndex:
    return SearchIndex(floor.db, block=BLOCK)


async def statistics(db: Database, query: str) -> tuple[int, ...]:
    async with db.transaction() as tx:
        await tx.fetchval("SELECT pg_stat_force_next_flush()")
    async with db.transaction() as tx:
        row = await tx.fetchrow(query)  # type: ignore[arg-type]
    assert row is not None
    return tuple(row)


async def test_what_is_committed_late_is_taken_in_later(floor: Floor, index: SearchIndex) -> None:
    slow, quick = await floor.asked("-"), await floor.asked("-")
    await catch_up(index)
    async with floor.db.transaction() as tx:
        await append_all(tx, [floor.from_customer(slow, "tortoise")])
        await floor.says(quick, "hare")
        await catch_up(index)
        assert await find(floor, "hare") == {quick.id}
        await floor.says(quick, "rabbit")
        await catch_up(index)
        assert await find(floor, "rabbit") == {quick.id}
        assert await find(floor, "tortoise") == set()
    await catch_up(index)
    assert await find(floor, "tortoise") == {slow.id}


async def test_a_step_that_is_killed_loses_nothing(floor: Floor, index: SearchIndex) -> None:
    row = await floor.asked("umbrella")
    async with floor.db.transaction() as tx:
        await tx.execute("LOCK TABLE search_fresh")
        step = asyncio.create_task(index.take())
        while not (killed := await floor.db.fetchval(KILL_WHO_WAITS)):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        with pytest.raises(StorageUnavailable):
            await step
    assert killed
    assert await find(floor, "umbrella") == set()
    await catch_up(SearchIndex(floor.db))
    assert await find(floor, "umbrella") == {row.id}


async def test_one_node_at_a_time_is_at_it(floor: Floor, index: SearchIndex) -> None:
    await floor.asked("umbrella")
    async with floor.db.transaction() as tx:
        await tx.fetchval("SELECT pg_advisory_xact_lock($1)", LOCK)
        for step in (index.take, index.pack, index.recall, index.skip):
            with pytest.raises(AnotherNode):
                await step()
        assert await index.lag_s() > 0
    assert await index.take() > 0
    assert await index.lag_s() == 0


async def test_what_was_said_before_there_was_a_search_is_found_too(
    floor: Floor, index: SearchIndex
) -> None:
    rows = [await floor.asked(f"heirloom {number}", seconds=number) for number in range(30)]
    await close_all(floor)
    still_open = [row.id for row in rows[::8]]
    await floor.db.execute("UPDATE conversation SET state = 'new' WHERE id = ANY ($1)", still_open)
    await floor.db.execute("DELETE FROM search_due")
    await floor.db.execute("INSERT INTO search_backlog (shop_id) SELECT id FROM shop")
    await floor.says(rows[8], "anyway")
    await index.take()

    assert await index.recall(blocks_max=2)
    newest = {row.id for row in rows[-BLOCK:]} - set(still_open)
    assert newest <= await find(floor, "heirloom") < {row.id for row in rows}
    index = SearchIndex(floor.db, block=BLOCK)  # on another node
    while await index.recall(blocks_max=2):
        pass
    await catch_up(index)
    assert await find(floor, "heirloom") == {row.id for row in rows}
    assert await floor.db.fetchval("SELECT count(*) FROM search_block") == 26 // BLOCK
    assert await find(floor, "anyway") == {rows[8].id}


async def test_very_long_talks_fit(floor: Floor, index: SearchIndex) -> None:
    agent = await floor.agent()
    rows = [await floor.asked(f"start{number}") for number in range(BLOCK)]
    words = [f"{number:x}" + "語" * 39 for number in range(240)]
    for row in rows:
        for part in range(3):
            text = f"part{part} " + " ".join(words[part * 80 : part * 80 + 80])
            await floor.messages.append(floor.from_agent(row, agent, text, private=True))
        await catch_up(index)
    assert await find(floor, "start1 part0 part2 ef") == {rows[1].id}
    await close_all(floor)
    await catch_up(index)
    assert await find(floor, "start1 part2") == {rows[1].id}


async def test_whatever_cannot_be_kept_is_named_and_left_out(
    floor: Floor, index: SearchIndex
) -> None:
    good, bad = await floor.asked("good"), await floor.asked("bad")
    await floor.db.execute(
        f"ALTER TABLE search_fresh ADD CHECK (conversation_id <> '{bad.id}')"  # type: ignore[arg-type]
    )
    metrics = IndexMetrics(CollectorRegistry())
    job = Indexing(index, metrics)
    while await job.turn():
        pass
    assert await find(floor, "good") == {good.id}
    assert await floor.db.fetchval("SELECT count(*) FROM search_due") == 0
    again = await floor.says(good, "better")
    assert again.status == "stored"
    while await job.turn():
        pass
    assert await find(floor, "better") == {good.id}


class Surprising(SearchIndex):
    """An index that once meets something that nobody thought of."""

    surprises = 1

    async def take(self, rows_max: int = 1000) -> int:
        self.surprises -= 1
        if self.surprises >= 0:
            raise TypeError("nobody thought of this")
        return await super().take(rows_max)


async def test_a_surprise_is_counted_and_the_index_goes_on(floor: Floor) -> None:
    row = await floor.asked("good")
    registry = CollectorRegistry()
    job = Indexing(Surprising(floor.db, block=BLOCK), IndexMetrics(registry))
    assert not await job.turn()
    assert registry.get_sample_value("kefu_search_failed_total") == 1
    while await job.turn():
        pass
    assert await find(floor, "good") == {row.id}


async def test_no_index_knows_what_a_message_changes_in_its_conversation(floor: Floor) -> None:
    row = await floor.now(await floor.asked())
    await floor.says(row, "last words", seconds=1)
    after = asdict(await floor.now(row))
    changed = {name for name, value in asdict(row).items() if after[name] != value}
    indexed = {each["attname"] for each in await floor.db.fetch(INDEXED)}
    assert "last_text" in changed
    assert "state" in indexed
    assert changed & indexed == set()


async def test_conversations_are_still_updated_in_place(floor: Floor, index: SearchIndex) -> None:
    rows = [await floor.asked() for _ in range(4)]
    every, hot = await statistics(floor.db, UPDATES)
    for number in range(40):
        await floor.says(rows[number % 4], f"word{number} " * 20)
        if number % 8 == 0:
            await index.take()
    later, hot_later = await statistics(floor.db, UPDATES)
    assert later - every == 40
    # A backend that is just starting keeps old versions alive, so a page may be full for a moment.
    assert hot_later - hot >= 30


async def test_e19_searching_reads_no_table_whole(floor: Floor, index: SearchIndex) -> None:
    await floor.db.execute(FILL, floor.shop.id, floor.queue.id)
    while await index.recall():
        pass
    await catch_up(index)
    await floor.db.execute("ANALYZE")
    for q in ("common", "rare77", "common seldom3", "absent", "kind"):
        await find(floor, q)
    [whole], [by_word] = [await statistics(floor.db, each) for each in (WHOLE_READS, BY_WORD)]
    found = {q: len(await find(floor, q)) for q in ("common", "rare77", "common seldom3", "absent")}
    assert found == {"common": 100, "rare77": 1, "common seldom3": 4, "absent": 0}
    assert await statistics(floor.db, WHOLE_READS) == (whole,)
    assert await statistics(floor.db, BY_WORD) == (by_word + 4,)
