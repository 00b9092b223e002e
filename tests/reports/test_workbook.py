"""The sheet for Excel: well-formed, with the figures of the screen, and never a formula."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

from server.protocol.reports import Report, ReportColumn, ReportFigure, ReportLine, ReportPeriod
from server.reports.table import as_sheet, as_table
from server.reports.workbook import MAIN, Number, sheet

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
    assert [cell for cell, _ in rows[0]] == head
    seconds = head.index("wait_p90")
    for cells, line in zip(rows[1:], plain, strict=True):
        assert cells[0][0] == line[0]
        for place, (cell, said) in enumerate(zip(cells[1:], line[1:], strict=True), 1):
            value = float(cell[0]) * (86_400 if place == seconds else 1) if cell[0] else None
            assert (round(value, 6) if value is not None else None) == (
                float(said) if said else None
            )
    assert [code for _, code in rows[1]] == [None, "#,##0", '"≈ "[m]:ss', "0.00", "0.00"]
