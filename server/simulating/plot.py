"""Results as a picture: one SVG that needs nothing else, and is read in light and in dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import floor, isnan, log10

from routing.simulator.compare import Interval
from routing.simulator.measure import SHARES
from server.simulating.tables import Results

CHARTS: Sequence[tuple[str, str]] = (
    ("mean_wait", "Mean wait, s"),
    ("sl", "Answered in time, %"),
    ("occ_mean", "Occupancy, %"),
)

LABEL, CHART, GAP, MARGIN = 150, 230, 34, 20
"""Widths: of a policy's name, of a chart, between charts, and around everything."""

ROW, BAR, HEAD = 26, 12, 74
"""Heights: of a policy, of its bar, and of a scenario's titles."""

STYLE = """
svg { color-scheme: light dark; font: 13px system-ui, sans-serif; background: #fff }
text { fill: #1d2521 } .quiet { fill: #5b655f } .title { font-size: 15px; font-weight: 600 }
.bar { fill: #2f6f5e } .whisker { stroke: #1d2521; stroke-width: 1.5; fill: none }
.axis { stroke: #c9d1cc } .end { text-anchor: end } .middle { text-anchor: middle }
.ground { fill: #fff }
@media (prefers-color-scheme: dark) {
  svg { background: #141917 } text { fill: #e6ece8 } .quiet { fill: #9aa69f }
  .bar { fill: #5fae97 } .whisker { stroke: #e6ece8 } .axis { stroke: #3a4440 }
  .ground { fill: #141917 }
}
"""


def plot(results: Mapping[str, Results]) -> str:
    """Draw waits, service level and occupancy of every policy, scenario below scenario."""
    width = 2 * MARGIN + LABEL + len(CHARTS) * (CHART + GAP)
    y, parts = float(MARGIN), list[str]()
    for name, policies in results.items():
        parts.append(_scenario(name, policies, y))
        y += HEAD + ROW * len(policies) + MARGIN
    told = "Waits, service level and occupancy with 95 % intervals"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y:.0f}" '
            f'width="{width}" height="{y:.0f}" role="img" aria-labelledby="title words">',
            f'<title id="title">{told}</title>',
            f'<desc id="words">{escape(in_words(results))}</desc>',
            f"<style>{STYLE}</style>",
            '<rect class="ground" width="100%" height="100%"/>',
            *parts,
            "</svg>\n",
        ]
    )


def in_words(results: Mapping[str, Results]) -> str:
    """Say what the picture shows, for those who do not see it."""
    return " ".join(
        f"{name}, {policy}: "
        + ", ".join(
            f"{title.lower()} {_scaled(metric, figures[metric])}" for metric, title in CHARTS
        )
        + "."
        for name, policies in results.items()
        for policy, figures in policies.items()
    )


def _scenario(name: str, policies: Results, y: float) -> str:
    parts = [f'<text class="title" x="{MARGIN}" y="{y + 18:.0f}">{escape(name)}</text>']
    top = y + HEAD
    for at, policy in enumerate(policies):
        middle = top + ROW * at + ROW / 2
        parts.append(
            f'<text class="end" x="{MARGIN + LABEL - 10}" y="{middle + 4:.1f}">'
            f"{escape(policy)}</text>"
        )
    for at, (metric, title) in enumerate(CHARTS):
        x = MARGIN + LABEL + at * (CHART + GAP)
        parts.append(_chart(metric, title, policies, (x, top)))
    return "\n".join(parts)


def _chart(metric: str, title: str, policies: Results, corner: tuple[float, float]) -> str:
    x, top = corner
    scale = 100 if metric in SHARES else 1
    most = _round_up(max(_end(metric, figures[metric]) * scale for figures in policies.values()))
    bottom = top + ROW * len(policies)
    parts = [f'<text class="quiet" x="{x:.0f}" y="{top - 26:.0f}">{title}</text>']
    for part in (0.0, 0.5, 1.0):
        line, number = x + part * CHART, f"{most * part:g}"
        parts.append(
            f'<line class="axis" x1="{line:.1f}" y1="{top - 4:.0f}" x2="{line:.1f}" '
            f'y2="{bottom:.0f}"/>'
            f'<text class="quiet middle" x="{line:.1f}" y="{top - 8:.0f}">{number}</text>'
        )
    for at, figures in enumerate(policies.values()):
        middle = top + ROW * at + ROW / 2
        end = _end(metric, figures[metric])
        parts.append(_bar(figures[metric], end, scale * CHART / most, (x, middle)))
    return "\n".join(parts)


def _bar(figure: Interval, end: float, stretch: float, left: tuple[float, float]) -> str:
    """Return a bar with its whisker; where nothing was measured, nothing."""
    if not figure.is_known:
        return ""
    x, middle = left
    low = x + max(0.0, figure.mean - figure.known_half) * stretch
    high = x + end * stretch
    bar = (
        f'<rect class="bar" x="{x:.1f}" y="{middle - BAR / 2:.1f}" rx="2" '
        f'width="{max(0.0, figure.mean) * stretch:.1f}" height="{BAR}"/>'
    )
    ends = " ".join(f"M{at:.1f} {middle - 5:.1f}v10" for at in (low, high))
    return f'{bar}<path class="whisker" d="M{low:.1f} {middle:.1f}H{high:.1f} {ends}"/>'


def _end(metric: str, figure: Interval) -> float:
    """Return where the interval ends; no share is above 1."""
    end = figure.mean + figure.known_half if figure.is_known else 0.0
    return min(end, 1.0) if metric in SHARES else end


def _round_up(value: float) -> float:
    """Return the next of 1, 2, 5, 10, 20, 50 …; 1 for nothing."""
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in (1, 2, 5, 10) if value <= step * power * 1.0001)


def _scaled(metric: str, figure: Interval) -> str:
    if not figure.is_known:
        return "unknown"
    scale = 100 if metric in SHARES else 1
    half = "?" if isnan(figure.half) else f"{figure.half * scale:.1f}"
    return f"{figure.mean * scale:.1f} ± {half}"
