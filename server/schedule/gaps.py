"""Where somebody is missing: half hours that follow each other, as one gap. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from server.schedule.need import Row
from server.schedule.times import on_the_wall

Kind = Literal["nobody", "short"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A gap. ``short``: how many are missing at most; ``to_the_end``: nobody is needed after it."""

    starts_at: datetime
    ends_at: datetime
    start: int
    end: int
    kind: Kind
    short: int
    to_the_end: bool


def gaps_of(rows: Sequence[Row], day: date, zone: ZoneInfo) -> list[Span]:
    """Return the gaps of a queue on a day, from its half hours in order."""
    found: list[list[Row]] = []
    for row in rows:
        if not row.short:
            continue
        last = found[-1][-1] if found else None
        if last is not None and _goes_on(last, row):
            found[-1].append(row)
        else:
            found.append([row])
    return [_span(each, rows[-1], day, zone) for each in found]


def _goes_on(last: Row, row: Row) -> bool:
    return last.half_hour.until == row.half_hour.at and _kind(last) == _kind(row)


def _kind(row: Row) -> Kind:
    return "short" if row.planned else "nobody"


def _span(rows: Sequence[Row], last: Row, day: date, zone: ZoneInfo) -> Span:
    starts_at, ends_at = rows[0].half_hour.at, rows[-1].half_hour.until
    return Span(
        starts_at=starts_at,
        ends_at=ends_at,
        start=rows[0].half_hour.minute,
        end=on_the_wall(day, ends_at, zone),
        kind=_kind(rows[0]),
        short=max(row.short for row in rows),
        to_the_end=rows[-1] is last,
    )
