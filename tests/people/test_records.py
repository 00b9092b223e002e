"""Notes of many processes become one record, and the record a report."""

from html.parser import HTMLParser

import pytest

from loadtest.people.book import Book
from loadtest.people.frames import PING, TEXT, Decoder, encode
from loadtest.people.record import Page, Record, Second, decode, together
from loadtest.people.record import encode as written
from loadtest.people.report import page
from loadtest.people.spread import Spread, add, put, quantile_ms, size
from loadtest.people.stamp import age_ms, is_slow, stamp
from loadtest.people.truth import judge
from tests.people.records import day


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99])
def test_a_quantile_of_a_spread_is_nearly_the_exact_one(share: float) -> None:
    durations = [1.001**number for number in range(10_000)]
    spread: Spread = {}
    for ms in durations:
        put(spread, ms)
    exact = durations[int(len(durations) * share) - 1]
    assert quantile_ms(spread, share) == pytest.approx(exact, rel=0.04)


def test_spreads_of_two_processes_add_up() -> None:
    one: Spread = {}
    other: Spread = {}
    put(one, 5)
    put(other, 5)
    put(other, 500)
    add(one, other)
    assert size(one) == 3
    assert quantile_ms({}, 0.5) is None


def test_notes_come_in_once_and_only_when_their_second_is_over() -> None:
    at = [100.0]
    book = Book(now=lambda: at[0])
    book.changed("customers", 2)
    book.took("socket", "visitor message:send", 4, what="ack", shop="calm")
    book.acked("c", 1, "id")
    book.tick()
    assert book.take().seconds == []
    at[0] = 101.0
    [second] = book.take().seconds
    assert second.people == {"customers": 2}
    assert second.counts == {"messages": 1}
    assert set(second.spreads) == {"ack", "ack@calm"}
    assert book.take() == Page()


def test_how_busy_a_process_was_is_noted_and_the_busiest_counts() -> None:
    at, spent = [100.0], [7.0]
    book = Book(now=lambda: at[0], spent=lambda: spent[0])
    book.tick()
    at[0], spent[0] = 102.0, 8.0
    book.tick()
    [before, skipped, second] = book.take(everything=True).seconds
    assert (before.busy, skipped.busy, second.busy) == (0.0, 0.5, 0.5)
    assert skipped.at == 101
    second.include(Second(at=102, busy=0.9))
    assert second.busy == 0.9
    assert together([second, Second(at=103, busy=0.5)]).busy == pytest.approx(0.7)


def test_who_is_there_is_known_of_seconds_too_in_which_a_full_machine_skipped_the_tick() -> None:
    at = [100.0]
    book = Book(now=lambda: at[0])
    book.changed("customers", 2)
    book.tick()
    at[0] = 101.5
    early = book.take()
    at[0] = 103.2
    book.tick()
    record = Record(scenario="noon", customers=1, agents=1, nodes=1, began_at=100)
    for told in (early, book.take(everything=True)):
        record.include(told)
    assert [(second.at, second.people["customers"]) for second in record.seconds] == [
        (100, 2), (101, 2), (102, 2), (103, 2),
    ]  # fmt: skip


def test_the_same_second_of_two_processes_is_one_and_time_begins_at_the_opening() -> None:
    books = [Book(now=lambda: 105.0), Book(now=lambda: 105.0), Book(now=lambda: 99.0)]
    record = Record(scenario="noon", customers=1, agents=1, nodes=1, began_at=0)
    for book in books:
        book.changed("customers", 1)
        book.acked("c", 1, "id")
        book.tick()
        record.include(decode(written(book.take(everything=True))))
    record.open(100.5)
    record.settle(120.5)
    [second] = record.seconds
    assert (second.at, second.people, second.counts) == (5, {"customers": 2}, {"messages": 2})
    assert len(record.told) == 3
    assert record.ended_s == 20


def test_what_people_were_told_is_compared_with_what_is_stored() -> None:
    stored = {"a": [(1, "x"), (2, "y")], "b": [(1, "z"), (3, "z")]}
    assert judge([("a", 1, "x"), ("a", 1, "x"), ("a", 2, "y")], {"a": stored["a"]}).is_well
    truth = judge([("a", 2, "x"), ("a", 3, "gone"), ("b", 1, "z")], stored)
    assert (truth.lost, truth.renumbered, truth.doubled, truth.gaps) == (1, 1, 1, 1)
    assert judge([("never stored", 1, "x")], stored).lost == 1


def test_a_client_id_tells_its_age_here_and_nothing_elsewhere() -> None:
    made = stamp(slow=True)
    age = age_ms(made)
    assert age is not None
    assert 0 <= age < 60_000
    assert is_slow(made)
    assert not is_slow(stamp())
    assert age_ms("elsewhere0s-1f-abc") is None
    assert age_ms("") is None


@pytest.mark.parametrize("length", [0, 5, 125, 126, 65535, 65536])
def test_a_frame_that_comes_in_pieces_is_read_whole(length: int) -> None:
    body = bytes(number % 251 for number in range(length))
    sent = unmasked(encode(body)) + unmasked(encode(b"there?", PING))
    decoder, read = Decoder(), list[tuple[int, bytes]]()
    for at in range(0, len(sent), 1000):
        read += decoder.feed(sent[at : at + 1000])
    assert read == [(TEXT, body), (PING, b"there?")]


def unmasked(frame: bytes) -> bytes:
    """Return the frame as a server would send it."""
    size, at = frame[1] & 0x7F, 2
    at += {126: 2, 127: 8}.get(size, 0)
    mask, masked = frame[at : at + 4], frame[at + 4 :]
    body = bytes(byte ^ mask[place % 4] for place, byte in enumerate(masked))
    return frame[:1] + bytes([size]) + frame[2:at] + body


class Names(HTMLParser):
    """Which elements a page has, and where it reaches out to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.reached: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        self.reached += [value or "" for name, value in attrs if name in {"src", "href"}]


def test_a_report_stands_alone_and_text_in_it_is_text() -> None:
    record = day()
    record.seconds[10].errors["visitor <b>x</b>: no answer"] = 1
    record.told = [("c", 1, "id"), ("c", 2, "other"), ("c", 1, "id")]
    html = page(record)
    names = Names()
    names.feed(html)
    assert names.reached == []
    assert "<b>2</b><span>messages acknowledged</span>" in html
    assert 'class="limit"' not in html  # all is far below it
    assert "<td>acknowledgement, p95</td><td>the nodes</td><td>250 ms</td><td>–</td>" in html
    assert "script" not in names.found
    assert names.found.count("svg") >= 8
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert "<b>x</b>" not in html
    assert "prefers-color-scheme: dark" in html


def test_a_report_of_hardly_anything_can_be_drawn() -> None:
    assert "<svg" in page(day(length_s=1))
    assert "<svg" in page(day(length_s=0))
