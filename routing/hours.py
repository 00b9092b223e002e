"""Opening hours: several intervals a day, past midnight, in the shop's own time zone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

Minutes = tuple[int, int]
Span = tuple[datetime, datetime]

DAY_MINUTES = 24 * 60
LOOK_AHEAD_DAYS = 8


@dataclass(frozen=True, slots=True)
class Hours:
    """When a shop answers: by ISO weekday, in minutes after local midnight; None: always."""

    zone: ZoneInfo
    weekly: Mapping[int, Sequence[Minutes]] | None = None


def parse(weekly: Mapping[str, Iterable[Sequence[str]]] | None, time_zone: str) -> Hours:
    """Read hours such as ``{"1": [["09:00", "18:00"], ["21:00", "26:00"]]}``; raise ValueError."""
    zone = ZoneInfo(time_zone)
    if weekly is None:
        return Hours(zone)
    days: dict[int, list[Minutes]] = {}
    for day, intervals in weekly.items():
        if day not in {"1", "2", "3", "4", "5", "6", "7"}:
            raise ValueError(f"weekday {day!r} is not 1 (Monday) to 7 (Sunday)")
        days[int(day)] = [_interval(day, interval) for interval in intervals]
    return Hours(zone, days)


def is_open(hours: Hours, at: datetime) -> bool:
    """Tell whether the shop answers at a moment."""
    return hours.weekly is None or any(start <= at < end for start, end in _spans(hours, at))


def next_change(hours: Hours, at: datetime) -> datetime | None:
    """Return when the shop opens or closes next, None when it never does."""
    if hours.weekly is None:
        return None
    edges = (edge for span in _spans(hours, at) for edge in span if edge > at)
    change = next(edges, None)
    horizon = at + timedelta(days=LOOK_AHEAD_DAYS - 1)
    return change if change is not None and change < horizon else None


def next_opening(hours: Hours, at: datetime) -> datetime | None:
    """Return when the shop opens next; None while it is open, and when it never opens."""
    return None if is_open(hours, at) else next_change(hours, at)


def _interval(day: str, interval: Sequence[str]) -> Minutes:
    if len(interval) != 2:
        raise ValueError(f"an interval of weekday {day} needs a start and an end")
    start, end = (_minutes(text) for text in interval)
    if not (start < DAY_MINUTES and start < end <= start + DAY_MINUTES):
        raise ValueError(
            f"{interval[0]}-{interval[1]} is not a start that day and an end within 24 hours"
        )
    return start, end


def _minutes(text: str) -> int:
    hour, colon, minute = text.partition(":")
    if not (colon and hour.isdecimal() and minute.isdecimal() and int(minute) < 60):
        raise ValueError(f"{text!r} is not a time such as 09:30")
    return int(hour) * 60 + int(minute)


def _spans(hours: Hours, at: datetime) -> list[Span]:
    """Return the open spans around and after a moment, in order, touching ones joined."""
    today = at.astimezone(hours.zone).date()
    spans: list[Span] = []
    for offset in range(-2, LOOK_AHEAD_DAYS + 1):
        day = today + timedelta(days=offset)
        for start, end in sorted((hours.weekly or {}).get(day.isoweekday(), ())):
            span = (_instant(day, start, hours.zone), _instant(day, end, hours.zone))
            if spans and span[0] <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(spans[-1][1], span[1]))
            elif span[0] < span[1]:
                spans.append(span)
    return spans


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Return the moment the shop's clock first shows a time, or jumps over it."""
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    skipped = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while _offset(skipped, zone) == _offset(skipped - timedelta(minutes=1), zone):
        skipped += timedelta(minutes=1)
    return skipped


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()
