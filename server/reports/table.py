"""A report as a table for spreadsheets: the same lines, columns and figures as on the screen.

CSV is for programs, and calls things by their keys; a sheet is for people, and calls them as the
screen does.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from server.protocol.reports import Report, ReportColumn, ReportFigure, ReportLine, Unit
from server.reports.words import SheetWords
from server.reports.workbook import Cell, Number, sheet
from server.services.admin.exchange.tables import write_table

TOTAL, OTHERS = "total", "others"
DAY_S = 86_400
"""Excel counts time in days."""

HOUR_S = 3_600

SHOWN: Final[dict[Unit, str]] = {
    "count": "#,##0",
    "seconds": "[m]:ss",
    "share": "0.0%",
    "score": "0.00",
    "ratio": "0.0",
}
LONG, WHOLE_PERCENT = "[h]:mm:ss", "0%"
"""What lasts an hour or more, and a share without tenths, look otherwise on the screen too."""

ROUGHLY: Final = '"≈ "'


def as_table(report: Report, by: str) -> str:
    """Return the report as CSV, a line for each of its lines and one for all together.

    Durations are seconds, shares 0 to 1; a cell is empty where there is no figure.
    """
    names = [name for each in report.columns for name in _names(each)]
    if report.before is not None:
        names += [f"{name}_before" for name in names]
    rows = _rows(report, _plain_name, TOTAL)
    return write_table([[by, *names], *([_plain(cell) for cell in row] for row in rows)])


def as_sheet(report: Report, by: str, locale: str = "en") -> bytes:
    """Return the same as an XLSX workbook, with words and figures as on the screen."""
    period, words = report.period, SheetWords(locale)
    names = [name for each in report.columns for name in _headings(each, words)]
    if report.before is not None:
        before = words.of("report.before")
        names += [f"{name}, {before}" for name in names]
    rows = _rows(report, lambda line: words.line(by, line), words.of("report.total"))
    head = [words.of(f"report.by.{by}"), *names]
    return sheet(
        f"{period.first} - {period.last}", [head, *([_shown(cell) for cell in row] for row in rows)]
    )


Figured = tuple[Unit, float | None, bool]
"""A figure with its unit, and whether it is rough."""


def _rows(
    report: Report, name_of: Callable[[ReportLine], str], total: str
) -> Iterator[Sequence[str | Figured]]:
    for line in (*report.lines, report.total):
        cells = [cell for each in report.columns for cell in _cells(each, line.figures)]
        if report.before is not None:
            before = line.before or {}
            cells += [cell for each in report.columns for cell in _cells(each, before)]
        yield [total if line is report.total else name_of(line), *cells]


def _names(column: ReportColumn) -> Iterator[str]:
    yield column.name
    if column.unit == "score":
        yield f"{column.name}_half"


def _headings(column: ReportColumn, words: SheetWords) -> Iterator[str]:
    name = words.of(f"figure.{column.name}")
    yield name
    if column.unit == "score":
        yield f"{name} ±"


def _cells(column: ReportColumn, figures: dict[str, ReportFigure]) -> Iterator[Figured]:
    figure = figures.get(column.name, ReportFigure(rows=0))
    yield column.unit, figure.value, figure.rough
    if column.unit == "score":
        yield column.unit, figure.half, False


def _plain_name(line: ReportLine) -> str:
    return OTHERS if line.others else line.name or line.key or ""


def _plain(cell: str | Figured) -> str:
    if isinstance(cell, str):
        return cell
    _, value, _ = cell
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else f"{value:.6f}".rstrip("0")


def _shown(cell: str | Figured) -> Cell:
    if isinstance(cell, str):
        return cell
    unit, value, is_rough = cell
    if value is None:
        return None
    shown = _format(unit, value)
    return Number(
        value / DAY_S if unit == "seconds" else value, f"{ROUGHLY}{shown}" if is_rough else shown
    )


def _format(unit: Unit, value: float) -> str:
    if unit == "seconds" and value >= HOUR_S:
        return LONG
    if unit == "share" and round(1000 * value) % 10 == 0:
        return WHOLE_PERCENT
    return SHOWN[unit]
