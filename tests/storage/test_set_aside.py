"""A conversation that somebody holds waits by itself: the others go on, and it keeps its order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import uuid4

import pytest

from storage.appending import STORES
from storage.database import Database, Limits
from storage.errors import Busy, StorageUnavailable, Unstorable
from storage.group_commit import GroupCommit
from storage.rows import Appended, ConversationRow, Draft
from storage.waiters import Patience
from tests.storage.floor import Floor
from tests.support.database import Another

SOON_S = 10.0  # locks may be waited for twice as long here


class Node:
    """A node of its own beside whoever holds conversations."""

    def __init__(self, floor: Floor, db: Database) -> None:
        self.floor, self.db = floor, db
        self.alone = asyncio.Event()
        self.batches: list[tuple[Patience, list[str]]] = []
        self.commits = self.gathers()

    def gathers(self, **bounds: float) -> GroupCommit:
        whole = {"batch_max": 200, "queue_max": 1000} | bounds
        return GroupCommit(self._store, **whole)  # type: ignore[arg-type]

    async def _store(
        self, drafts: Sequence[Draft], patience: Patience
    ) -> Sequence[Appended | None]:
        self.batches.append((patience, [draft.text for draft in drafts]))
        if patience == "long":
            self.alone.set()
        return await STORES[patience](self.db, drafts)

    def says(self, row: ConversationRow, text: str) -> asyncio.Task[Appended]:
        return asyncio.create_task(self.commits.add(self.floor.from_customer(row, text)))


@pytest.fixture
async def node(floor: Floor, another: Another) -> Node:
    return Node(floor, await another())


@asynccontextmanager
async def holding(floor: Floor, *rows: ConversationRow) -> AsyncGenerator[None]:
    """Hold conversations as a slow transaction of somebody else does."""
    async with floor.db.transaction() as tx:
        for row in rows:
            await tx.execute("SELECT FROM conversation WHERE id = $1 FOR UPDATE", row.id)
        yield


async def texts(floor: Floor, row: ConversationRow) -> list[str]:
    return [message.text for message in await floor.messages.since(row.id, 1, 100, False)]


async def test_p13_a_held_conversation_keeps_no_other_waiting(floor: Floor, node: Node) -> None:
    held, *others = [await floor.asked() for _ in range(4)]
    async with asyncio.timeout(SOON_S), holding(floor, held):
        stuck = node.says(held, "stuck")
        for turn in range(3):
            sent = [node.says(row, f"turn {turn}") for row in others]
            assert [each.seq for each in await asyncio.gather(*sent)] == [turn + 2] * 3
        assert not stuck.done()
    assert (await stuck).seq == 2
    assert await texts(floor, held) == ["stuck"]


async def test_p3_what_waits_in_a_held_conversation_keeps_its_order(
    floor: Floor, node: Node
) -> None:
    held, other = await floor.asked(), await floor.asked()
    sent: list[asyncio.Task[Appended]] = []
    async with asyncio.timeout(SOON_S), holding(floor, held):
        sent += [node.says(held, f"{n}") for n in range(3)]
        await node.alone.wait()
        for n in range(3, 6):
            sent.append(node.says(held, f"{n}"))
            await node.says(other, "meanwhile")
    sent += [node.says(held, f"{n}") for n in range(6, 9)]

    assert [each.seq for each in await asyncio.gather(*sent)] == list(range(2, 11))
    assert await texts(floor, held) == [f"{n}" for n in range(9)]
    assert node.commits.waiting == 0


async def test_once_it_is_free_again_it_leaves_with_the_others(floor: Floor, node: Node) -> None:
    held, other = await floor.asked(), await floor.asked()
    async with asyncio.timeout(SOON_S), holding(floor, held):
        stuck = node.says(held, "stuck")
        await node.alone.wait()
    await stuck
    node.batches.clear()
    await asyncio.gather(node.says(held, "one"), node.says(other, "two"))
    assert node.batches == [("short", ["one", "two"])]


async def test_what_nobody_holds_takes_one_statement(floor: Floor, node: Node) -> None:
    rows = [await floor.asked() for _ in range(5)]
    await asyncio.gather(*(node.says(row, f"{n}") for n in range(4) for row in rows))
    assert [(patience, len(batch)) for patience, batch in node.batches] == [("short", 20)]
    await node.says(rows[0], "alone")
    assert node.batches[1:] == [("short", ["alone"])]


async def test_p10_strangers_and_spoilt_words_are_told_so_beside_a_held_conversation(
    floor: Floor, node: Node
) -> None:
    held, other = await floor.asked(), await floor.asked()
    unknown = replace(floor.from_customer(other, "x"), conversation_id=uuid4())
    spoilt = replace(floor.from_customer(other, "x"), sender_name="nul \0")
    async with asyncio.timeout(SOON_S), holding(floor, held):
        for odd in (unknown, spoilt):
            stuck = node.says(held, "stuck")
            beside = asyncio.create_task(node.commits.add(odd))
            assert (await node.says(other, "fine")).status == "stored"
            if odd is unknown:
                assert (await beside).status == "missing"
            else:
                with pytest.raises(Unstorable):
                    await beside
            assert not stuck.done()
    await stuck
    assert await texts(floor, held) == ["stuck", "stuck"]


async def test_who_gives_up_while_set_aside_is_not_stored(floor: Floor, node: Node) -> None:
    held, other = await floor.asked(), await floor.asked()
    async with asyncio.timeout(SOON_S), holding(floor, held):
        first = node.says(held, "first")
        await node.alone.wait()
        impatient, patient = node.says(held, "impatient"), node.says(held, "patient")
        await node.says(other, "meanwhile")
        impatient.cancel()
    answers = await asyncio.gather(first, impatient, patient, return_exceptions=True)
    assert isinstance(answers[1], asyncio.CancelledError)
    assert await texts(floor, held) == ["first", "patient"]


async def test_p1_closing_waits_for_what_is_set_aside(floor: Floor, node: Node) -> None:
    rows = [await floor.asked() for _ in range(8)]
    async with asyncio.timeout(SOON_S), holding(floor, *rows):
        stuck = [node.says(row, f"{n}") for row in rows for n in range(2)]
        await node.alone.wait()
        closing = asyncio.create_task(node.commits.drain())
    await closing
    assert [each.result().status for each in stuck] == ["stored"] * 16


async def test_p1_who_is_set_aside_gets_an_answer_when_the_node_is_cut_short(
    floor: Floor, dsn: str
) -> None:
    held = await floor.asked()
    node = Node(floor, await Database.connect(dsn))
    async with asyncio.timeout(SOON_S), holding(floor, held):
        stuck = node.says(held, "stuck")
        await node.alone.wait()
        behind = node.says(held, "behind")
        await asyncio.sleep(0)
        await node.db.close(0.0)
        await node.commits.drain()
        for each in (stuck, behind):
            with pytest.raises(StorageUnavailable):
                await each


async def test_p13_held_conversations_are_tried_in_turn_and_refused_in_time(
    floor: Floor, node: Node
) -> None:
    rows = [await floor.asked() for _ in range(3)]
    node.commits = node.gathers(held_at_once=1, turn_s=0.05)
    async with asyncio.timeout(SOON_S), holding(floor, *rows):
        first, *later = [node.says(row, f"{n}") for n, row in enumerate(rows)]
        for each in later:  # the first has its turn, and theirs does not come
            with pytest.raises(Busy):
                await each
        assert not first.done()
    await first
    assert [texts for patience, texts in node.batches if patience == "long"] == [["0"]]
    assert (await node.says(rows[1], "again")).seq == 2


async def test_p13_what_may_wait_in_one_held_conversation_is_bounded(
    floor: Floor, node: Node
) -> None:
    held = await floor.asked()
    node.commits = node.gathers(batch_max=2)
    async with asyncio.timeout(SOON_S), holding(floor, held):
        first = node.says(held, "first")
        await node.alone.wait()
        more = [node.says(held, f"{n}") for n in range(3)]
        with pytest.raises(Busy):
            await more[2]
    await asyncio.gather(first, *more[:2])
    assert await texts(floor, held) == ["first", "0", "1"]


async def test_a_turn_in_vain_refuses_who_had_it_and_no_other(floor: Floor, dsn: str) -> None:
    held = await floor.asked()
    node = Node(floor, await Database.connect(dsn, Limits(lock_s=0.5)))
    async with asyncio.timeout(SOON_S), holding(floor, held):
        first = node.says(held, "first")
        await node.alone.wait()
        second = node.says(held, "second")
        with pytest.raises(Busy):
            await first
        assert not second.done()
    assert (await second).seq == 2
    await node.db.close()


async def test_p1_nobody_is_left_waiting_when_who_tries_is_cancelled(
    floor: Floor, node: Node
) -> None:
    rows = [await floor.asked() for _ in range(2)]
    node.commits = node.gathers(held_at_once=1)
    async with asyncio.timeout(SOON_S), holding(floor, *rows):
        stuck = [node.says(row, "stuck") for row in rows]
        await node.alone.wait()
        [trying] = [task for task in asyncio.all_tasks() if task.get_name() == "set_aside"]
        trying.cancel()
        answers = await asyncio.gather(*stuck, return_exceptions=True)
    assert [type(each) for each in answers] == [StorageUnavailable] * 2
    assert (await node.says(rows[0], "again")).status == "stored"
