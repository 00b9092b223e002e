"""Opening hours: a week that repeats, special days that override it, in the shop's own time zone.

A day decides which intervals *begin* on it, and so does a special day. What began on the evening
before a holiday ends when it was meant to, after midnight or not; who wants to be closed from
midnight on says so by a special day for the eve. A day that is special once beats one that is
special every year, and both beat the week.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from routing.wall import moment

Minutes = tuple[int, int]
Span = tuple[datetime, datetime]

DAY_MINUTES = 24 * 60
LOOK_AHEAD_DAYS = 400
"""Who opens once a year is found; who does not open for so long never does."""

_ALL_DAY = ((0, DAY_MINUTES),)


@dataclass(frozen=True, slots=True)
class Special:
    """A day on which the week does not count; ``yearly``: nor on that day of any later year."""

    day: date
    open: Sequence[Minutes] = ()
    name: str = ""
    yearly: bool = False


@dataclass(frozen=True, slots=True)
class Hours:
    """When a shop answers: by ISO weekday, in minutes after midnight; None: round the clock."""

    zone: ZoneInfo
    weekly: Mapping[int, Sequence[Minutes]] | None = None
    once: Mapping[date, Special] = field(default_factory=dict[date, Special])
    yearly: Mapping[tuple[int, int], Special] = field(
        default_factory=dict[tuple[int, int], Special]
    )

    def special_on(self, day: date) -> Special | None:
        """Return what makes a day special."""
        if day in self.once:
            return self.once[day]
        special = self.yearly.get((day.month, day.day))
        return special if special is not None and special.day <= day else None

    def on(self, day: date) -> Sequence[Minutes]:
        """Return the intervals that begin on a day, in order."""
        special = self.special_on(day)
        if special is not None:
            return special.open
        return _ALL_DAY if self.weekly is None else self.weekly.get(day.isoweekday(), ())


@dataclass(frozen=True, slots=True)
class State:
    """Whether a shop answers, and when that changes; None: not in ``LOOK_AHEAD_DAYS``."""

    is_open: bool
    changes_at: datetime | None = None


def state(hours: Hours, at: datetime) -> State:
    """Tell whether the shop answers at a moment, and until when that stands."""
    if hours.weekly is None and not hours.once and not hours.yearly:
        return State(is_open=True)
    horizon = at + timedelta(days=LOOK_AHEAD_DAYS - 1)
    for start, end in _spans(hours, at, LOOK_AHEAD_DAYS):
        if end > at:
            is_open = start <= at
            change = end if is_open else start
            return State(is_open, change if change < horizon else None)
    return State(is_open=False)


def is_open(hours: Hours, at: datetime) -> bool:
    """Tell whether the shop answers at a moment."""
    return state(hours, at).is_open


def next_change(hours: Hours, at: datetime) -> datetime | None:
    """Return when the shop opens or closes next, None when it never does."""
    return state(hours, at).changes_at


def next_opening(hours: Hours, at: datetime) -> datetime | None:
    """Return when the shop opens next; None while it is open, and when it never opens."""
    now = state(hours, at)
    return None if now.is_open else now.changes_at


def open_spans(hours: Hours, begin: datetime, end: datetime) -> list[Span]:
    """Return when the shop answers between two moments, in order, touching spans joined."""
    days = (end - begin).days + 2
    return [
        (max(start, begin), min(stop, end))
        for start, stop in _spans(hours, begin, days)
        if stop > begin and start < end
    ]


def _spans(hours: Hours, at: datetime, days: int) -> Iterator[Span]:
    """Find the open spans around a moment and in the days after, in order, touching ones joined."""
    today = at.astimezone(hours.zone).date()
    last: Span | None = None
    for offset in range(-2, days + 1):
        day = today + timedelta(days=offset)
        for begins, ends in hours.on(day):
            start, end = (moment(day, each, hours.zone) for each in (begins, ends))
            if start == end:
                continue  # the clock jumped over it
            if last is not None and start <= last[1]:
                last = (last[0], max(last[1], end))
                continue
            if last is not None:
                yield last
            last = (start, end)
    if last is not None:
        yield last
