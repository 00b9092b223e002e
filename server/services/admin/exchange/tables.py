"""Tables as spreadsheets read and write them (CSV), without letting a cell become a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.protocol.exchange import SetupFault

MARK = "\ufeff"
"""Tells spreadsheets that it is UTF-8."""

ENTRIES_MAX = 10_000
"""Rows of a table, or things in a section, that can be taken at once."""

COLUMNS_MAX = 1000

_FORMULA = re.compile("'*[\\s]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r\n]")
_DEFUSED = re.compile("'(?:'*[\\s]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r\n])")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of cells, and the line of the text on which it begins."""

    number: int
    cells: list[str]


class Unreadable(Exception):
    """This is no table."""

    def __init__(self, fault: SetupFault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def defused(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def fused(text: str) -> str:
    """Take the apostrophe away again."""
    return text[1:] if _DEFUSED.match(text) else text


def write_table(rows: Iterable[Sequence[str]]) -> str:
    """Return a table that Excel, too, reads as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([defused(cell) for cell in row] for row in rows)
    return MARK + out.getvalue()


def read_table(text: str, must_have: str) -> tuple[list[str], list[Line]]:
    """Return the names of the columns, one of them a must, and the rows that are not empty."""
    text = text.removeprefix(MARK)
    lines = list(_lines(text))
    if not lines:
        raise Unreadable(SetupFault(message="There is nothing in this table.", code="unreadable"))
    head, rows = lines[0], lines[1:]
    if len(rows) > ENTRIES_MAX:
        message = f"A table has at most {ENTRIES_MAX} rows."
        raise Unreadable(SetupFault(message=message, code="structure", line=rows[-1].number))
    names = _names(head, must_have)
    for row in rows:
        if any(cell.strip() for cell in row.cells[len(names) :]):
            raise Unreadable(
                SetupFault(
                    message="There are more cells than columns.",
                    code="column",
                    line=row.number,
                    column=len(names) + 1,
                )
            )
    return names, [Line(row.number, row.cells[: len(names)]) for row in rows]


def _names(head: Line, must_have: str) -> list[str]:
    names = [name.strip() for name in head.cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > COLUMNS_MAX:
        message = f"A table has at most {COLUMNS_MAX} columns."
        raise Unreadable(SetupFault(message=message, code="column", line=head.number))
    for column, name in enumerate(names, 1):
        if not name or name in names[: column - 1]:
            message = "This name stands twice." if name else "This column has no name."
            raise Unreadable(
                SetupFault(message=message, code="column", line=head.number, column=column)
            )
    if must_have not in names:
        message = f"There is no column {must_have}."
        raise Unreadable(SetupFault(message=message, code="column", line=head.number))
    return names


def _lines(text: str) -> Iterable[Line]:
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Line(begins, [fused(cell) for cell in cells])
            begins = reader.line_num + 1
    except csv.Error as error:
        fault = SetupFault(
            message=f"This is no table: {error}.", code="unreadable", line=reader.line_num or 1
        )
        raise Unreadable(fault) from error
