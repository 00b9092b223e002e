"""Opening hours as an administrator gives them: checked, and tried out for the days ahead."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import cast
from zoneinfo import available_timezones

import msgspec

from routing.hours import Hours, Span, State, open_spans, state
from routing.timetable import Senseless
from routing.wall import moment
from server.protocol.errors import Invalid
from server.protocol.setup.hours import DayAhead, HoursAhead, HoursPlan, HoursQuery, OpeningHours
from server.services.clock import Clock
from server.services.hours import read_plan
from server.services.seats import AgentSeat

DAYS = 14
DAY_MINUTES = 24 * 60


class HoursPreview:
    """Shows what hours would mean, before they are kept."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def ahead(self, seat: AgentSeat, query: HoursQuery) -> HoursAhead:
        """Return whether a shop with these hours is open now, and when in the next two weeks."""
        seat.must_lead()
        known_zone(query.time_zone)
        stored = None if query.hours is None else stored_hours(query.hours)
        return days_ahead(read_plan(stored, query.time_zone), self._clock.now())


def known_zone(name: str) -> None:
    """Refuse a time zone that there is not."""
    if name not in _zones():
        raise Invalid("There is no such time zone.", field="time_zone")


def stored_hours(hours: OpeningHours) -> dict[str, object]:
    """Return hours as they are stored; refuse what cannot be meant, and name the field."""
    return _sensible(hours, "hours")


def stored_plans(plans: Sequence[HoursPlan]) -> list[dict[str, object]]:
    """Return plans as they are stored; each has a name of its own, and queues that no other has."""
    names, queues = set[str](), set[str]()
    for number, plan in enumerate(plans):
        if plan.name in names:
            raise Invalid("Two plans have this name.", field=f"plans[{number}].name")
        if not queues.isdisjoint(plan.queues) or len({*plan.queues}) != len(plan.queues):
            raise Invalid("A queue keeps one plan at most.", field=f"plans[{number}].queues")
        names.add(plan.name)
        queues.update(plan.queues)
    return [_sensible(plan, f"plans[{number}]") for number, plan in enumerate(plans)]


def _sensible(hours: OpeningHours | HoursPlan, field: str) -> dict[str, object]:
    """Return hours as they are stored; refuse those of which nobody knows what they mean."""
    stored = cast("dict[str, object]", msgspec.to_builtins(hours))
    try:
        read_plan(stored, "UTC")
    except Senseless as senseless:
        why = str(senseless)
        raise Invalid(f"{why[:1].upper()}{why[1:]}.", field=f"{field}.{senseless.where}") from None
    return stored


def days_ahead(hours: Hours, now: datetime) -> HoursAhead:
    """Lay the open spans of the next two weeks on the days of the shop's calendar."""
    today = now.astimezone(hours.zone).date()
    current = state(hours, now)
    days: list[DayAhead] = []
    for offset in range(DAYS):
        day = today + timedelta(days=offset)
        begin, end = (moment(day, minutes, hours.zone) for minutes in (0, DAY_MINUTES))
        special = hours.special_on(day)
        days.append(
            DayAhead(
                date=day,
                open=[_by_the_clock(hours, span, end) for span in open_spans(hours, begin, end)],
                special=special is not None,
                name="" if special is None else special.name,
            )
        )
    return HoursAhead(open=current.is_open, changes=_changes(hours, current), days=days)


def _changes(hours: Hours, current: State) -> list[datetime]:
    if current.changes_at is None:
        return []
    following = state(hours, current.changes_at).changes_at
    return [current.changes_at] if following is None else [current.changes_at, following]


def _by_the_clock(hours: Hours, span: Span, midnight: datetime) -> tuple[str, str]:
    start, end = span
    shown = "24:00" if end == midnight else f"{end.astimezone(hours.zone):%H:%M}"
    return f"{start.astimezone(hours.zone):%H:%M}", shown


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
