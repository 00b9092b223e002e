from datetime import UTC, datetime, timedelta

import pytest

from routing.hours import LOOK_AHEAD_DAYS, Hours, is_open, next_change, next_opening, open_spans
from routing.timetable import Senseless, SpecialTimes, Times, parse

WORKING = {str(day): [["09:00", "18:00"]] for day in range(1, 6)}
LATE = {str(day): [["21:00", "26:00"]] for day in range(1, 8)}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def closed(day: str, **more: object) -> SpecialTimes:
    return SpecialTimes(date=day, open=[], **more)  # pyright: ignore[reportArgumentType]


def plan(
    weekly: dict[str, list[list[str]]] | None, *special: SpecialTimes, zone: str = "UTC"
) -> Hours:
    return parse(weekly, zone, special)


def test_c13_a_holiday_closes_a_weekday() -> None:
    christmas = plan(WORKING, closed("2026-12-25", name="Christmas"))

    assert not is_open(christmas, at("2026-12-25 12:00"))
    assert is_open(plan(WORKING), at("2026-12-25 12:00"))
    assert next_opening(christmas, at("2026-12-24 18:00")) == at("2026-12-28 09:00")
    special = christmas.special_on(at("2026-12-25 12:00").date())
    assert special is not None
    assert special.name == "Christmas"


def test_c13_a_half_day_overrides_the_week_even_where_the_week_is_closed() -> None:
    half = plan(
        WORKING,
        SpecialTimes(date="2026-12-24", open=[["09:00", "12:00"]]),
        SpecialTimes(date="2026-12-27", open=[["10:00", "14:00"], ["15:00", "16:00"]]),
    )

    assert next_change(half, at("2026-12-24 10:00")) == at("2026-12-24 12:00")
    assert is_open(half, at("2026-12-27 10:00"))  # a Sunday
    assert next_opening(half, at("2026-12-27 14:00")) == at("2026-12-27 15:00")


def test_c13_a_special_day_decides_which_intervals_begin_on_it() -> None:
    holiday = plan(LATE, closed("2026-12-25"))

    assert is_open(holiday, at("2026-12-25 01:59")), "the evening of the 24th runs to its end"
    assert next_change(holiday, at("2026-12-25 01:59")) == at("2026-12-25 02:00")
    assert next_opening(holiday, at("2026-12-25 02:00")) == at("2026-12-26 21:00")
    eve = plan(
        LATE, closed("2026-12-25"), SpecialTimes(date="2026-12-24", open=[["21:00", "24:00"]])
    )
    assert next_change(eve, at("2026-12-24 22:00")) == at("2026-12-25 00:00")


def test_c13_a_special_evening_runs_past_midnight_into_an_ordinary_day() -> None:
    new_year = plan(WORKING, SpecialTimes(date="2026-12-31", open=[["20:00", "27:00"]]))

    assert is_open(new_year, at("2027-01-01 02:59"))
    assert not is_open(new_year, at("2026-12-31 10:00"))
    assert next_opening(new_year, at("2027-01-01 03:00")) == at("2027-01-01 09:00")


def test_c13_every_year_from_its_year_on_and_what_is_once_beats_it() -> None:
    yearly = plan(
        WORKING,
        closed("2026-12-25", yearly=True),
        SpecialTimes(date="2028-12-25", open=[["10:00", "11:00"]]),
    )

    assert is_open(yearly, at("2025-12-25 12:00"))
    assert not is_open(yearly, at("2026-12-25 12:00"))
    assert not is_open(yearly, at("2029-12-25 12:00"))
    assert is_open(yearly, at("2028-12-25 10:30"))


def test_c13_the_29th_of_february_comes_every_fourth_year() -> None:
    leap = plan(WORKING, closed("2024-02-29", yearly=True))

    assert not is_open(leap, at("2028-02-29 12:00"))
    assert is_open(leap, at("2027-03-01 12:00"))
    assert is_open(leap, at("2027-02-26 12:00"))


def test_c13_round_the_clock_except_on_a_holiday() -> None:
    always = plan(None, closed("2026-12-25"))

    assert next_change(always, at("2026-12-20 12:00")) == at("2026-12-25 00:00")
    assert next_opening(always, at("2026-12-25 12:00")) == at("2026-12-26 00:00")
    assert next_change(always, at("2026-12-26 12:00")) is None


def test_c13_closed_for_three_weeks_and_the_opening_is_found() -> None:
    holidays = [closed(f"2026-08-{day:02}") for day in range(1, 25)]

    summer = plan(WORKING, *holidays, zone="Europe/Berlin")

    assert next_opening(summer, at("2026-07-31 20:00")) == at("2026-08-25 07:00")


def test_c13_who_opens_once_a_year_is_found_and_the_search_has_an_end() -> None:
    market = plan({}, SpecialTimes(date="2026-12-24", open=[["08:00", "12:00"]], yearly=True))
    past = plan({}, SpecialTimes(date="2026-01-01", open=[["08:00", "12:00"]]))
    far = at("2026-06-01 00:00") + timedelta(days=LOOK_AHEAD_DAYS + 1)
    beyond = plan({}, SpecialTimes(date=far.date().isoformat(), open=[["08:00", "12:00"]]))

    assert next_opening(market, at("2026-12-24 12:00")) == at("2027-12-24 08:00")
    assert next_opening(past, at("2026-06-01 00:00")) is None
    assert next_opening(beyond, at("2026-06-01 00:00")) is None


def test_what_is_open_between_two_moments_is_cut_to_them() -> None:
    late = plan(LATE, closed("2026-12-25"))

    assert open_spans(late, at("2026-12-25 01:00"), at("2026-12-26 22:00")) == [
        (at("2026-12-25 01:00"), at("2026-12-25 02:00")),
        (at("2026-12-26 21:00"), at("2026-12-26 22:00")),
    ]


@pytest.mark.parametrize(
    ("weekly", "special", "where"),
    [
        ({"8": []}, [], "weekly.8"),
        ({"2": [["09:00", "08:00"]]}, [], "weekly.2"),
        ({}, [closed("2026-02-30")], "special[0].date"),
        ({}, [closed("2026-12-25"), closed("2026-12-25")], "special[1].date"),
        (
            {},
            [closed("2026-12-25", yearly=True), closed("2027-12-25", yearly=True)],
            "special[1].date",
        ),
        ({}, [SpecialTimes(date="2026-12-25", open=[["9am", "10:00"]])], "special[0].open"),
    ],
)
def test_hours_that_cannot_be_meant_say_where(
    weekly: dict[str, Times], special: list[SpecialTimes], where: str
) -> None:
    with pytest.raises(Senseless) as refused:
        parse(weekly, "UTC", special)

    assert refused.value.where == where
