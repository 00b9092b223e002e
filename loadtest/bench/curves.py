"""Curves as one SVG that needs nothing else: cost against load, and against the number of nodes."""

from collections.abc import Mapping, Sequence
from html import escape
from math import log10

from msgspec import Struct

from loadtest.bench.measuring import Result
from server.simulating.plot import STYLE

WIDTH, HEIGHT, LEFT, TOP, GAP = 420.0, 260.0, 64.0, 64.0, 110.0
LEGEND_ROW = 20.0
COLOURS = ("#2f6f5e", "#b4532a", "#3b62a8", "#8a6d1f", "#7a4a8c")
DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 2")
"""Lines differ without their colours too."""

Points = Sequence[tuple[float, float]]


class Chart(Struct, frozen=True):
    """Lines by name, and what stands at their axes. ``is_log``: x in powers of ten."""

    title: str
    across: str
    up: str
    lines: Mapping[str, Points]
    is_log: bool = False


def charts(results: Sequence[Result]) -> list[Chart]:
    """Return what is worth a curve."""
    by_load: dict[str, Points] = {}
    by_nodes: dict[str, list[tuple[float, float]]] = {}
    for each in results:
        by_nodes.setdefault(each.name, []).append((each.nodes, each.closed.all_us))
        if each.nodes == 1:
            costs = [each.closed, each.half, each.quiet, *each.steps]
            by_load[each.name] = sorted((it.volume.per_s, it.all_us) for it in costs if it)
    up = "µs of CPU a message, all processes"
    several = {name: points for name, points in by_nodes.items() if len(points) > 1}
    return [
        Chart("Cost against load, one node", "messages a second", up, by_load, is_log=True),
        Chart("Cost against nodes, every message crosses", "nodes", up, several),
    ]


def draw(drawn: Sequence[Chart]) -> str:
    """Draw charts side by side, with a legend below."""
    names = list(dict.fromkeys(name for chart in drawn for name in chart.lines))
    width = len(drawn) * (LEFT + WIDTH + GAP)
    height = TOP + HEIGHT + 60 + LEGEND_ROW * len(names)
    parts = [
        _chart(chart, LEFT + at * (LEFT + WIDTH + GAP), names) for at, chart in enumerate(drawn)
    ]
    for at, name in enumerate(names):
        y = TOP + HEIGHT + 66 + LEGEND_ROW * at
        parts.append(
            f'<path d="M{LEFT:.0f} {y - 4:.0f}h34" {_stroke(at)}/>'
            f'<text x="{LEFT + 44:.0f}" y="{y:.0f}">{escape(name)}</text>'
        )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
            f'width="{width:.0f}" height="{height:.0f}" role="img" aria-labelledby="words">',
            f'<desc id="words">{escape(in_words(drawn))}</desc>',
            f"<style>{STYLE}</style>",
            '<rect class="ground" width="100%" height="100%"/>',
            *parts,
            "</svg>\n",
        ]
    )


def in_words(drawn: Sequence[Chart]) -> str:
    """Say what the curves show, for those who do not see them."""
    return " ".join(
        f"{chart.title}, {name}: "
        + ", ".join(f"{up:.0f} at {across:.0f}" for across, up in points)
        + "."
        for chart in drawn
        for name, points in chart.lines.items()
    )


def _chart(chart: Chart, left: float, names: Sequence[str]) -> str:
    points = [point for line in chart.lines.values() for point in line]
    if not points:
        return ""
    most, (first, last) = _round_up(max(up for _, up in points)), _ends(chart, points)

    def place(point: tuple[float, float]) -> str:
        x = left + (_scaled(chart, point[0]) - first) / (last - first or 1.0) * WIDTH
        return f"{x:.1f} {TOP + HEIGHT * (1 - point[1] / most):.1f}"

    bottom = TOP + HEIGHT
    parts = [
        f'<text class="title" x="{left:.0f}" y="{TOP - 34:.0f}">{escape(chart.title)}</text>',
        f'<text class="quiet" x="{left:.0f}" y="{TOP - 14:.0f}">{escape(chart.up)}</text>',
        f'<text class="quiet middle" x="{left + WIDTH / 2:.0f}" y="{bottom + 38:.0f}">'
        f"{escape(chart.across)}</text>",
    ]
    for part in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = bottom - part * HEIGHT
        parts.append(
            f'<path class="axis" d="M{left:.0f} {y:.1f}h{WIDTH:.0f}"/>'
            f'<text class="quiet end" x="{left - 8:.0f}" y="{y + 4:.1f}">{most * part:,.0f}</text>'
        )
    for across in _ticks(chart, points):
        x = place((across, 0.0)).split()[0]
        parts.append(
            f'<text class="quiet middle" x="{x}" y="{bottom + 18:.0f}">{across:,.0f}</text>'
        )
    for name, line in chart.lines.items():
        way = " L".join(place(point) for point in line)
        parts.append(f'<path d="M{way}" {_stroke(names.index(name))}/>')
        dots = (place(point).split() for point in line)
        colour = COLOURS[names.index(name) % len(COLOURS)]
        parts += [f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in dots]
    return "\n".join(parts)


def _stroke(number: int) -> str:
    colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
    return f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"'


def _scaled(chart: Chart, across: float) -> float:
    return log10(across) if chart.is_log else across


def _ends(chart: Chart, points: Points) -> tuple[float, float]:
    scaled = [_scaled(chart, across) for across, _ in points]
    return min(scaled), max(scaled)


def _ticks(chart: Chart, points: Points) -> list[float]:
    """Return where a number stands below: 1, 2, 5, 10 … of a load, every number of nodes."""
    found = sorted({across for across, _ in points})
    if not chart.is_log:
        return found
    steps = (step * 10.0**power for power in range(1, 6) for step in (1, 2, 5))
    return [step for step in steps if found[0] * 0.99 <= step <= found[-1] * 1.01]


def _round_up(value: float) -> float:
    power = 10.0 ** int(log10(value))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if value <= step * power)
