"""Hours against a brute force that looks at the clock on the wall, minute by minute, for a year.

The clock *has reached* a time once it showed that time or a later one, so that an hour that comes
twice in autumn counts once, and one that is jumped over in spring is reached with the jump. A shop
is open while the start of an interval was reached and its end was not: that is the whole rule.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from routing.hours import Hours, Special, is_open, next_change

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
MINUTES = 366 * 1440
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai")
DAY_ZERO = date(2025, 12, 1)  # earlier than any interval that matters

starts = st.integers(0, 1439) | st.sampled_from([0, 90, 120, 125, 150, 180])
intervals = st.lists(
    st.builds(
        lambda start, length: (start, start + length),
        starts,
        st.integers(1, 1440) | st.sampled_from([30, 60, 1440]),
    ),
    max_size=3,
).map(lambda each: tuple(sorted(each)))
specials = st.lists(
    st.builds(Special, day=st.dates(date(2026, 1, 1), date(2026, 12, 31)), open=intervals)
    | st.builds(
        Special,
        day=st.dates(date(2024, 1, 1), date(2026, 12, 31)),
        open=intervals,
        yearly=st.just(True),
    ),
    max_size=12,
)


@cache
def reached(zone: str) -> Sequence[int]:
    """For each minute of the year the latest time that the clock has reached, in local minutes."""
    here, zero = ZoneInfo(zone), datetime.combine(DAY_ZERO, time())
    latest, found = 0, list[int]()
    for minute in range(MINUTES):
        shown = (BEGIN + timedelta(minutes=minute)).astimezone(here).replace(tzinfo=None)
        latest = max(latest, (shown - zero) // timedelta(minutes=1))
        found.append(latest)
    return found


def brute_force(hours: Hours) -> list[bool]:
    """Tell for each minute of the year whether the shop is open."""
    opened = bytearray(450 * 1440)
    for offset in range(430):
        day = DAY_ZERO + timedelta(days=offset)
        once = hours.once.get(day)
        yearly = hours.yearly.get((day.month, day.day))
        if once is not None:
            times = once.open
        elif yearly is not None and yearly.day <= day:
            times = yearly.open
        else:
            times = (hours.weekly or {}).get(day.isoweekday(), ())
        for start, end in times:
            opened[offset * 1440 + start : offset * 1440 + end] = b"\1" * (end - start)
    return [opened[minute] == 1 for minute in reached(hours.zone.key)]


@pytest.mark.parametrize("zone", ZONES)
@settings(
    max_examples=8,
    phases=[Phase.reuse, Phase.generate],  # to shrink a year takes minutes
)
@given(weekly=st.dictionaries(st.integers(1, 7), intervals), special=specials)
def test_c12_c13_a_year_of_minutes_agrees_with_a_brute_force(
    zone: str, weekly: dict[int, Sequence[tuple[int, int]]], special: list[Special]
) -> None:
    hours = Hours(
        ZoneInfo(zone),
        weekly,
        {each.day: each for each in special if not each.yearly},
        {(each.day.month, each.day.day): each for each in special if each.yearly},
    )
    expected = brute_force(hours)
    edges = [i for i in range(1, MINUTES) if expected[i] != expected[i - 1]]

    found: list[int] = []
    now = BEGIN
    while (change := next_change(hours, now)) is not None and len(found) < len(edges):
        assert is_open(hours, change - timedelta(seconds=1)) != is_open(hours, change)
        found.append((change - BEGIN) // timedelta(minutes=1))
        now = change

    assert found == edges
    assert is_open(hours, BEGIN) == expected[0]
