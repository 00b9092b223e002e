"""How long a plan of opening hours has been open: what a wait is held against."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import accumulate

from routing import hours as opening


class OpenTime:
    """The time in which a plan is open, between two moments. All are seconds since 1970."""

    def __init__(self, spans: Iterable[tuple[float, float]], begin: float, end: float) -> None:
        self.begin, self.end = begin, end
        found = list(spans)
        self._starts, self._ends = [start for start, _ in found], [stop for _, stop in found]
        self._sums = [0.0, *accumulate(stop - start for start, stop in found)]

    @classmethod
    def of(cls, hours: opening.Hours, begin: float, end: float) -> "OpenTime":
        """Read a plan."""
        spans = opening.open_spans(hours, _moment(begin), _moment(end))
        return cls(((start.timestamp(), stop.timestamp()) for start, stop in spans), begin, end)

    def until(self, moment: float) -> float:
        """Return how long it was open from the beginning to a moment."""
        number = bisect_right(self._starts, moment)
        if number == 0:
            return 0.0
        last = number - 1
        return self._sums[last] + min(moment, self._ends[last]) - self._starts[last]

    def after(self, since: float, seconds: float) -> float | None:
        """Return when it has been open for so long since a moment; None: not before the end."""
        wanted = self.until(since) + seconds
        number = bisect_left(self._sums, wanted, lo=1)
        if number == len(self._sums):
            return None
        return self._starts[number - 1] + wanted - self._sums[number - 1]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
