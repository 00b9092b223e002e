"""What was acknowledged and never reached a reader who was there is counted, and breaks a limit."""

from __future__ import annotations

import asyncio
from queue import Queue
from random import Random

import pytest

from loadtest.people.__main__ import exit_code
from loadtest.people.book import Book
from loadtest.people.limits import breaks
from loadtest.people.line import Place
from loadtest.people.manners import Manners
from loadtest.people.record import CAUGHT_UP_S, Page, Read, Record, Said, decode, encode
from loadtest.people.talker import Talker
from loadtest.people.verdict import TELLING_S, sentences, unseen
from loadtest.people.wire import Json
from tests.people.records import day
from tests.people.stage import Stage, StageClock
from tests.support.database import database, database_template, dsn
from tests.support.house import House, house

__all__ = ["database", "database_template", "dsn", "house"]

BEGAN = 1_800_000_000.0
SAID = Said("c", 3, "customer", BEGAN + 20)
DUE = BEGAN + 20 + CAUGHT_UP_S
READ = Read("c", "agent", BEGAN, DUE, 3, ((3, BEGAN + 21),))
LOST_S = 20  # a line that does not come back fails its test; a thread that waits ends no loop


def told(record: Record) -> str:
    return "\n".join(sentences(record))


def settled(*read: Read, said: Said = SAID) -> Record:
    record = day()
    for second in record.seconds:
        second.at += int(BEGAN)
    record.include(Page(said=[said], read=list(read)))
    record.settle(BEGAN + 60)
    return record


def test_what_its_reader_has_seen_is_well() -> None:
    record = settled(READ)

    assert unseen(record) == 0
    assert "All of 1 acknowledged messages whose readers stayed reached them" in told(record)
    assert breaks(record) == []


@pytest.mark.parametrize(
    "read",
    [
        READ._replace(seen=2),
        READ._replace(seen=9, skipped=(3,)),
        READ._replace(told=((2, BEGAN), (3, DUE + 1)), until=DUE + 2),
        READ._replace(told=((2, BEGAN),)),
    ],
    ids=["behind", "skipped", "told too late", "never told"],
)
def test_what_a_reader_did_not_get_in_time_breaks_a_limit_of_the_nodes(
    read: Read,
) -> None:
    record = settled(read)

    assert unseen(record) == 1
    [broken] = breaks(record)
    assert (broken.name, broken.whose, broken.at_s) == ("not delivered", "node", 20)
    assert "What broke first: at 0:20, 1 of 1 messages did not reach a reader" in told(record)


@pytest.mark.parametrize(
    "read",
    [
        READ._replace(seen=2, until=DUE - 1),
        READ._replace(seen=2, since=BEGAN + 21),
        READ._replace(seen=2, by="customer"),
    ],
    ids=["left too soon", "came back too late", "their own words"],
)
def test_who_left_too_soon_or_said_it_themselves_need_not_have_seen_it(read: Read) -> None:
    record = settled(read)

    assert unseen(record) == 0
    assert record.seconds[20].counts.get("due") is None


def test_the_next_agent_may_see_what_the_one_before_did_not() -> None:
    after = READ._replace(since=BEGAN + 30, until=DUE + 20, told=((3, BEGAN + 30),))

    assert unseen(settled(READ._replace(seen=2), after)) == 0


def test_it_is_counted_once_however_often_a_record_is_settled_and_survives_the_way() -> None:
    record = settled(READ._replace(seen=2))
    record.settle(BEGAN + 60)

    assert unseen(record) == 1
    assert decode(encode(Page(said=[SAID], read=[READ]))) == Page(said=[SAID], read=[READ])


def test_a_day_on_which_something_was_never_seen_ends_with_1() -> None:
    assert exit_code(settled(READ)) == 0
    assert exit_code(settled(READ._replace(seen=2))) == 1


def test_a_day_of_which_no_reader_tells_says_so_and_ends_with_1_unless_it_was_short() -> None:
    record = settled()
    assert "No reader stayed long enough" in told(record)
    assert exit_code(record) == 0

    record.ended_s = TELLING_S
    assert exit_code(record) == 1


class Reading:
    """An agent reads along with a customer, by a clock that the test turns."""

    def __init__(self) -> None:
        self.clock = StageClock()
        self.book = Book(now=self.clock.now)
        self.since: list[Json] = []
        self.place = Stage(
            ["http://nowhere"], self.book, Random(1), self.clock,
            {"message:since": lambda _: {"messages": self.since, "head": len(self.since)}},
        )  # fmt: skip
        self.line = self.place.line("agent", {}, "demo", lambda name, payload: None)
        self.line.open()
        self.talker = Talker(self.place, self.line, Manners(Random(2), 1), "demo", "customer")
        self.talker.begin({"id": "c", "epoch": 1, "state": "active"})

    def looks_back(self, *, asks: bool = True) -> list[Read]:
        self.talker.looks_back(asks=asks)
        return self.book.take(everything=True).read


def message(seq: int) -> Json:
    return {
        "conversation": "c", "seq": seq, "client_id": "", "text": "?",
        "sender": {"kind": "customer"},
    }  # fmt: skip


def test_a_reader_tells_how_far_they_have_read_once_they_were_there_long_enough() -> None:
    reading = Reading()
    reading.talker.hear("message:created", message(1))
    reading.clock.sleep(CAUGHT_UP_S - 1)
    assert reading.looks_back() == []

    reading.clock.sleep(1)
    [read] = reading.looks_back()
    assert read == Read("c", "agent", 0.0, CAUGHT_UP_S, 1, ((0, 0.0), (1, 0.0)))


def test_what_one_was_told_of_is_read_first_and_else_nothing_is_claimed() -> None:
    reading = Reading()
    reading.clock.sleep(CAUGHT_UP_S)
    reading.talker.hear("head:changed", {"conversation": "c", "head": 2})
    reading.since = [message(1), message(2)]

    assert reading.looks_back(asks=False) == []
    [read] = reading.looks_back()
    assert (read.seen, read.told[-1]) == (2, (2, CAUGHT_UP_S))


def test_an_agent_need_not_have_known_before_it_was_theirs() -> None:
    reading = Reading()
    reading.clock.sleep(100)
    reading.talker.begin({"id": "c", "epoch": 2, "state": "active", "head": 4})
    reading.clock.sleep(CAUGHT_UP_S)
    reading.since = [message(seq) for seq in range(1, 5)]

    [read] = reading.looks_back()
    assert (read.since, read.told[-1]) == (100, (4, 100))


def test_a_page_with_a_hole_leaves_something_skipped() -> None:
    reading = Reading()
    reading.clock.sleep(CAUGHT_UP_S)
    reading.talker.hear("head:changed", {"conversation": "c", "head": 3})
    reading.since = [message(1), message(3)]

    assert [each.skipped for each in reading.looks_back()] == [(2,)]


async def test_a_line_is_there_from_its_coming_back_until_it_was_closed(house: House) -> None:
    at = [100.0]
    place = Place([house.url], Book(now=lambda: at[0]), Random(1))
    line = place.line("visitor", {"site": house.shop.key}, "demo", lambda name, payload: None)
    assert line.there() is None

    await asyncio.to_thread(line.open)
    at[0] = 130.0
    assert line.there() == (100.0, 130.0)

    line.close()
    at[0] = 190.0
    assert line.there() == (100.0, 130.0)


async def test_a_line_that_was_lost_is_there_from_its_coming_back_on(house: House) -> None:
    at, came = [100.0], Queue[float]()
    place = Place([house.url], Book(now=lambda: at[0]), Random(1))

    def hear(name: str, payload: Json) -> None:
        if name == "session:started":
            came.put(at[0])

    line = place.line("visitor", {"site": house.shop.key}, "demo", hear)
    await asyncio.to_thread(line.open)
    await asyncio.to_thread(came.get, timeout=LOST_S)
    at[0] = 120.0
    line.cut()
    await asyncio.to_thread(came.get, timeout=LOST_S)

    assert line.there() == (120.0, 120.0)
    line.close()
