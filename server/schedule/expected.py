"""What a week is expected to bring, half hour by half hour, from weeks that were. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from routing.demand import Demand, typical_week
from routing.hours import Hours, open_spans
from routing.wall import moment
from server.schedule.times import on_the_wall

HALF_HOUR = timedelta(minutes=30)
ONE_DAY = timedelta(days=1)
RARE = 0.25
"""Customers of a half hour. Where fewer are expected nobody is planned for them."""

Mark = tuple[str, int, int]
"""A queue's key, a weekday from Monday as 0, minutes after midnight."""


@dataclass(frozen=True, slots=True)
class HalfHour:
    """``minute``: what the clock shows at its beginning, in minutes after midnight."""

    at: datetime
    until: datetime
    weekday: int
    minute: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The mean of some weeks that were; ``customers`` is how many came in all of them."""

    since: date
    until: date
    customers: int = 0
    demands: Mapping[Mark, Demand] = field(default_factory=dict[Mark, Demand])

    @classmethod
    def of(cls, demands: Iterable[Demand], since: date, until: date) -> "Expected":
        """Fold the days ``since`` to ``until``, both included, into one week."""
        known = list(demands)
        return cls(
            since=since,
            until=until,
            customers=round(sum(each.arrivals for each in known)),
            demands={_mark(each): each for each in typical_week(known, since, until)},
        )

    def at(self, queue: str, half_hour: HalfHour) -> Demand | None:
        """Return what a half hour brings to a queue; None where it is nothing to speak of."""
        found = self.demands.get((queue, half_hour.weekday, half_hour.minute))
        return found if found is not None and found.arrivals >= RARE else None


def half_hours(day: date, zone: ZoneInfo) -> list[HalfHour]:
    """Return the half hours of a day: 48, or two more or fewer where clocks are changed."""
    at, end = moment(day, 0, zone), moment(day + ONE_DAY, 0, zone)
    found: list[HalfHour] = []
    while at < end:
        until = min(at + HALF_HOUR, end)
        found.append(HalfHour(at, until, day.weekday(), on_the_wall(day, at, zone)))
        at = until
    return found


def open_ones(half_hours: list[HalfHour], hours: Hours) -> list[HalfHour]:
    """Return those in which a queue is open, at least in part."""
    if not half_hours:
        return []
    spans = open_spans(hours, half_hours[0].at, half_hours[-1].until)
    return [
        each
        for each in half_hours
        if any(start < each.until and each.at < end for start, end in spans)
    ]


def open_minutes(day: date, hours: Hours) -> list[tuple[int, int]]:
    """Return when a shop is open on a day, in minutes; what it began the evening before, too."""
    begin, end = moment(day, 0, hours.zone), moment(day + ONE_DAY, 0, hours.zone)
    return [
        (
            on_the_wall(day, start.astimezone(UTC), hours.zone),
            on_the_wall(day, stop.astimezone(UTC), hours.zone),
        )
        for start, stop in open_spans(hours, begin, end)
    ]


def _mark(demand: Demand) -> Mark:
    start = demand.start
    return demand.queue, start.weekday(), start.hour * 60 + start.minute
