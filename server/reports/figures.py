"""Figures as people read them: seconds, shares and scores, with the interval of a mean score."""

from functools import lru_cache
from math import sqrt

from routing.simulator.compare import student
from server.protocol.reports import ReportColumn, ReportFigure
from storage.reports.counts import Counted
from storage.reports.figures import Figure

PLACES = {"count": 0, "seconds": 3, "share": 6, "score": 4, "ratio": 4}


def column_of(figure: Figure) -> ReportColumn:
    """Return how a figure is announced."""
    return ReportColumn(
        name=figure.name, unit=figure.unit, source=figure.source, meaning=figure.meaning
    )


def figure_of(figure: Figure, counted: Counted | None) -> ReportFigure:
    """Return what a figure comes to; nothing has happened where nothing was counted."""
    if counted is None or (counted.rows == 0 and figure.unit != "count"):
        return ReportFigure(rows=0, value=0.0 if figure.unit == "count" else None)
    return ReportFigure(
        rows=counted.rows,
        value=in_unit(figure, _value(figure, counted)),
        half=_half(counted) if figure.unit == "score" else None,
        rough=counted.rough,
    )


def in_unit(figure: Figure, value: float) -> float:
    """Return a value that was counted in milliseconds or scores, as it is shown."""
    return round(value / 1000 if figure.unit == "seconds" else value, PLACES[figure.unit])


def _value(figure: Figure, counted: Counted) -> float:
    if counted.value is not None:
        return counted.value
    if figure.way == "sum":
        return counted.total
    return counted.total / counted.weight if counted.weight else 0.0


def _half(counted: Counted) -> float | None:
    if counted.rows < 2 or counted.deviation is None:
        return None
    return round(_student(counted.rows - 1) * counted.deviation / sqrt(counted.rows), 4)


@lru_cache(1024)
def _student(freedom: int) -> float:
    return student(freedom)
