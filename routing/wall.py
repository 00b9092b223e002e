"""What the clock on a shop's wall shows, and when it first shows it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


def moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Return when the clock first shows a time of a day, or jumps over it; 1500 is 01:00 after."""
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001
    shown = wall.replace(tzinfo=zone).astimezone(UTC)
    if shown.astimezone(zone).replace(tzinfo=None) == wall:
        return shown
    skipped = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while _offset(skipped, zone) == _offset(skipped - MINUTE, zone):
        skipped += MINUTE
    return skipped


def _offset(at: datetime, zone: ZoneInfo) -> timedelta | None:
    return at.astimezone(zone).utcoffset()
