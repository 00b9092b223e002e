"""P12: every figure is made of rows that one click shows; and each is what it says."""

from __future__ import annotations

import asyncio
import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from routing.simulator import compare
from server.protocol.errors import Forbidden, Invalid
from server.protocol.reports import Report, ReportLine, ReportQuery, ReportRowsQuery
from server.reports import lines
from server.services.reports import ReportDesk
from server.services.seats import AgentSeat
from storage.errors import Busy
from storage.reports.counts import Table
from storage.reports.facts import in_parts
from storage.reports.figures import FIGURES
from storage.reports.reading import Reports
from storage.reports.turns import Turns
from storage.shops import Shops
from tests.assignment.nodes import stores_of
from tests.reports.books import Books
from tests.storage.floor import NOON, Floor, at
from tests.support.clock import FakeClock

DAY = NOON.date()
WAITS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
LEVELS = ("offered", "excluding", "answered", "virtual")


class Desk:
    """A supervisor of the shop, looking at reports."""

    def __init__(self, floor: Floor, lead: Any) -> None:
        self.desk = ReportDesk(Reports(Turns(floor.db)), stores_of(floor.db), FakeClock(NOON))
        self.seat = AgentSeat(lead, floor.shop.id, "Lead", "supervisor")

    async def report(self, **asked: Any) -> Report:
        return await self.desk.report(
            self.seat, ReportQuery(**{"first": DAY, "last": DAY, **asked})
        )

    async def total(self, **asked: Any) -> dict[str, float | None]:
        return values((await self.report(**asked)).total)

    async def rows(self, figure: str, **asked: Any) -> list[tuple[float, int]]:
        """Go through all pages of the rows behind a figure."""
        found: list[tuple[float, int]] = []
        behind = None
        while True:
            query = {"first": DAY, "last": DAY, "limit": 2, "behind": behind, **asked}
            page = await self.desk.rows(self.seat, ReportRowsQuery(figure=figure, **query))
            found += [(each.value, each.weight) for each in page.items]
            behind = page.next
            if behind is None:
                return found


def values(line: ReportLine) -> dict[str, float | None]:
    return {name: figure.value for name, figure in line.figures.items()}


async def a_day(floor: Floor) -> tuple[Any, Any]:
    """Five ask: answered after 10, 30 and 90 s, gone after 20 and 70 s. Lin has two at once."""
    lin, mei = await floor.agent("Lin"), await floor.agent("Mei")
    for agent, asked, waits, takes, score in (
        (lin, 0, 10, 100, 5),
        (lin, 40, 30, 200, 3),
        (mei, 50, 90, 60, None),
    ):
        row = await floor.asked(seconds=asked)
        offer = await floor.offered(row, agent, asked + waits - 5)
        await floor.offers.accept(offer.id, agent, at(asked + waits))
        await floor.replies(row, agent, "Hello.", asked + waits + 6)
        await floor.transitions.close(row.id, agent, "solved", at(asked + waits + takes - 10))
        if score is not None:
            await floor.conversations.rate(
                row.id, row.visitor_id, score, None, at(asked + waits + takes - 9)
            )
        await floor.transitions.finish(row.id, None, None, at(asked + waits + takes))
    for asked, waits in ((5, 20), (15, 70)):
        row = await floor.asked(seconds=asked)
        if waits > 60:
            missed = await floor.offered(row, mei, asked + 1)
            await floor.offers.end(missed.id, None, "timed_out", at(asked + 31))
        await floor.transitions.end_by_customer(row.id, row.visitor_id, at(asked + waits))
    return lin, mei


async def test_the_figures_of_a_day(floor: Floor, books: Books) -> None:
    lin, _ = await a_day(floor)
    await books.job.catch_up()
    desk = Desk(floor, lin)

    report = await desk.report(by="agent", within_s=60)
    total = values(report.total)
    by_agent = {line.name: values(line) for line in report.lines}

    assert (total["asked"], total["answered"], total["abandoned"]) == (5, 3, 2)
    assert total["abandonment"] == 0.4
    assert total["wait_mean"] == round(130 / 3, 3)
    assert (total["wait_p50"], total["wait_p90"]) == (30, 90)
    assert total["level_offered"] == 0.4
    assert total["handle_mean"] == 120
    assert total["first_response_mean"] == round((16 + 36 + 96) / 3, 3)
    assert total["csat"] == 4
    assert total["csat_response"] == round(2 / 3, 6)
    assert (total["offers"], total["offers_missed"]) == (4, 1)
    # Lin had one from 10 to 110 and one from 70 to 270: 300 s in 260 s.
    assert by_agent["Lin"]["concurrency"] == round(300 / 260, 4)
    assert total["concurrency"] == round(360 / 320, 4)
    assert (by_agent["Lin"]["taken"], by_agent["Mei"]["taken"]) == (2, 1)
    assert by_agent["Mei"]["offers_missed"] == 1
    assert (report.lines[-1].key, values(report.lines[-1])["abandoned"]) == (None, 2)
    assert report.total.figures["csat"].half == pytest.approx(12.706 * 2**0.5 / 2**0.5, abs=0.01)


async def test_a_service_level_has_four_definitions(floor: Floor, books: Books) -> None:
    lin, _ = await a_day(floor)
    await books.job.catch_up()
    desk = Desk(floor, lin)

    found = {
        level: (await desk.total(level=level, within_s=60))[f"level_{level}"] for level in LEVELS
    }

    # Waits in order: 10 answered, 20 gone, 30 answered, 70 gone, 90 answered. Of five at risk one
    # is answered at 10, of three one at 30: 1 - 4/5 x 2/3.
    assert found == {
        "offered": 0.4,
        "excluding": 0.5,
        "answered": round(2 / 3, 6),
        "virtual": round(1 - 4 / 5 * 2 / 3, 6),
    }
    assert "level_virtual" not in await desk.total(level="offered")


@pytest.mark.parametrize(("by", "days"), [("queue", 0), ("agent", 0), ("hour", 0), ("agent", 60)])
async def test_p12_the_rows_add_up_to_every_figure(
    floor: Floor, books: Books, by: str, days: int
) -> None:
    lin, _ = await a_day(floor)
    await books.job.catch_up()
    desk = Desk(floor, lin)
    looked_at = 0
    for each in FIGURES:
        level = each.level or "offered"
        asked = {"by": by, "first": DAY - timedelta(days=days)}
        report = await desk.report(**asked, level=level)
        for line in (*report.lines, report.total):
            keyed: dict[str, Any] = {"key": line.key}
            if line.key is None:
                keyed = {"none": line is not report.total}
            rows = await desk.rows(each.name, **asked, **keyed)
            figure = line.figures[each.name]
            assert len(rows) == figure.rows, (each.name, line.name)
            looked_at += len(rows)
            if each.way in {"virtual", "concurrency"} or not rows:
                continue
            assert figure.rough == (days > 31 and each.way in {"p50", "p90"}), each.name
            if figure.rough:
                continue
            assert figure.value == made_of(each.way, rows, each.unit), (each.name, line.name)
    assert looked_at > 100


def made_of(way: str, rows: list[tuple[float, int]], unit: str) -> float:
    total = sum(value for value, _ in rows)
    places = {"seconds": 3, "share": 6, "score": 4}.get(unit, 0)
    ordered = sorted(value for value, _ in rows)
    match way:
        case "sum":
            return total
        case "mean":
            return round(total / sum(weight for _, weight in rows), places)
        case "p50":
            return ordered[-(-len(rows) * 5 // 10) - 1]
        case _:
            return ordered[-(-len(rows) * 9 // 10) - 1]


async def test_days_are_those_of_the_shops_clock(floor: Floor, books: Books) -> None:
    await Shops(floor.db).update(floor.shop.id, {"time_zone": "Asia/Shanghai"}, NOON)  # UTC + 8
    lin = await floor.agent()
    await floor.asked(seconds=0)  # 20:00
    await floor.asked(seconds=4.5 * 3600)  # 00:30 of the next day
    await books.job.catch_up()
    desk = Desk(floor, lin)

    assert (await desk.total())["asked"] == 1
    both = await desk.report(by="day", last=DAY + timedelta(days=1))
    assert [(line.key, values(line)["asked"]) for line in both.lines] == [
        ("2026-03-02", 1),
        ("2026-03-03", 1),
    ]
    hours = await desk.report(by="hour", last=DAY + timedelta(days=1))
    assert [line.key for line in hours.lines] == [f"{hour:02}" for hour in range(21)]
    assert [line.key for line in hours.lines if values(line)["asked"]] == ["00", "20"]


async def test_days_are_compared_with_as_many_before(floor: Floor, books: Books) -> None:
    lin = await floor.agent()
    await floor.asked(seconds=0)
    await floor.asked(seconds=-86400)
    await floor.asked(seconds=-86400)
    await books.job.catch_up()

    report = await Desk(floor, lin).report(compare=True)

    assert report.before is not None
    assert report.before.last == DAY - timedelta(days=1)
    assert report.total.before is not None
    assert (report.total.figures["asked"].value, report.total.before["asked"].value) == (1, 2)


async def test_days_before_all_records_are_unknown_and_not_zero(floor: Floor, books: Books) -> None:
    lin = await floor.agent()
    await floor.asked(seconds=0)
    await books.job.catch_up()
    desk = Desk(floor, lin)

    report = await desk.report(compare=True)

    assert (report.records_since, report.total.before) == (DAY, None)
    assert [line.before for line in report.lines] == [None]
    assert report.before is not None, "which days that would have been is told"
    later = await desk.report(compare=True, first=DAY + timedelta(days=1), last=DAY + timedelta(1))
    assert later.total.before is not None
    assert later.total.before["asked"].value == 1


async def test_the_table_equals_the_screen_and_holds_no_formula(floor: Floor, books: Books) -> None:
    lin, _ = await a_day(floor)
    await floor.db.execute("UPDATE agent SET name = '=HYPERLINK(\"x\")' WHERE id = $1", lin)
    await books.job.catch_up()
    desk = Desk(floor, lin)
    asked = ReportQuery(first=DAY, last=DAY, by="agent", compare=True, hours="open")

    table = await desk.desk.table(desk.seat, asked)
    undated = await desk.desk.sheet(desk.seat, ReportQuery())
    report = await desk.desk.report(desk.seat, asked)

    assert table.name == "kefu-agent-2026-03-02-2026-03-02"
    assert undated.name == "kefu-queue-2026-02-24-2026-03-02"
    head, *lines = csv.reader(io.StringIO(str(table.content).removeprefix("\ufeff")))
    assert len(lines) == len(report.lines) + 1
    for cells, line in zip(lines, [*report.lines, report.total], strict=True):
        shown = dict(zip(head[1:], cells[1:], strict=True))
        for name, figure in line.figures.items():
            assert shown[name] == "" if figure.value is None else float(shown[name]) == figure.value
    assert not any(cell.startswith(("=", "+", "-", "@")) for cells in lines for cell in cells)
    assert any(cells[0].startswith("'=HYPERLINK") for cells in lines)


async def test_only_who_leads_and_only_their_own_shop(floor: Floor, books: Books) -> None:
    lin, _ = await a_day(floor)
    other = await Floor.open(floor.db, "coffee")
    await books.job.catch_up()
    desk = Desk(floor, lin)

    assert (await Desk(other, lin).total())["asked"] == 0
    assert await Desk(other, lin).rows("asked") == []
    plain = AgentSeat(lin, floor.shop.id, "Lin", "agent")
    for refused in (
        desk.desk.report(plain, ReportQuery()),
        desk.desk.table(plain, ReportQuery()),
        desk.desk.rows(plain, ReportRowsQuery()),
    ):
        with pytest.raises(Forbidden):
            await refused


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"first": DAY, "last": DAY - timedelta(days=1)}, "last"),
        ({"first": DAY - timedelta(days=400)}, "last"),
        ({"first": DAY.replace(year=1)}, "first"),
        ({"first": None, "last": date.min}, "last"),  # and no week before it
        ({"first": None, "last": date.max}, "last"),
        ({"figure": "happiness"}, "figure"),
        ({"behind": "yesterday"}, "behind"),
        ({"behind": "0001-01-01T00:00:00+14:00~x"}, "behind"),  # before there was UTC
        ({"behind": "9999-12-31T23:59:59-14:00~x"}, "behind"),
        ({"behind": "2026-03-02T12:00:00~x"}, "behind"),
        ({"behind": "2026-03-02T12:00:00+00:00"}, "behind"),
    ],
)
async def test_senseless_questions_are_refused_with_the_field(
    floor: Floor, asked: dict[str, Any], field: str
) -> None:
    desk = Desk(floor, await floor.agent())
    query: dict[str, Any] = {"first": DAY, "last": DAY, "figure": "asked", **asked}
    with pytest.raises(Invalid) as refused:
        await desk.desk.rows(desk.seat, ReportRowsQuery(**query))
    assert refused.value.field == field


async def test_reports_leave_connections_to_those_who_talk(floor: Floor, books: Books) -> None:
    desk = Desk(floor, await floor.agent())
    async with floor.db.transaction() as tx:
        await tx.execute("LOCK TABLE report_fact, report_leg, report_offer")
        asked = [asyncio.create_task(desk.report(compare=True)) for _ in range(12)]
        while await floor.db.fetchval(WAITS) != 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        row = await floor.asked()
        assert await floor.db.fetchval(WAITS) == 2
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert {type(each) for each in found} == {Report, Busy}
    assert (await books.of(row)).fact.fate == "waiting"


async def test_days_are_compared_with_those_that_stand_where_they_do(
    floor: Floor, books: Books
) -> None:
    lin = await floor.agent()
    for days in (0, -2, -3, -3, -5):
        await floor.asked(seconds=days * 86400)
    await books.job.catch_up()

    report = await Desk(floor, lin).report(by="day", first=DAY - timedelta(days=2), compare=True)

    assert report.before is not None
    asked = [(line.key, values(line)["asked"], was(line, "asked")) for line in report.lines]
    assert asked == [("2026-02-28", 1, 1), ("2026-03-01", 0, 0), ("2026-03-02", 1, 2)]
    assert values(report.lines[1])["wait_mean"] is None


def was(line: ReportLine, figure: str) -> float | None:
    assert line.before is not None
    return line.before[figure].value


def test_the_interval_of_many_scores_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    few = compare.student(compare.MANY)
    monkeypatch.setattr(compare, "_inside", None)  # a series as long as there are scores
    assert compare.student(compare.MANY + 1) == pytest.approx(few, abs=1e-4)
    assert compare.student(60_000) == pytest.approx(compare.NORMAL, abs=1e-4)


async def test_nothing_is_read_on_behalf_of_a_report_that_was_refused() -> None:
    ended = list[str]()

    async def waits_its_turn() -> Table:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("the other part")
        return {}

    async def is_refused() -> Table:
        raise Busy

    with pytest.raises(Busy):
        await in_parts([waits_its_turn(), is_refused()])
    assert ended == ["the other part"]


async def test_what_strangers_type_makes_no_report_endless(floor: Floor, books: Books) -> None:
    lin = await floor.agent()
    for number in range(5):
        new = replace(floor.asking(await floor.visitor(), "Hello?"), topic=f"topic {number % 4}")
        row = (await floor.conversations.start(new, at(number))).row
        await floor.transitions.end_by_customer(row.id, row.visitor_id, at(number + 10))
    await books.job.catch_up()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lines, "LINES_MAX", 2)
        report = await Desk(floor, lin).report(by="topic", compare=True)

    found = [(line.key, line.others, values(line)["abandoned"]) for line in report.lines]
    assert found == [("topic 0", 0, 2), ("topic 1", 0, 1), (None, 2, 2)]
    assert values(report.lines[-1])["abandonment"] == 1
    assert values(report.lines[-1])["wait_p90"] is None
