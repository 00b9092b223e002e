"""A report as a table for spreadsheets: the same lines, columns and figures as on the screen."""

from collections.abc import Iterator

from server.protocol.reports import Report, ReportColumn, ReportFigure, ReportLine
from server.services.admin.exchange.tables import write_table

TOTAL = "total"


def as_table(report: Report, by: str) -> str:
    """Return the report as CSV, a line for each of its lines and one for all together.

    Durations are seconds, shares 0 to 1; a cell is empty where there is no figure.
    """
    return write_table([_head(report, by), *(_line(report, each) for each in _lines(report))])


def _head(report: Report, by: str) -> list[str]:
    names = [name for each in report.columns for name in _names(each)]
    if report.before is not None:
        names += [f"{name}_before" for name in names]
    return [by, *names]


def _names(column: ReportColumn) -> Iterator[str]:
    yield column.name
    if column.unit == "score":
        yield f"{column.name}_half"


def _lines(report: Report) -> Iterator[ReportLine]:
    yield from report.lines
    yield ReportLine(name=TOTAL, figures=report.total.figures, before=report.total.before)


def _line(report: Report, line: ReportLine) -> list[str]:
    cells = [cell for each in report.columns for cell in _cells(each, line.figures)]
    if report.before is not None:
        before = line.before or {}
        cells += [cell for each in report.columns for cell in _cells(each, before)]
    return [line.name or line.key or "", *cells]


def _cells(column: ReportColumn, figures: dict[str, ReportFigure]) -> Iterator[str]:
    figure = figures.get(column.name, ReportFigure(rows=0))
    yield _written(figure.value)
    if column.unit == "score":
        yield _written(figure.half)


def _written(value: float | None) -> str:
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else f"{value:.6f}".rstrip("0")
