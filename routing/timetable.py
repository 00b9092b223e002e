"""Reads opening hours as they are stored: local times as text, by weekday and by date."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NotRequired, TypedDict
from zoneinfo import ZoneInfo

from routing.hours import DAY_MINUTES, Hours, Minutes, Special

Times = Iterable[Sequence[str]]

_WEEKDAYS = {str(day): day for day in range(1, 8)}


class SpecialTimes(TypedDict):
    """A special day as it is stored; ``open`` empty: closed all day."""

    date: str
    open: Sequence[Sequence[str]]
    name: NotRequired[str]
    yearly: NotRequired[bool]


class Senseless(ValueError):
    """Hours that cannot be meant; ``where`` is the part at fault, such as ``special[2].open``."""

    def __init__(self, why: str, where: str) -> None:
        super().__init__(why)
        self.where = where


def parse(
    weekly: Mapping[str, Times] | None, time_zone: str, special: Iterable[SpecialTimes] = ()
) -> Hours:
    """Read hours such as ``{"1": [["09:00", "18:00"], ["21:00", "26:00"]]}``; raise Senseless."""
    once: dict[date, Special] = {}
    yearly: dict[tuple[int, int], Special] = {}
    for index, times in enumerate(special):
        day = _special(times, f"special[{index}]")
        key = (day.day.month, day.day.day)
        if day.day in once if not day.yearly else key in yearly:
            raise Senseless(f"{times['date']} stands there twice", f"special[{index}].date")
        if day.yearly:
            yearly[key] = day
        else:
            once[day.day] = day
    days = None if weekly is None else dict(_day(name, times) for name, times in weekly.items())
    return Hours(ZoneInfo(time_zone), days, once, yearly)


def _day(name: str, times: Times) -> tuple[int, Sequence[Minutes]]:
    where = f"weekly.{name}"
    if name not in _WEEKDAYS:
        raise Senseless(f"weekday {name!r} is not 1 (Monday) to 7 (Sunday)", where)
    return _WEEKDAYS[name], _intervals(times, where)


def _special(times: SpecialTimes, where: str) -> Special:
    try:
        day = date.fromisoformat(times["date"])
    except ValueError:
        raise Senseless(
            f"{times['date']!r} is no day such as 2026-12-25", f"{where}.date"
        ) from None
    intervals = _intervals(times["open"], f"{where}.open")
    return Special(day, intervals, times.get("name", ""), times.get("yearly", False))


def _intervals(times: Times, where: str) -> Sequence[Minutes]:
    return tuple(sorted(_interval(interval, where) for interval in times))


def _interval(interval: Sequence[str], where: str) -> Minutes:
    if len(interval) != 2:
        raise Senseless("an interval needs a start and an end", where)
    start, end = (_minutes(text, where) for text in interval)
    if not (start < DAY_MINUTES and start < end <= start + DAY_MINUTES):
        raise Senseless(
            f"{interval[0]}-{interval[1]} is not a start that day and an end within 24 hours; "
            "past midnight is written 21:00-26:00",
            where,
        )
    return start, end


def _minutes(text: str, where: str) -> int:
    hour, colon, minute = text.partition(":")
    if not (colon and hour.isdecimal() and minute.isdecimal() and int(minute) < 60):
        raise Senseless(f"{text!r} is not a time such as 09:30", where)
    return int(hour) * 60 + int(minute)
