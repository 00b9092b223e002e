"""When a report on a schedule is due, and which days are in it, by the shop's clock. Pure."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from routing.wall import moment
from storage.reports.scheduled import Every, Period

ONE_DAY = timedelta(days=1)
LAST_DAYS: dict[Period, int] = {"yesterday": 1, "days_7": 7, "days_28": 28}


def next_due(
    every: Every, at_minute: int, zone: ZoneInfo, after: datetime, sent_on: date | None = None
) -> datetime:
    """Return when it is due first after a moment, on a later day than it was sent last.

    A time that the clock jumps over comes when it jumps; one that it shows twice comes once.
    """
    day = after.astimezone(zone).date()
    while True:
        at = moment(day, at_minute, zone)
        if _fits(every, day) and at > after and (sent_on is None or day > sent_on):
            return at
        day += ONE_DAY


def last_due(
    every: Every, at_minute: int, zone: ZoneInfo, due: datetime, now: datetime
) -> datetime:
    """Return the latest time it was due until now, if it has been due since ``due``."""
    day = now.astimezone(zone).date()
    while True:
        at = moment(day, at_minute, zone)
        if at <= due:
            return due
        if _fits(every, day) and at <= now:
            return at
        day -= ONE_DAY


def days_before(period: Period, day: date) -> tuple[date, date]:
    """Return the first and the last day of a period that ends before a day."""
    if period == "last_week":
        last = day - timedelta(days=day.isoweekday())
        return last - timedelta(days=6), last
    if period == "last_month":
        last = day.replace(day=1) - ONE_DAY
        return last.replace(day=1), last
    return day - LAST_DAYS[period] * ONE_DAY, day - ONE_DAY


def _fits(every: Every, day: date) -> bool:
    return every == "day" or (day.isoweekday() == 1 if every == "week" else day.day == 1)
