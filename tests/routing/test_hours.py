from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from routing.hours import Hours, is_open, next_change, next_opening
from routing.timetable import parse

MONDAY = "2026-01-05"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours(zone: str = "UTC", **days: list[list[str]]) -> Hours:
    return parse({name[1:]: intervals for name, intervals in days.items()}, zone)


def test_a_shop_without_hours_is_always_open() -> None:
    always = parse(None, "Europe/Berlin")

    assert is_open(always, at(f"{MONDAY} 03:00"))
    assert next_change(always, at(f"{MONDAY} 03:00")) is None
    assert next_opening(always, at(f"{MONDAY} 03:00")) is None


def test_a_shop_without_any_interval_never_opens() -> None:
    never = parse({}, "UTC")

    assert not is_open(never, at(f"{MONDAY} 12:00"))
    assert next_opening(never, at(f"{MONDAY} 12:00")) is None


def test_c11_past_midnight() -> None:
    late = hours(d1=[["21:00", "26:00"]])

    assert is_open(late, at("2026-01-06 01:59"))
    assert not is_open(late, at("2026-01-06 02:00"))
    assert next_change(late, at("2026-01-05 22:00")) == at("2026-01-06 02:00")
    assert next_opening(late, at("2026-01-06 02:00")) == at("2026-01-12 21:00")


def test_c11_closed_over_lunch() -> None:
    split = hours(d1=[["13:30", "18:00"], ["08:00", "12:00"]])

    assert is_open(split, at(f"{MONDAY} 11:59"))
    assert not is_open(split, at(f"{MONDAY} 12:30"))
    assert next_opening(split, at(f"{MONDAY} 12:30")) == at(f"{MONDAY} 13:30")
    assert next_change(split, at(f"{MONDAY} 13:30")) == at(f"{MONDAY} 18:00")


def test_days_that_touch_are_one_span() -> None:
    weekend = hours(d6=[["00:00", "24:00"]], d7=[["00:00", "10:00"], ["09:00", "12:00"]])

    assert next_change(weekend, at("2026-01-10 05:00")) == at("2026-01-11 12:00")


def test_a_shop_that_is_open_all_week_never_changes() -> None:
    week = {f"d{day}": [["00:00", "24:00"]] for day in range(1, 8)}

    assert (
        next_change(
            parse({name[1:]: each for name, each in week.items()}, "UTC"), at(f"{MONDAY} 12:00")
        )
        is None
    )


def test_c12_hours_are_those_of_the_shop_wherever_the_agent_is() -> None:
    shanghai = hours("Asia/Shanghai", d1=[["09:00", "18:00"]])

    assert is_open(shanghai, at("2026-01-05 01:00"))
    assert not is_open(shanghai, at("2026-01-05 10:00"))


def test_c12_the_night_in_spring_is_an_hour_shorter() -> None:
    berlin = hours("Europe/Berlin", d7=[["01:00", "05:00"]])  # 02:00 becomes 03:00

    assert next_opening(berlin, at("2026-03-28 12:00")) == at("2026-03-29 00:00")
    assert next_change(berlin, at("2026-03-29 00:00")) == at("2026-03-29 03:00")


def test_c12_a_time_that_the_clock_jumps_over_is_the_jump_itself() -> None:
    begins = hours("Europe/Berlin", d7=[["02:30", "05:00"]])
    within = hours("Europe/Berlin", d7=[["02:10", "02:50"], ["06:00", "07:00"]])

    assert next_opening(begins, at("2026-03-28 12:00")) == at("2026-03-29 01:00")
    assert next_opening(within, at("2026-03-28 12:00")) == at("2026-03-29 04:00")


def test_c12_the_night_in_autumn_is_an_hour_longer_and_no_hour_comes_twice() -> None:
    berlin = hours("Europe/Berlin", d7=[["01:00", "02:30"], ["02:30", "04:00"]])
    early = hours("Europe/Berlin", d7=[["01:00", "02:30"]])

    assert next_opening(berlin, at("2026-10-24 12:00")) == at("2026-10-24 23:00")
    assert next_change(berlin, at("2026-10-24 23:00")) == at("2026-10-25 03:00")
    assert next_change(early, at("2026-10-24 23:00")) == at("2026-10-25 00:30")
    assert not is_open(early, at("2026-10-25 01:15"))


@pytest.mark.parametrize(
    ("zone", "night", "hours_open"),
    [
        ("Europe/Berlin", "2026-03-29", 5),
        ("Europe/Berlin", "2026-10-25", 7),
        ("America/New_York", "2026-03-08", 5),
        ("America/New_York", "2026-11-01", 7),
        ("Australia/Lord_Howe", "2026-10-04", 5.5),  # half an hour only
        ("Australia/Lord_Howe", "2026-04-05", 6.5),
    ],
)
def test_c12_a_night_from_midnight_to_six_is_as_long_as_the_night_is(
    zone: str, night: str, hours_open: float
) -> None:
    sunday = hours(zone, d7=[["00:00", "06:00"]])
    opens = next_opening(sunday, at(f"{night} 12:00") - timedelta(days=2))
    assert opens is not None

    closes = next_change(sunday, opens)

    assert closes is not None
    assert opens.astimezone(ZoneInfo(zone)).isoformat().startswith(f"{night}T00:00")
    assert closes - opens == timedelta(hours=hours_open)


@pytest.mark.parametrize(
    ("weekly", "complaint"),
    [
        ({"0": [["09:00", "18:00"]]}, "weekday '0'"),
        ({"1": [["09:00"]]}, "a start and an end"),
        ({"1": [["9", "18:00"]]}, "'9' is not a time"),
        ({"1": [["09:60", "18:00"]]}, "'09:60' is not a time"),
        ({"1": [["18:00", "09:00"]]}, "18:00-09:00"),
        ({"1": [["25:00", "26:00"]]}, "25:00-26:00"),
    ],
)
def test_hours_that_make_no_sense_are_named(
    weekly: dict[str, list[list[str]]], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse(weekly, "UTC")
