"""Opening hours as the REST API takes and gives them."""

from datetime import date as Date
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from server.protocol.commands import Command
from server.protocol.setup.values import Key, Name
from server.protocol.shapes import Shape

Interval = tuple[
    Annotated[str, Meta(pattern=r"^[0-2]?\d:[0-5]\d$(?!\n)")],
    Annotated[str, Meta(pattern=r"^[0-4]?\d:[0-5]\d$(?!\n)")],
]
Intervals = Annotated[list[Interval], Meta(max_length=20)]


class SpecialDay(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A day on which the week does not count: these intervals begin on it, none means closed.

    ``yearly``: the same day of every later year as well. A day that is special once beats it.
    """

    date: Date
    open: Intervals
    name: Annotated[str, Meta(max_length=100)] = ""
    yearly: bool = False


class OpeningHours(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Local times by ISO weekday, "1" is Monday; 2 at night is "26:00". ``weekly`` null: always."""

    weekly: dict[Literal["1", "2", "3", "4", "5", "6", "7"], Intervals] | None
    special: Annotated[list[SpecialDay], Meta(max_length=400)] = []


class HoursPlan(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Hours that some queues keep instead of the shop's; ``queues`` are their keys.

    It holds while one of them is in use. A queue keeps one plan at most.
    """

    name: Name
    queues: Annotated[list[Key], Meta(max_length=200)]
    weekly: dict[Literal["1", "2", "3", "4", "5", "6", "7"], Intervals] | None
    special: Annotated[list[SpecialDay], Meta(max_length=400)] = []


class HoursQuery(Command, frozen=True):
    """Opening hours to try, not to keep."""

    time_zone: Annotated[str, Meta(max_length=64)]
    hours: OpeningHours | None = None


class DayAhead(Shape, frozen=True):
    """When the shop is open on a day, by its clock, from "00:00" to "24:00".

    ``special``: the week does not count on this day, perhaps because of what it is called.
    """

    date: Date
    open: list[tuple[str, str]]
    special: bool = False
    name: str = ""


class HoursAhead(Shape, frozen=True):
    """Whether the shop is open now, its next changes (at most two), and the days ahead."""

    open: bool
    changes: list[datetime]
    days: list[DayAhead]
