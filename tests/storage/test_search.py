"""What was said is found by the beginnings of its words, in the shop where it was said."""

from __future__ import annotations

from random import Random
from uuid import UUID

import pytest

from storage.database import Database
from storage.rows import ConversationRow
from storage.search import Search
from storage.search_index import SearchIndex
from storage.visitors import Profile, Visitors
from tests.storage.floor import Floor, at

BLOCK = 4


@pytest.fixture
def index(floor: Floor) -> SearchIndex:
    return SearchIndex(floor.db, block=BLOCK)


async def catch_up(index: SearchIndex) -> None:
    while await index.take() or await index.pack():
        pass


async def close_all(floor: Floor) -> None:
    await floor.db.execute("UPDATE conversation SET state = 'closed', closed_at = created_at")


async def find(floor: Floor, q: str) -> set[UUID]:
    found = await Search(floor.db).find(floor.shop.id, q, None, 100)
    return {row.id for row in found.rows}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello, WORLD!", "hello world"),
        ("lin.mei@Example.com", "lin mei example com"),
        ("Ｏｒｄｅｒ №５ café", "order no5 cafe"),
        ("我的iPhone手机壳", "iphone 我的 的 手机 机壳 壳"),
        ("退", "退"),
        ("한국어 주문", "한국어 주문"),
        ("x" * 50, "x" * 40),
        ("%_'\\:*&|!()<->", ""),
        ("", ""),
    ],
)
async def test_a_text_is_made_of_words(database: Database, text: str, words: str) -> None:
    found = await database.fetchval("SELECT search_words($1)", text)
    assert found == words.split()


@pytest.mark.parametrize("is_packed", [False, True])
async def test_words_are_found_by_how_they_begin(
    floor: Floor, index: SearchIndex, is_packed: bool
) -> None:
    tea = await floor.asked("Is the jasmine tea with order-4711 on its way? Crème brûlée too")
    cup = await floor.asked("你好，我的杯子什么时候可以退款？")
    others = [await floor.asked(f"Something else {number}") for number in range(BLOCK)]
    if is_packed:
        await index.take()
        await close_all(floor)
        assert await index.pack() == 1
    await catch_up(index)

    both, all_of_them = {tea.id, cup.id}, {row.id for row in others}
    for q in ("jasmine", "JASM", "jas tea", "order-4711", "471", "creme", "Brûlée", "way jasmine"):
        assert await find(floor, q) == {tea.id}, q
    for q in ("退款", "退", "款", "杯子什么", "你好 退款", "什么时候可以退款"):
        assert await find(floor, q) == {cup.id}, q
    assert await find(floor, "something") == all_of_them
    for q in ("asmine", "jasmine 退款", "jasmine teapot", "退时", "", "?!", "' OR 1=1 --", "a:*"):
        assert not await find(floor, q) & both, q


async def test_a_customer_is_found_by_name_address_and_number(
    floor: Floor, index: SearchIndex
) -> None:
    visitors = Visitors(floor.db)
    profile = Profile(name="Zoë Łukasz", email="zoe@shop.example", phone="+49 170 123")
    zoe = await visitors.upsert_signed(floor.shop.id, "customer-17", profile, at(0))
    row = (await floor.conversations.start(floor.asking(zoe.id, None), at(0))).row
    await floor.asked("Somebody else")
    await catch_up(index)
    for q in ("zoe", "łuk", "zoe@shop.example", "170", "customer-17"):
        assert await find(floor, q) == {row.id}, q

    await close_all(floor)
    for _ in range(BLOCK):
        await floor.asked("Hello")
    await close_all(floor)
    await catch_up(index)
    assert await floor.db.fetchval("SELECT count(*) FROM search_place") == BLOCK
    await visitors.upsert_signed(floor.shop.id, "customer-17", Profile(name="Mia"), at(9))
    await catch_up(index)
    assert await find(floor, "mia") == {row.id}
    assert await find(floor, "lukasz") == await find(floor, "łukasz") == set()


async def test_a_conversation_goes_with_whom_it_belongs_to(
    floor: Floor, index: SearchIndex
) -> None:
    row = await floor.asked("Hello")
    visitors = Visitors(floor.db)
    signed = await visitors.upsert_signed(floor.shop.id, "c", Profile(name="Ada Wong"), at(1))
    await catch_up(index)
    assert await visitors.merge(row.visitor_id, signed.id)
    await catch_up(index)
    assert await find(floor, "wong") == {row.id}


async def test_notes_are_found_by_colleagues_and_our_own_lines_are_not(
    floor: Floor, index: SearchIndex
) -> None:
    agent = await floor.agent()
    row = await floor.answered(agent)
    await floor.messages.append(floor.from_agent(row, agent, "rather upset", private=True))
    await catch_up(index)
    await floor.messages.append(floor.from_agent(row, agent, "likes cats", private=True))
    await catch_up(index)
    assert await find(floor, "upset cats") == {row.id}
    for word in ("joined", "system"):
        assert not await find(floor, word)


async def test_p10_another_shop_finds_nothing_of_it(floor: Floor, index: SearchIndex) -> None:
    other = await Floor.open(floor.db, "coffee")
    theirs = [await other.asked("secret recipe") for _ in range(BLOCK)]
    await floor.asked("nothing")
    await catch_up(index)
    for _ in range(2):
        assert not await find(floor, "secret")
        assert await find(other, "secret") == {row.id for row in theirs}
        await close_all(floor)
        await catch_up(index)


async def told(floor: Floor, count: int) -> dict[UUID, tuple[object, set[str]]]:
    """Let customers say two of five words at times that come in no order; return who said what."""
    chance = Random(7)
    words = {}
    for number in range(count):
        some = set(chance.sample(["apple", "berry", "cherry", "date", "elder"], 2))
        row = await floor.asked(" ".join(some), seconds=chance.randrange(20) * 60 + number / 1000)
        words[row.id] = (row.created_at, some)
    return words


@pytest.mark.parametrize("look_ms", [0, 1000])
async def test_pages_of_what_was_found_leave_nothing_out_and_come_in_order(
    floor: Floor, index: SearchIndex, look_ms: int
) -> None:
    words = await told(floor, 60)
    await index.take()
    await close_all(floor)
    still_open = list(words)[::7]
    await floor.db.execute("UPDATE conversation SET state = 'new' WHERE id = ANY ($1)", still_open)
    await catch_up(index)
    assert await floor.db.fetchval("SELECT count(*) FROM search_block") > 8
    search = Search(floor.db, look_ms)
    for q in ("apple", "apple berry", "date", "elder cherry", "e"):
        wanted = q.split()
        expected = sorted(
            (
                (at, each)
                for each, (at, said) in words.items()
                if all(any(w.startswith(q) for w in said) for q in wanted)
            ),
            reverse=True,
        )
        seen: list[ConversationRow] = []
        before = None
        for _ in range(200):
            page = await search.find(floor.shop.id, q, before, 3)
            seen += page.rows
            before = page.rows[-1].id if len(page.rows) == 3 else page.resume
            if before is None:
                break
        assert [(row.created_at, row.id) for row in seen] == expected, q


async def test_what_is_erased_or_changed_is_found_no_more(floor: Floor, index: SearchIndex) -> None:
    rows = [await floor.asked(f"my passport {number} is here") for number in range(BLOCK + 1)]
    await index.take()
    await close_all(floor)
    assert await index.pack() == 1
    assert len(await find(floor, "passport")) == BLOCK + 1
    await floor.db.execute("DELETE FROM message WHERE conversation_id = $1", rows[0].id)
    await floor.db.execute("UPDATE message SET text = '-' WHERE conversation_id = $1", rows[1].id)
    await floor.db.execute("UPDATE message SET text = '-' WHERE conversation_id = $1", rows[4].id)
    await catch_up(index)
    assert await find(floor, "passport") == {rows[2].id, rows[3].id}
    assert await find(floor, "0") == await find(floor, "4") == set()

    for table in ("message", "conversation_event"):
        await floor.db.execute(f"DELETE FROM {table}")  # type: ignore[arg-type]
    await floor.db.execute("DELETE FROM conversation")
    await catch_up(index)
    for table in ("search_fresh", "search_block", "search_place", "search_due"):
        assert await floor.db.fetchval(f"SELECT count(*) FROM {table}") == 0  # type: ignore[arg-type]
