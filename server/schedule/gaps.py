"""Where somebody is missing: half hours that follow each other, as one gap. Pure.

Half hours in which nobody is planned and nobody needed do not end a gap in which there is nobody,
up to ``CALM_MAX`` of them: where few customers come one would read a gap for each of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from server.schedule.need import Row

Kind = Literal["nobody", "short"]

CALM_MAX = 4


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
    calm: list[Row] = []
    for row in rows:
        if row.short:
            last = found[-1] if found else None
            if last is not None and _goes_on([*last, *calm], row):
                last.append(row)
            else:
                found.append([row])
            calm = []
        else:
            calm.append(row)
    needed = [row for row in rows if row.need]
    return [_span(each, needed[-1], day, zone) for each in found]


def _goes_on(before: Sequence[Row], row: Row) -> bool:
    """Tell whether a half hour belongs to the gap before it and what was calm in between."""
    first = before[0]
    calm = [each for each in before if not each.short]
    touches = before[-1].half_hour.until == row.half_hour.at
    is_calm = not any(each.need or each.planned for each in calm) and len(calm) <= CALM_MAX
    return touches and _kind(first) == _kind(row) and (not calm or (is_calm and not row.planned))


def _kind(row: Row) -> Kind:
    return "short" if row.planned else "nobody"


def _span(rows: Sequence[Row], last: Row, day: date, zone: ZoneInfo) -> Span:
    last_one = rows[-1].half_hour
    starts_at, ends_at = rows[0].half_hour.at, last_one.until
    return Span(
        starts_at=starts_at,
        ends_at=ends_at,
        start=rows[0].half_hour.minute,
        end=last_one.minute + round((ends_at - last_one.at).total_seconds() / 60),
        kind=_kind(rows[0]),
        short=max(row.short for row in rows),
        to_the_end=rows[-1] is last,
    )
