"""A bar beside the figure that was measured: met, or not."""

from collections.abc import Sequence
from math import isnan

from msgspec import Struct


class Bar(Struct, frozen=True):
    """A bar and what was measured; ``figure`` is not a number where it was not."""

    name: str
    figure: float
    limit: float
    unit: str = ""
    is_least: bool = False
    measured_by: str = ""
    """What measures it where this run did not."""

    @property
    def verdict(self) -> str:
        """*met*, *not met*, or what measures it."""
        if isnan(self.figure) or isnan(self.limit):
            return self.measured_by or "not measured"
        is_met = self.figure >= self.limit if self.is_least else self.figure <= self.limit
        return "met" if is_met else "NOT MET"


def report(found: Sequence[Bar]) -> str:
    """Return the table that people read."""
    width = max(len(bar.name) for bar in found)
    lines = [f"{'bar':<{width}}{'figure':>14}{'limit':>14}"]
    for bar in found:
        figure = "–" if isnan(bar.figure) else f"{_shown(bar.figure)}{bar.unit}"
        sign = "≥" if bar.is_least else "≤"
        limit = "–" if isnan(bar.limit) else f"{sign} {_shown(bar.limit)}{bar.unit}"
        lines.append(f"{bar.name:<{width}}{figure:>14}{limit:>14}  {bar.verdict}")
    return "\n".join(lines)


def _shown(figure: float) -> str:
    digits = 2 if figure < 10 else 1 if figure < 100 else 0
    return f"{figure:,.{digits}f}"
