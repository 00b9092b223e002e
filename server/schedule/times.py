"""Shifts as the shop's clock shows them, and as moments. Pure.

People plan by the clock on the wall: "22:00 to 06:00" is seven hours long on the night on which
clocks are put forward and nine on the other one. Minutes count from the midnight with which the
day of the shift begins; 1500 is 01:00 on the day after.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from routing.wall import moment
from server.protocol.errors import Invalid
from storage.schedule.rows import Break, ShiftRow, Times, Wall

DAY_MINUTES = 24 * 60
GRID_MIN = 15
LONGEST_MIN = 16 * 60
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)
SKIPPED = "The clock of the shop jumps over this time on that day."

Span = tuple[int, int]


def times_of(day: date, start: int, end: int, breaks: Sequence[Span], zone: ZoneInfo) -> Times:
    """Return a shift as moments; Invalid names the field that cannot be meant."""
    check_day(day, "day")
    _check_shift(start, end)
    _check_breaks(start, end, breaks)
    begins, ends = moment(day, start, zone), moment(day, end, zone)
    if begins >= ends:
        raise Invalid(SKIPPED, field="start", reason="skipped")
    pauses = tuple(_moments(day, each, zone) for each in sorted(breaks))
    return Times(
        day=day,
        starts_at=begins,
        ends_at=ends,
        breaks=tuple(each for each in pauses if each[0] < each[1]),
        wall=(start, end, tuple(sorted(breaks))),
    )


def wall_of(row: ShiftRow, zone: ZoneInfo) -> Wall:
    """Return what the clock shows at the moments of a shift."""
    breaks = tuple(
        (on_the_wall(row.day, begin, zone), on_the_wall(row.day, end, zone))
        for begin, end in row.breaks
    )
    start, end = (on_the_wall(row.day, at, zone) for at in (row.starts_at, row.ends_at))
    return start, end, breaks


def on_the_wall(day: date, at: datetime, zone: ZoneInfo) -> int:
    """Return what the clock shows at a moment, in minutes after the midnight of ``day``."""
    local = at.astimezone(zone)
    return (local.date() - day).days * DAY_MINUTES + local.hour * 60 + local.minute


def check_day(day: date, field: str) -> None:
    """Refuse days so far away that nobody means them."""
    if not EARLIEST <= day <= LATEST:
        raise Invalid("This day is too far away.", field=field, reason="far_away")


def monday(day: date) -> date:
    """Return the first day of the week of a day."""
    return day - timedelta(days=day.weekday())


def days_span(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the moments at which some days, both included, begin and end."""
    return moment(first, 0, zone), moment(last + timedelta(days=1), 0, zone)


def minutes_worked(starts_at: datetime, ends_at: datetime, breaks: Sequence[Break]) -> int:
    """Return how long somebody works, without breaks, in minutes that really pass."""
    paused = sum((end - begin for begin, end in breaks), timedelta())
    return round((ends_at - starts_at - paused).total_seconds() / 60)


def _check_shift(start: int, end: int) -> None:
    for field, minutes in (("start", start), ("end", end)):
        if minutes % GRID_MIN:
            raise Invalid("Shifts go by quarters of an hour.", field=field, reason="quarters")
    if not 0 <= start < DAY_MINUTES:
        raise Invalid("A shift begins on its day.", field="start", reason="begins_on_day")
    if end <= start:
        raise Invalid("A shift ends after it begins.", field="end", reason="ends_first")
    if end - start > LONGEST_MIN:
        raise Invalid("A shift is 16 hours long at most.", field="end", reason="too_long")


def _check_breaks(start: int, end: int, breaks: Sequence[Span]) -> None:
    for begin, stop in breaks:
        if begin % GRID_MIN or stop % GRID_MIN:
            raise Invalid("Breaks go by quarters of an hour.", field="breaks", reason="quarters")
        if begin >= stop:
            raise Invalid("A break ends after it begins.", field="breaks", reason="ends_first")
        if begin < start or stop > end:
            raise Invalid("A break lies inside its shift.", field="breaks", reason="break_outside")
    for one, other in pairwise(sorted(breaks)):
        if other[0] <= one[1]:
            raise Invalid("Breaks do not touch each other.", field="breaks", reason="breaks_touch")


def _moments(day: date, span: Span, zone: ZoneInfo) -> Break:
    """Return a break; where its end is shown twice that night it is as long as it was meant."""
    begin, length = moment(day, span[0], zone), timedelta(minutes=span[1] - span[0])
    return begin, min(moment(day, span[1], zone), max(begin, begin + length))
