"""The days of a report, by the shop's clock."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from routing.wall import moment
from server.protocol.errors import Invalid
from server.protocol.reports import ReportPeriod

EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)
ONE_DAY = timedelta(days=1)
DAYS_IF_NOT_SAID = timedelta(days=6)
"""Before the last day."""


def days_of(
    first: date | None, last: date | None, now: datetime, zone: ZoneInfo, days_max: int
) -> ReportPeriod:
    """Return the days that are meant, the last seven if none are said; Invalid with the field."""
    last = last or now.astimezone(zone).date()
    _check(last, "last")
    first = first or last - DAYS_IF_NOT_SAID
    _check(first, "first")
    if last < first:
        raise Invalid("The last day is before the first.", field="last")
    if (last - first).days >= days_max:
        raise Invalid(f"A report has at most {days_max} days.", field="last")
    since, until = moment(first, 0, zone), moment(last + ONE_DAY, 0, zone)
    return ReportPeriod(first=first, last=last, since=since, until=until)


def _check(day: date, field: str) -> None:
    """Refuse days so far away that nobody means them."""
    if not EARLIEST <= day <= LATEST:
        raise Invalid("This day is too far away.", field=field)
