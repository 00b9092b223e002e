"""Adherence as it is told: to pages, and as a table for spreadsheets."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from server.protocol.adherence import (
    ActualSpan,
    Adherence,
    AdherenceException,
    AdherenceFigures,
    AdherenceLine,
    PlannedSpan,
)
from server.protocol.shapes import Person
from server.schedule.adherence import Kept, pauses, whole
from server.schedule.attended import Was
from server.schedule.exceptions import Missed
from server.schedule.spans import without
from server.services.admin.exchange.tables import write_table
from storage.schedule.rows import ShiftRow

KINDS = ("late", "left_early", "long_break", "unplanned_break", "absent")
TOTAL = "total"


def line_face(
    who: tuple[UUID, str],
    shifts: Sequence[ShiftRow],
    states: Iterable[Was],
    missed: Iterable[Missed],
    found: Kept,
) -> AdherenceLine:
    """Return a day of somebody."""
    changed = [row.changed_at for row in shifts if row.changed_at > row.starts_at]
    return AdherenceLine(
        agent=Person(id=str(who[0]), name=who[1]),
        planned=planned_face(shifts),
        actual=[ActualSpan(state=was.state, since=was.since, until=was.until) for was in states],
        exceptions=[exception_face(each) for each in missed],
        figures=figures_face(found),
        changed_at=max(changed, default=None),
    )


def planned_face(shifts: Sequence[ShiftRow]) -> list[PlannedSpan]:
    """Return work and breaks, one after the other."""
    breaks = pauses(shifts)
    found = [
        *(PlannedSpan("work", *span) for span in without(whole(shifts), breaks)),
        *(PlannedSpan("break", *span) for span in breaks),
    ]
    return sorted(found, key=lambda each: each.since)


def exception_face(missed: Missed) -> AdherenceException:
    """Return one exception."""
    return AdherenceException(
        kind=missed.kind,
        since=missed.since,
        until=missed.until,
        missed_s=_seconds(missed.missed),
        goes_on=missed.goes_on,
    )


def figures_face(found: Kept) -> AdherenceFigures:
    """Return figures in seconds, shares to six places."""
    return AdherenceFigures(
        scheduled_s=_seconds(found.scheduled),
        to_work_s=_seconds(found.to_work),
        adhered_s=_seconds(found.adhered),
        worked_s=_seconds(found.worked),
        unknown_s=_seconds(found.unknown),
        adherence=_share(found.adherence),
        conformance=_share(found.conformance),
    )


def as_table(told: Adherence) -> str:
    """Return a day as CSV: seconds, shares 0 to 1; a cell is empty where there is no figure."""
    return write_table(_rows(told))


def _rows(told: Adherence) -> Iterator[Sequence[str]]:
    names = list(AdherenceFigures.__struct_fields__)
    yield ["day", "agent", *names, *(f"{kind}_s" for kind in KINDS)]
    everything = [each for line in told.lines for each in line.exceptions]
    lines = [(line.agent.name, line.figures, line.exceptions) for line in told.lines]
    for name, figures, missed in (*lines, (TOTAL, told.total, everything)):
        missed_s = [sum(each.missed_s for each in missed if each.kind == kind) for kind in KINDS]
        values = [getattr(figures, field) for field in names]
        yield [
            str(told.day),
            name,
            *("" if value is None else str(value) for value in (*values, *missed_s)),
        ]


def _seconds(time: timedelta) -> int:
    return round(time.total_seconds())


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
