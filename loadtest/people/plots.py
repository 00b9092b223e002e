"""Lines over time as SVG, inside the report: read in light and in dark, and by screen readers."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, log10

from loadtest.people.verdict import clock

WIDTH, HEIGHT = 560, 200
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 10, 24
LINES = 4
COLORS = ("one", "two", "three", "four")


@dataclass(frozen=True, slots=True)
class Line:
    """One line; None where there was nothing to measure."""

    name: str
    points: Sequence[tuple[float, float | None]]


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment in time, and what happened then."""

    at_s: float
    name: str
    css: str = "mark"


@dataclass(frozen=True, slots=True)
class Chart:
    """Some lines on one scale. ``least`` is the smallest top of the scale, in ``unit``."""

    title: str
    unit: str
    lines: Sequence[Line]
    least: float = 1.0
    note: str = ""
    limit: float | None = None
    """What must not be exceeded; shown where the scale reaches it."""


def draw(chart: Chart, length_s: float, marks: Sequence[Mark] = ()) -> str:
    """Return the chart as a figure: title, what the colours mean, and the picture."""
    top = _top(chart)
    scale = _Scale(length_s, top)
    return "\n".join(
        [
            f"<figure><figcaption><b>{escape(chart.title)}</b> {_legend(chart)}</figcaption>",
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(_words(chart))}">',
            *_grid(scale, chart.unit),
            *_limit(scale, chart.limit),
            *(_mark(scale, mark) for mark in sorted(marks, key=lambda mark: mark.css != "mark")),
            *(_line(scale, line, css) for line, css in zip(chart.lines, COLORS, strict=False)),
            *_readings(scale, chart),
            "</svg>",
            f'<p class="note">{escape(chart.note)}</p>' if chart.note else "",
            "</figure>",
        ]
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    length_s: float
    top: float

    def x(self, at_s: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * min(1, at_s / self.length_s)

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(1, value / self.top)


def _top(chart: Chart) -> float:
    """Return a round number above everything."""
    values = [value for line in chart.lines for _, value in line.points if value is not None]
    most = max([chart.least, *values])
    step = 10 ** int(log10(most / LINES) // 1)
    for factor in (1, 2, 2.5, 5, 10):
        if step * factor * LINES >= most:
            return step * factor * LINES
    return most


def _legend(chart: Chart) -> str:
    if len(chart.lines) == 1:
        return f'<span class="unit">{escape(chart.unit)}</span>'
    keys = (
        f'<span class="key {css}">{escape(line.name)}</span>'
        for line, css in zip(chart.lines, COLORS, strict=False)
    )
    return f'<span class="unit">{escape(chart.unit)}</span> {" ".join(keys)}'


def _grid(scale: _Scale, unit: str) -> list[str]:
    parts: list[str] = []
    for number in range(LINES + 1):
        value = scale.top * number / LINES
        y = scale.y(value)
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(f'<text class="end" x="{LEFT - 6}" y="{y + 4:.1f}">{value:g}</text>')
    step = next(
        each for each in (10, 30, 60, 120, 300, 600, 1800, 7200) if scale.length_s / each <= 8
    )
    for number in range(int(scale.length_s // step) + 1):
        x = scale.x(number * step)
        parts.append(
            f'<text class="middle" x="{x:.1f}" y="{HEIGHT - 6}">{clock(number * step)}</text>'
        )
    return parts


def _limit(scale: _Scale, limit: float | None) -> list[str]:
    if limit is None or limit > scale.top:
        return []
    return [f'<path class="limit" d="M{LEFT} {scale.y(limit):.1f}H{WIDTH - RIGHT}"/>']


def _mark(scale: _Scale, mark: Mark) -> str:
    x = scale.x(mark.at_s)
    return (
        f'<path class="{mark.css}" d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}">'
        f"<title>{escape(mark.name)}</title></path>"
    )


def _line(scale: _Scale, line: Line, css: str) -> str:
    """Return the line; it is broken where there is nothing, and a lone point is a dot."""
    path, dots, runs = "", "", list[list[tuple[float, float]]]()
    is_open = False
    for at_s, value in line.points:
        if value is None:
            is_open = False
            continue
        if not is_open:
            runs.append([])
        runs[-1].append((scale.x(at_s), scale.y(value)))
        is_open = True
    for run in runs:
        if len(run) == 1:
            dots += f'<circle class="dot {css}" cx="{run[0][0]:.1f}" cy="{run[0][1]:.1f}" r="2"/>'
        else:
            path += "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in run)
    return f'<path class="line {css}" d="{path}"/>{dots}'


def _readings(scale: _Scale, chart: Chart) -> list[str]:
    """Return invisible columns that tell their values when pointed at."""
    times = [at_s for at_s, _ in chart.lines[0].points]
    every = max(1, ceil(len(times) / 120))
    parts: list[str] = []
    for index in range(0, len(times), every):
        x = scale.x(times[index])
        told = [
            f"{line.name} {value:.4g} {chart.unit}"
            for line in chart.lines
            if (value := line.points[index][1]) is not None
        ]
        width = max(1.0, (WIDTH - LEFT - RIGHT) * every / max(1, len(times)))
        parts.append(
            f'<rect class="reading" x="{x - width / 2:.1f}" y="{TOP}" width="{width:.1f}" '
            f'height="{HEIGHT - TOP - BOTTOM}"><title>{clock(times[index])}\n'
            f"{escape(chr(10).join(told) or 'nothing')}</title></rect>"
        )
    return parts


def _words(chart: Chart) -> str:
    """Say the chart in words."""
    said = [chart.title]
    for line in chart.lines:
        values = [value for _, value in line.points if value is not None]
        if values:
            said.append(f"{line.name}: at most {max(values):.4g} {chart.unit}")
    return ". ".join(said)
