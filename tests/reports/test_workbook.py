"""The sheet for Excel: well-formed, with the figures of the screen, and never a formula."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

import pytest

from server.protocol.reports import Report, ReportColumn, ReportFigure, ReportLine, ReportPeriod
from server.reports.table import as_sheet, as_table
from server.reports.words import ENGLISH, IN_CHINESE, SheetWords
from server.reports.workbook import MAIN, Number, sheet
from storage.reports.figures import FIGURES
from tests.support.words import console_words

NAMES = {"m": MAIN}


def read(book: bytes) -> tuple[list[list[tuple[str, str | None]]], str]:
    """Return each cell's text and format, and the name of the sheet."""
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        assert parts.testzip() is None
        for name in parts.namelist():
            ET.fromstring(parts.read(name))
        styles = ET.fromstring(parts.read("xl/styles.xml"))
        root = ET.fromstring(parts.read("xl/worksheets/sheet1.xml"))
        name = ET.fromstring(parts.read("xl/workbook.xml")).find(".//m:sheet", NAMES)
    codes = {
        each.get("numFmtId"): each.get("formatCode")
        for each in styles.iterfind(".//m:numFmt", NAMES)
    }
    formats = [codes.get(each.get("numFmtId")) for each in styles.iterfind("m:cellXfs/m:xf", NAMES)]
    assert root.find(".//m:f", NAMES) is None, "a formula"
    assert name is not None
    return [
        [
            ("".join(cell.itertext()), formats[int(cell.get("s", "0"))])
            for cell in row.iterfind("m:c", NAMES)
        ]
        for row in root.iterfind(".//m:row", NAMES)
    ], str(name.get("name"))


def test_texts_stay_texts_whatever_stands_in_them() -> None:
    texts = [
        '=HYPERLINK("x")',
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "＝1",
        "a<b>&\"'",
        "\x00\x07b",
        "\ud800c",
        "明天",
    ]
    [head, row], name = read(sheet("<week> & more than thirty-one letters", [["a"], texts]))
    assert head == [("a", None)]
    assert [cell for cell, _ in row] == [
        '\'=HYPERLINK("x")',
        "'+1",
        "'-1",
        "'@SUM(A1)",
        "'\t=1",
        "'＝1",
        "a<b>&\"'",
        "b",
        "c",
        "明天",
    ]
    assert name == "<week> & more than thirty-one letters"[:31]


def test_numbers_keep_their_value_and_their_format() -> None:
    rows, _ = read(sheet("n", [["x"], [Number(0.25, "0.0%"), None, Number(3, "#,##0")]]))
    assert rows[1] == [("0.25", "0.0%"), ("", None), ("3", "#,##0")]


def test_the_sheet_equals_the_table() -> None:
    columns = [
        ReportColumn(name="asked", unit="count", source="conversations", meaning=""),
        ReportColumn(name="wait_p90", unit="seconds", source="conversations", meaning=""),
        ReportColumn(name="csat", unit="score", source="stretches", meaning=""),
    ]
    figures = {
        "asked": ReportFigure(rows=1200, value=1200),
        "wait_p90": ReportFigure(rows=1000, value=90.5, rough=True),
        "csat": ReportFigure(rows=2, value=4.5, half=0.5),
    }
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    report = Report(
        period=ReportPeriod(
            first=date(2026, 1, 1), last=date(2026, 3, 1), since=moment, until=moment
        ),
        time_zone="UTC",
        columns=columns,
        lines=[ReportLine(figures=figures, key="q", name="=Returns"), ReportLine(figures={})],
        total=ReportLine(figures=figures),
        complete=True,
    )

    rows, name = read(as_sheet(report, "queue"))
    head, *plain = [line.split(",") for line in as_table(report, "queue")[1:].split()]

    assert name == "2026-01-01 - 2026-03-01"
    assert head == ["queue", "asked", "wait_p90", "csat", "csat_half"]
    assert [cell for cell, _ in rows[0]] == [
        "Queue",
        "Asked",
        "Wait, 9 in 10",
        "Satisfaction",
        "Satisfaction ±",
    ]
    seconds = head.index("wait_p90")
    for cells, line in zip(rows[1:], plain, strict=True):
        assert cells[0][0] == {"": "No queue", "total": "All together"}.get(line[0], line[0])
        for place, (cell, said) in enumerate(zip(cells[1:], line[1:], strict=True), 1):
            value = float(cell[0]) * (86_400 if place == seconds else 1) if cell[0] else None
            assert (round(value, 6) if value is not None else None) == (
                float(said) if said else None
            )
    assert [code for _, code in rows[1]] == [None, "#,##0", '"≈ "[m]:ss', "0.00", "0.00"]


def test_a_sheet_says_what_the_screen_says() -> None:
    shares = ReportColumn(name="abandonment", unit="share", source="conversations", meaning="")
    times = ReportColumn(name="handle_p90", unit="seconds", source="stretches", meaning="")
    values = ((0.4, 7200), (0.405, 3599.4), (1.0, 12))
    lines = [
        ReportLine(
            figures={
                "abandonment": ReportFigure(rows=1, value=share),
                "handle_p90": ReportFigure(rows=1, value=seconds, rough=True),
            },
            key=str(number),
        )
        for number, (share, seconds) in enumerate(values, 1)
    ]
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    day = date(2026, 1, 1)
    report = Report(
        period=ReportPeriod(first=day, last=day, since=moment, until=moment),
        time_zone="UTC",
        columns=[shares, times],
        lines=lines,
        total=ReportLine(figures={}),
        complete=True,
    )

    rows, _ = read(as_sheet(report, "weekday", "zh-CN"))

    assert [cell for cell, _ in rows[0]] == ["星期", "未接入离开率", "处理时长（九成）"]
    assert [row[0][0] for row in rows[1:]] == ["星期一", "星期二", "星期三", "合计"]
    assert [[code for _, code in row[1:]] for row in rows[1:4]] == [
        ["0%", '"≈ "[h]:mm:ss'],
        ["0.0%", '"≈ "[m]:ss'],
        ["0%", '"≈ "[m]:ss'],
    ]


def test_lines_are_called_as_on_the_screen() -> None:
    english, chinese = SheetWords("en"), SheetWords("zh")

    def line(key: str | None = None, name: str | None = None) -> ReportLine:
        return ReportLine(figures={}, key=key, name=name)

    assert [words.line("agent", line()) for words in (english, chinese)] == ["Nobody", "无人接待"]
    both = line("q", "Returns · 退换货")
    assert [words.line("queue", both) for words in (english, chinese)] == ["Returns", "退换货"]
    assert english.line("queue", line("q", "A · B")) == "A · B"
    assert english.line("topic", line("somewhat")) == "somewhat"
    assert english.line("hour", line("09")) == "09:00 – 09:59"
    assert chinese.line("weekhour", line("7-09")) == "星期日, 09:00"
    assert chinese.line("language", line("de")) == "德语"


@pytest.mark.parametrize(("locale", "words"), [("en", ENGLISH), ("zh", IN_CHINESE)])
def test_words_of_sheets_are_those_of_the_pages(locale: str, words: dict[str, str]) -> None:
    pages = console_words(locale)
    said = dict(re.findall(r"^  '([^']+)': '([^']*)',$", pages, re.MULTILINE))
    assert words == {key: said.get(key) for key in words}
    assert {f"figure.{each.name}" for each in FIGURES} <= words.keys()
