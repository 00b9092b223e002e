"""Times of a shift in which somebody was not at work though planned to: named, one by one. Pure.

Each is one unbroken absence within a shift, planned breaks in it included; what counts is the part
that lies outside them, ``missed``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from server.schedule.adherence import Day, whole
from server.schedule.spans import Span, common, length, without
from storage.schedule.rows import ShiftRow

Kind = Literal["absent", "late", "left_early", "long_break", "unplanned_break"]

NAMED_FROM = timedelta(minutes=2)
"""Shorter ones count in the figures and are not named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """An exception. ``goes_on``: ``until`` is now, and they are still not at work."""

    kind: Kind
    since: datetime
    until: datetime
    missed: timedelta
    goes_on: bool


def exceptions(
    day: Day,
    shifts: Sequence[ShiftRow],
    at_work: Sequence[Span],
    named_from: timedelta = NAMED_FROM,
) -> list[Missed]:
    """Return the exceptions of some shifts, in order."""
    return [
        each
        for shift in sorted(shifts, key=lambda row: row.starts_at)
        for each in _of_shift(day, shift, at_work)
        if each.missed >= named_from
    ]


def _of_shift(day: Day, shift: ShiftRow, at_work: Sequence[Span]) -> Iterator[Missed]:
    for since, until in without(day.cut(whole([shift])), at_work):
        missed = length(without([(since, until)], shift.breaks))
        if missed:
            yield Missed(
                kind=_kind(shift, since, until),
                since=since,
                until=until,
                missed=missed,
                goes_on=until == day.now < shift.ends_at,
            )


def _kind(shift: ShiftRow, since: datetime, until: datetime) -> Kind:
    """Name an absence by where it lies in its shift."""
    comes_late, leaves_early = since == shift.starts_at, until == shift.ends_at
    if comes_late:
        return "absent" if leaves_early else "late"
    if leaves_early:
        return "left_early"
    return "long_break" if common([(since, until)], shift.breaks) else "unplanned_break"
