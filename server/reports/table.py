"""A report as a table for spreadsheets: the same lines, columns and figures as on the screen."""

from collections.abc import Iterator, Sequence
from typing import Final

from server.protocol.reports import Report, ReportColumn, ReportFigure, ReportLine, Unit
from server.reports.workbook import Cell, Number, sheet
from server.services.admin.exchange.tables import write_table

TOTAL = "total"
DAY_S = 86_400
"""Excel counts time in days."""

SHOWN: Final[dict[Unit, str]] = {
    "count": "#,##0",
    "seconds": "[m]:ss",
    "share": "0.0%",
    "score": "0.00",
    "ratio": "0.0",
}
ROUGHLY: Final = '"≈ "'


def as_table(report: Report, by: str) -> str:
    """Return the report as CSV, a line for each of its lines and one for all together.

    Durations are seconds, shares 0 to 1; a cell is empty where there is no figure.
    """
    return write_table([[_plain(cell) for cell in row] for row in _rows(report, by)])


def as_sheet(report: Report, by: str) -> bytes:
    """Return the same as an XLSX workbook, in which figures look as on the screen."""
    period = report.period
    rows = [[_shown(cell) for cell in row] for row in _rows(report, by)]
    return sheet(f"{period.first} - {period.last}", rows)


Figured = tuple[Unit, float | None, bool]
"""A figure with its unit, and whether it is rough."""


def _rows(report: Report, by: str) -> Iterator[Sequence[str | Figured]]:
    names = [name for each in report.columns for name in _names(each)]
    if report.before is not None:
        names += [f"{name}_before" for name in names]
    yield [by, *names]
    total = ReportLine(name=TOTAL, figures=report.total.figures, before=report.total.before)
    for line in (*report.lines, total):
        cells = [cell for each in report.columns for cell in _cells(each, line.figures)]
        if report.before is not None:
            before = line.before or {}
            cells += [cell for each in report.columns for cell in _cells(each, before)]
        yield [line.name or line.key or "", *cells]


def _names(column: ReportColumn) -> Iterator[str]:
    yield column.name
    if column.unit == "score":
        yield f"{column.name}_half"


def _cells(column: ReportColumn, figures: dict[str, ReportFigure]) -> Iterator[Figured]:
    figure = figures.get(column.name, ReportFigure(rows=0))
    yield column.unit, figure.value, figure.rough
    if column.unit == "score":
        yield column.unit, figure.half, False


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
    shown = f"{ROUGHLY}{SHOWN[unit]}" if is_rough else SHOWN[unit]
    return Number(value / DAY_S if unit == "seconds" else value, shown)
