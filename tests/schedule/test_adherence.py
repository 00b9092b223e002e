"""Plans beside what was: shares, named exceptions, and what nobody can be blamed for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from routing.wall import moment
from server.schedule.adherence import Day, Kept, kept
from server.schedule.attended import Attended
from server.schedule.exceptions import exceptions
from server.schedule.spans import Span
from server.schedule.times import days_span, times_of
from storage.schedule.rows import ShiftRow

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 3, 2)
SPRING, AUTUMN = date(2026, 3, 28), date(2026, 10, 24)
"""Saturdays; in the nights after them Berlin's clocks are changed."""

SOMEBODY = UUID(int=1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def shift(start: float, end: float, *breaks: tuple[float, float], day: date = MONDAY) -> ShiftRow:
    """Return a shift by hours of the clock."""
    pauses = [(round(60 * begin), round(60 * stop)) for begin, stop in breaks]
    times = times_of(day, round(60 * start), round(60 * end), pauses, BERLIN)
    return ShiftRow(
        id=UUID(int=2),
        shop_id=UUID(int=3),
        agent_id=SOMEBODY,
        day=day,
        starts_at=times.starts_at,
        ends_at=times.ends_at,
        breaks_from=[begin for begin, _ in times.breaks],
        breaks_until=[end for _, end in times.breaks],
        wall=times.wall,
        version=1,
        changed_by=SOMEBODY,
        changed_at=LONG_AGO,
    )


def at(hour: float, day: date = MONDAY) -> datetime:
    return moment(day, round(60 * hour), BERLIN)


def worked(*hours: tuple[float, float], day: date = MONDAY) -> list[Span]:
    return [(at(begin, day), at(end, day)) for begin, end in hours]


def the_day(now: float = 48, day: date = MONDAY, known: datetime | None = LONG_AGO) -> Day:
    begins_at, ends_at = days_span(day, day, BERLIN)
    return Day(begins_at=begins_at, ends_at=ends_at, known=known, now=at(now, day))


def hours(found: Kept) -> tuple[float, float, float, float]:
    """Return scheduled, to work, adhered, worked."""
    each = (found.scheduled, found.to_work, found.adhered, found.worked)
    return tuple(time / timedelta(hours=1) for time in each)  # type: ignore[return-value]


def named(day: Day, row: ShiftRow, at_work: list[Span]) -> list[tuple[str, datetime, int, bool]]:
    return [
        (each.kind, each.since, round(each.missed.total_seconds() / 60), each.goes_on)
        for each in exceptions(day, [row], at_work)
    ]


def test_a_day_as_planned_is_kept_wholly() -> None:
    found = kept(the_day(), [shift(9, 17, (12, 13))], [], worked((9, 12), (13, 17)))
    assert hours(found) == (8, 7, 8, 7)
    assert (found.adherence, found.conformance) == (1, 1)
    assert named(the_day(), shift(9, 17, (12, 13)), worked((9, 12), (13, 17))) == []


def test_who_works_as_long_but_at_other_times_conforms_and_does_not_adhere() -> None:
    plan, was = shift(9, 17, (12, 13)), worked((10, 18))

    found = kept(the_day(), [plan], [], was)

    assert hours(found) == (8, 7, 6, 8)  # 9 to 10 missed, the break worked through
    assert found.adherence == 0.75
    assert found.conformance == pytest.approx(8 / 7)
    assert named(the_day(), plan, was) == [("late", at(9), 60, False)]


def test_each_exception_has_its_name_and_its_time() -> None:
    plan = shift(9, 17, (12, 12.5), (15, 15.25))
    was = worked((9.25, 10), (10.5, 11.75), (13, 15), (15.25, 16.5))

    assert named(the_day(), plan, was) == [
        ("late", at(9), 15, False),
        ("unplanned_break", at(10), 30, False),
        ("long_break", at(11.75), 45, False),  # left for it early and came back late
        ("left_early", at(16.5), 30, False),
    ]
    missed = 8 - 0.25 - 0.5 - 0.75 - 0.5
    assert kept(the_day(), [plan], [], was).adhered == timedelta(hours=missed)


def test_an_absence_of_a_minute_counts_and_is_not_named() -> None:
    plan, was = shift(9, 10), worked((9 + 1 / 60, 10))
    assert named(the_day(), plan, was) == []
    assert kept(the_day(), [plan], [], was).adherence == pytest.approx(59 / 60)


def test_who_never_came_was_absent_once_the_shift_is_over_and_late_until_then() -> None:
    plan = shift(9, 17, (12, 13))
    assert named(the_day(now=17), plan, []) == [("absent", at(9), 420, False)]
    assert named(the_day(now=10), plan, []) == [("late", at(9), 60, True)]
    assert named(the_day(now=8), plan, []) == []
    assert kept(the_day(now=8), [plan], [], []).adherence is None
    assert kept(the_day(now=17), [plan], [], []).adherence == 0  # its break is nobody's break
    only_noon = the_day(now=12.5, known=at(12))
    assert kept(only_noon, [plan], [], []).adherence == 1  # they may have come before


def test_a_break_that_goes_on_is_told_while_it_does() -> None:
    plan, was = shift(9, 17, (12, 13)), worked((9, 12))
    assert named(the_day(now=12.5), plan, was) == []
    assert named(the_day(now=13.5), plan, was) == [("long_break", at(12), 30, True)]
    found = kept(the_day(now=13.5), [plan], [], was)
    assert hours(found) == (4.5, 3.5, 4, 3)
    assert (found.adherence, found.conformance) == (4 / 4.5, None)  # the shift is not over


def test_no_shift_is_no_figure() -> None:
    found = kept(the_day(), [], [], worked((9, 12)))
    assert (found.adherence, found.conformance) == (None, None)
    assert found.worked == timedelta(hours=3)


def test_what_was_before_the_log_is_unknown_and_blames_nobody() -> None:
    plan, day = shift(9, 17, (12, 13)), the_day(known=at(11))
    was = worked((11, 12), (13, 17))

    found = kept(day, [plan], [], was)

    assert hours(found) == (6, 5, 6, 5)
    assert found.unknown == timedelta(hours=2)
    assert found.adherence == 1
    assert named(day, plan, was) == []
    never = the_day(known=None)
    assert kept(never, [plan], [], []) == Kept(unknown=timedelta(hours=8))
    assert named(never, plan, []) == []


@pytest.mark.parametrize(
    ("day", "length"), [(SPRING, 7), (AUTUMN, 9), (SPRING - timedelta(days=7), 8)]
)
def test_a_night_counts_as_long_as_it_is_and_belongs_to_the_day_on_which_it_begins(
    day: date, length: int
) -> None:
    night, after = shift(22, 30, day=day), day + timedelta(days=1)
    was = worked((22, 30), day=day)

    found = kept(the_day(day=day), [night], [], was)

    assert hours(found) == (length, length, length, length)
    sunday = kept(the_day(day=after), [], [night], was)
    assert (sunday.worked, sunday.adherence) == (timedelta(), None)
    late = kept(the_day(day=day), [night], [], worked((24, 30), day=day))
    assert late.adherence == pytest.approx((length - 2) / length)


def test_who_works_past_midnight_twice_has_each_night_once() -> None:
    first, second = shift(22, 30), shift(22, 30, day=MONDAY + timedelta(days=1))
    was = worked((22, 30), (47, 54))
    one = kept(the_day(now=72), [first], [second], was)
    other = kept(the_day(now=72, day=MONDAY + timedelta(days=1)), [second], [first], was)
    assert (one.worked, other.worked) == (timedelta(hours=8), timedelta(hours=7))
    assert (one + other).adherence == pytest.approx(15 / 16)


def test_work_that_goes_on_belongs_to_the_shift_that_it_goes_on_from() -> None:
    tuesday = MONDAY + timedelta(days=1)
    night = shift(22, 30)
    was = [*worked((21.5, 30.25)), *worked((33, 34))]  # half an hour early, a quarter late
    of_monday = kept(the_day(now=72), [night], [], was)
    of_tuesday = kept(the_day(now=72, day=tuesday), [], [night], was)
    assert (of_monday.worked, of_monday.adherence) == (timedelta(hours=8.75), 1)
    assert of_tuesday.worked == timedelta(hours=1)
    # On through the night until a shift of the day after: what lies between is the day's own.
    day_after = shift(8, 12, day=tuesday)
    on_and_on = worked((22, 36))
    one = kept(the_day(now=72), [night], [day_after], on_and_on)
    other = kept(the_day(now=72, day=tuesday), [day_after], [night], on_and_on)
    assert (one.worked, other.worked) == (timedelta(hours=8), timedelta(hours=6))


def test_states_count_while_connected_and_a_talk_in_hand_is_work() -> None:
    noon = at(12)

    def minutes(begin: int, end: int) -> Span:
        return noon + timedelta(minutes=begin), noon + timedelta(minutes=end)

    was = Attended.of(
        [
            ("present", *minutes(10, 40)),
            ("present", *minutes(30, 60)),  # another node: counts once
            ("available", *minutes(0, 20)),
            ("away", *minutes(20, 50)),
            ("unresponsive", *minutes(50, 90)),
            ("held", *minutes(15, 30)),
        ]
    )

    assert [(each.state, (each.since - noon).seconds // 60) for each in was.states] == [
        ("available", 10),
        ("busy", 20),
        ("away", 30),
        ("unresponsive", 50),
    ]
    assert was.at_work == [minutes(10, 30)]
    state = was.at(minutes(0, 45)[1])
    assert state is not None
    assert state.state == "away"
    assert was.at(minutes(0, 61)[1]) is None
