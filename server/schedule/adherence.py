"""How well somebody kept to their plan: adherence and conformance. Pure.

Only what is over counts, and only since the log began: of what nobody knows nothing is said. The
plan is what it is now, whoever changed it when.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.schedule.spans import Span, common, joined, length, without
from storage.schedule.rows import ShiftRow

NOTHING = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How a plan was kept. All times but the last two are of what is over and known.

    ``scheduled``: shifts, breaks included; ``to_work`` without them. ``adhered``: at work when
    planned to work, and not at work in planned breaks. ``worked``: at work, planned or not.
    ``unknown``: of shifts, what lies before the log; ``to_come``: what is not over.
    """

    scheduled: timedelta = NOTHING
    to_work: timedelta = NOTHING
    adhered: timedelta = NOTHING
    worked: timedelta = NOTHING
    unknown: timedelta = NOTHING
    to_come: timedelta = NOTHING

    @property
    def adherence(self) -> float | None:
        """The share of the scheduled time in which they did what was planned."""
        return self.adhered / self.scheduled if self.scheduled else None

    @property
    def conformance(self) -> float | None:
        """How long they worked for how long they were to, whenever it was; may be above 1.

        It is told once the shifts are over: who came early has not worked too much yet.
        """
        return self.worked / self.to_work if self.to_work and not self.to_come else None

    def __add__(self, other: "Kept") -> "Kept":
        """Return both together."""
        return Kept(
            scheduled=self.scheduled + other.scheduled,
            to_work=self.to_work + other.to_work,
            adhered=self.adhered + other.adhered,
            worked=self.worked + other.worked,
            unknown=self.unknown + other.unknown,
            to_come=self.to_come + other.to_come,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The day that is asked about. ``known``: since when there is a log; None is never."""

    begins_at: datetime
    ends_at: datetime
    known: datetime | None
    now: datetime

    def cut(self, spans: Iterable[Span]) -> list[Span]:
        """Return what of some spans is over and known."""
        since = self.known or self.now
        return common(spans, [(since, self.now)]) if since < self.now else []


def whole(shifts: Iterable[ShiftRow]) -> list[Span]:
    """Return shifts with their breaks."""
    return joined((each.starts_at, each.ends_at) for each in shifts)


def pauses(shifts: Iterable[ShiftRow]) -> list[Span]:
    """Return the breaks of shifts."""
    return joined(span for each in shifts for span in each.breaks)


def of_day(
    day: Day, shifts: Sequence[ShiftRow], others: Sequence[ShiftRow], at_work: Sequence[Span]
) -> list[Span]:
    """Return the time that belongs to a day of somebody.

    A shift belongs to the day on which it begins, past midnight too, and so does work that goes on
    before and after it without a break. ``others`` are their shifts of the days around.
    """
    own, theirs = whole(shifts), whole(others)
    around_own = [span for span in at_work if common([span], own) and not common([span], theirs)]
    around_others = [span for span in at_work if common([span], theirs) and not common([span], own)]
    return without(
        [(day.begins_at, day.ends_at), *own, *around_own],
        [*theirs, *around_others],
    )


def kept(
    day: Day, shifts: Sequence[ShiftRow], others: Sequence[ShiftRow], at_work: Sequence[Span]
) -> Kept:
    """Measure one day of somebody; see ``of_day`` for what is theirs on that day."""
    scheduled, breaks = day.cut(whole(shifts)), day.cut(pauses(shifts))
    to_work = without(scheduled, breaks)
    worked = day.cut(common(at_work, of_day(day, shifts, others, at_work)))
    past = common(whole(shifts), [(day.begins_at, max(day.now, day.begins_at))])
    never_came = pauses(row for row in shifts if _never_came(day, row, worked))
    rested = without(breaks, [*worked, *never_came])
    return Kept(
        scheduled=length(scheduled),
        to_work=length(to_work),
        adhered=length(common(to_work, worked)) + length(rested),
        worked=length(worked),
        unknown=length(past) - length(scheduled),
        to_come=length(whole(shifts)) - length(past),
    )


def _never_came(day: Day, row: ShiftRow, worked: Sequence[Span]) -> bool:
    """Tell whether nothing of a shift was worked, for certain: then its breaks are no breaks."""
    is_known = day.known is not None and day.known <= row.starts_at
    return is_known and not common(whole([row]), worked)
