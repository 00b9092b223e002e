"""The plan of work: what the REST API takes and gives.

Clock times are minutes after the midnight with which ``day`` begins where the shop is: 540 is
09:00, 1500 is 01:00 on the day after.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta

from server.protocol.commands import Command
from server.protocol.shapes import Id, Person, QueueRef, Shape, Version
from server.protocol.simulations import Outcome, VariantOutcome

Minute = Annotated[int, Meta(ge=0, le=2880)]
Breaks = Annotated[list[tuple[Minute, Minute]], Meta(max_length=8)]
TimeOffState = Literal["asked", "approved", "refused", "withdrawn"]
SwapState = Literal["asked", "accepted", "approved", "declined", "refused", "withdrawn", "lapsed"]
GapKind = Literal["nobody", "short"]
LeftOutReason = Literal["overlap", "time_off", "gone", "skipped"]


class WeekQuery(Command, frozen=True):
    """Which week: the one of this day, from Monday on; if not said, the present one."""

    day: date | None = None


class NewShift(Command, frozen=True):
    """Plan somebody. Everything goes by quarters of an hour; breaks lie inside."""

    agent: Id
    day: date
    start: Minute
    end: Minute
    breaks: Breaks = []


class ShiftPatch(Command, frozen=True):
    """The shift as it is to be. ``seen``: the version that is changed; without it, whatever is."""

    agent: Id
    day: date
    start: Minute
    end: Minute
    breaks: Breaks = []
    seen: Version | None = None


class Seen(Command, frozen=True):
    """The version that is meant."""

    seen: Version | None = None


class SeenShift(Command, frozen=True):
    """A shift as it was seen."""

    id: Id
    version: Version


class RemoveShifts(Command, frozen=True):
    """Take these out of the plan, as far as nobody has changed them since."""

    shifts: Annotated[list[SeenShift], Meta(max_length=1000)]


class CopyWeek(Command, frozen=True):
    """Plan the week of ``day`` as the week before is planned."""

    day: date


class Shift(Shape, frozen=True):
    """Somebody is to work. ``worked_min``: how long, without breaks, in minutes that pass.

    ``noted_late``: planned only after it had begun, so that all of it can be corrected.
    """

    id: str
    agent: str
    day: date
    start: int
    end: int
    breaks: list[tuple[int, int]]
    starts_at: datetime
    ends_at: datetime
    worked_min: int
    version: int
    noted_late: bool = False


class LeftOut(Shape, frozen=True):
    """A shift that was not copied, and why."""

    agent: str
    day: date
    reason: LeftOutReason


class Copied(Shape, frozen=True):
    """What was copied, and what could not be."""

    shifts: list[Shift]
    left_out: list[LeftOut] = []


class Removed(Shape, frozen=True):
    """How many were taken out; of the others somebody has changed something since."""

    count: int


class Planner(Shape, frozen=True):
    """Somebody who can be planned; ``skills`` by name."""

    id: str
    name: str
    skills: list[str] = []


class TimeOff(Shape, frozen=True):
    """Days on which somebody does not work, both included."""

    id: str
    agent: Person
    first: date
    last: date
    state: TimeOffState
    asked_at: datetime
    note: str | None = None


class Swap(Shape, frozen=True):
    """A shift that is to change hands. Without ``to`` it is asked of whoever says yes first."""

    id: str
    shift: Shift
    by: Person
    state: SwapState
    asked_at: datetime
    to: Person | None = None


class WeekPlan(Shape, frozen=True):
    """A week of the shop, for those who lead. ``open``: opening hours of each day, in minutes.

    ``carried`` began on the evening before and go on into the first day. ``time_off`` is that of
    the week; ``asked_off`` and ``asked_swaps`` wait for an answer, whenever they are.
    """

    first: date
    today: date
    time_zone: str
    open: list[list[tuple[int, int]]]
    agents: list[Planner]
    shifts: list[Shift]
    time_off: list[TimeOff]
    asked_off: list[TimeOff]
    asked_swaps: list[Swap]
    carried: list[Shift] = []


class OwnPlan(Shape, frozen=True):
    """Four weeks of one's own plan, and what one has asked or is asked."""

    first: date
    today: date
    time_zone: str
    shifts: list[Shift]
    time_off: list[TimeOff]
    swaps: list[Swap]
    colleagues: list[Person]


class NewTimeOff(Command, frozen=True):
    """Ask for days, both included."""

    first: date
    last: date
    note: Annotated[str, Meta(max_length=500)] | None = None


class TimeOffWithdrawal(Command, frozen=True):
    """Take it back."""

    state: Literal["withdrawn"]


class TimeOffDecision(Command, frozen=True):
    """Decide. ``release``: shifts on these days are taken out of the plan."""

    approve: bool
    release: bool = False


class TimeOffDecided(Shape, frozen=True):
    """How it stands now, and how many shifts were taken out of the plan."""

    time_off: TimeOff
    released: int = 0


class NewSwap(Command, frozen=True):
    """Ask somebody to take one's shift over; without ``to``, whoever says yes first."""

    shift: Id
    to: Id | None = None


class SwapAnswer(Command, frozen=True):
    """Accept or decline as who is asked; withdraw as who has asked."""

    state: Literal["accepted", "declined", "withdrawn"]


class SwapDecision(Command, frozen=True):
    """Decide. Approved, the shift is the colleague's.

    ``with_swap``: the other half, where two give each other a shift; both are decided or neither.
    """

    approve: bool
    with_swap: Id | None = None


class NeedQuery(Command, frozen=True):
    """Of which week; as for the plan."""

    day: date | None = None


class QueueNeed(Shape, frozen=True):
    """How many agents a queue takes, and how many who can serve it are planned.

    ``days``: of each day the half hours in which customers are expected, as minute after midnight,
    agents needed, agents planned for all of it, customers expected. ``able``: who can serve it.
    """

    queue: QueueRef
    skills: list[str]
    able: list[str]
    level: float
    within_s: int
    days: list[list[tuple[int, int, int, float]]]


class Gap(Shape, frozen=True):
    """Where somebody is missing; without a queue, in all of them together.

    ``short`` is how many are missing at most. ``to_the_end``: afterwards nobody is needed that day.
    """

    day: date
    start: int
    end: int
    kind: GapKind
    short: int
    to_the_end: bool
    queue: QueueRef | None = None
    skills: list[str] = []


class WeekNeed(Shape, frozen=True):
    """What the past says about a week. Without ``customers`` the past says nothing.

    ``since`` and ``until`` are the days that were counted, both included.
    """

    first: date
    since: date
    until: date
    customers: int
    queues: list[QueueNeed]
    gaps: list[Gap]


class TryDay(Command, frozen=True):
    """Simulate a day as it is planned, and with its gaps filled."""

    day: date


class DayTried(Shape, frozen=True):
    """What would come out as planned, and if ``filled`` were filled. Shares are 0 to 1."""

    day: date
    customers: float
    filled: list[Gap]
    planned: Outcome
    with_filled: VariantOutcome | None = None
