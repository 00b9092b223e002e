"""Plans beside what really was: what the REST API takes and gives. Times are in seconds."""

from datetime import date, datetime
from typing import Literal

from server.protocol.commands import Command
from server.protocol.shapes import Person, Shape

Planned = Literal["work", "break"]
ActualState = Literal["available", "busy", "away", "unresponsive"]
ExceptionKind = Literal["absent", "late", "left_early", "long_break", "unplanned_break"]


class DayQuery(Command, frozen=True):
    """Which day; if not said, today by the shop's clock."""

    day: date | None = None


class PlannedSpan(Shape, frozen=True):
    """What somebody is to do."""

    planned: Planned
    since: datetime
    until: datetime


class ActualSpan(Shape, frozen=True):
    """What somebody did while they were connected. ``busy``: also with a conversation in hand."""

    state: ActualState
    since: datetime
    until: datetime


class AdherenceException(Shape, frozen=True):
    """One unbroken absence within a shift. ``missed_s``: the part outside planned breaks.

    ``goes_on``: the shift is not over, and they are still not at work.
    """

    kind: ExceptionKind
    since: datetime
    until: datetime
    missed_s: int
    goes_on: bool = False


class AdherenceFigures(Shape, frozen=True):
    """How a plan was kept, of what is over and logged; shares are absent where nothing is.

    ``scheduled_s``: shifts, breaks included, and ``to_work_s`` without. ``adhered_s``: at work when
    planned to work, not at work in planned breaks. ``worked_s``: at work, planned or not.
    ``unknown_s``: of shifts, what lies before the log. ``adherence`` is adhered divided by
    scheduled; ``conformance``, once the shifts are over, worked divided by to work, may be above 1.
    """

    scheduled_s: int
    to_work_s: int
    adhered_s: int
    worked_s: int
    unknown_s: int
    adherence: float | None = None
    conformance: float | None = None


class AdherenceLine(Shape, frozen=True):
    """A day of somebody. ``changed_at``: their plan was changed then, after it had begun."""

    agent: Person
    planned: list[PlannedSpan]
    actual: list[ActualSpan]
    exceptions: list[AdherenceException]
    figures: AdherenceFigures
    changed_at: datetime | None = None


class Adherence(Shape, frozen=True):
    """Shifts that begin on a day, beside what was. ``since``: from when on that is logged.

    ``begins_at`` and ``ends_at`` are the day's midnights; shifts may go on behind the second.
    """

    day: date
    today: date
    time_zone: str
    at: datetime
    begins_at: datetime
    ends_at: datetime
    lines: list[AdherenceLine]
    total: AdherenceFigures
    since: datetime | None = None


class OnShift(Shape, frozen=True):
    """Somebody whose shift is now. ``until``: when what is planned now ends.

    ``state`` is absent while they are not connected; ``exception`` while they do what is planned.
    """

    agent: Person
    planned: Planned
    until: datetime
    state: ActualState | None = None
    exception: AdherenceException | None = None


class ScheduleNow(Shape, frozen=True):
    """Who is to be there at this moment, and whether they are."""

    at: datetime
    time_zone: str
    agents: list[OnShift]
