"""Results as tables for people: intervals, paired differences, agreement with a reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan

from routing.simulator.compare import Interval, against
from routing.simulator.measure import SHARES
from routing.simulator.replay import Outcome

Results = Mapping[str, Mapping[str, Interval]]
"""Policy → metric → interval."""

COLUMNS: Mapping[str, str] = {
    "mean_wait": "mean wait s",
    "asa": "wait served s",
    "p95": "95 % s",
    "p_wait": "waits %",
    "sl": "in time %",
    "p_abandon": "gives up %",
    "p_block": "no place %",
    "occ_mean": "occupancy %",
    "occ_sd": "its spread %",
    "p_pref": "preferred %",
    "p_ring0": "first ring %",
}


def results_table(results: Results) -> str:
    """Show every policy with its intervals; metrics that say nothing are left out."""
    names = [name for name in COLUMNS if any(_says(each.get(name)) for each in results.values())]
    rows = [
        [policy, *(_cell(name, figures[name]) for name in names)]
        for policy, figures in results.items()
    ]
    return _table([["policy", *(COLUMNS[name] for name in names)], *rows])


def differences_table(first: str, differences: Results) -> str:
    """Show what changes beside the first policy; a star where the interval leaves out zero."""
    names = ("mean_wait", "p95", "sl", "p_abandon", "occ_mean", "occ_sd")
    rows = [
        [policy, *(_cell(name, each[name]) + _star(each[name]) for name in names)]
        for policy, each in differences.items()
    ]
    return _table([[f"less {first}", *(COLUMNS[name] for name in names)], *rows])


def reference_table(own: Results, reference: Results) -> tuple[str, int, int]:
    """Show how far we are from a reference, 1 being allowed; count cells, and those beyond."""
    found = {
        policy: {name: units for name, (_, _, units) in against(own[policy], theirs).items()}
        for policy, theirs in reference.items()
        if policy in own
    }
    names = list(dict.fromkeys(name for each in found.values() for name in each))
    rows = [
        [policy, *(_units(each[name]) if name in each else "" for name in names)]
        for policy, each in found.items()
    ]
    cells = [units for each in found.values() for units in each.values()]
    beyond = sum(not units <= 1 for units in cells)
    return _table([["policy", *names], *rows]), len(cells), beyond


def outcomes_table(outcomes: Mapping[str, Outcome]) -> str:
    """Show all queues together, and each that anybody came to, a line for each outcome."""
    first = next(iter(outcomes.values()))
    names = ("mean_wait", "p95", "sl", "p_abandon", "asa")
    rows: list[list[str]] = []
    for queue in ("", *(key for key in first.queues if _came(first.queues[key]))):
        for label, each in outcomes.items():
            figures = each.queues[queue] if queue else each.total
            star = _star if label == "difference" else _no_star
            cells = [_cell(name, figures[name]) + star(figures[name]) for name in names]
            occupancy = [
                _cell(name, each.total[name]) + star(each.total[name]) if not queue else ""
                for name in ("occ_mean", "occ_sd")
            ]
            rows.append([queue or "all", label, *cells, *occupancy])
    heads = [COLUMNS[name] for name in (*names, "occ_mean", "occ_sd")]
    return _table([["queue", "", *heads], *rows])


def how_sure(runs: int) -> str:
    """Say what ± means, or that one run has none."""
    if runs > 1:
        return "± is the half width of the 95 % interval"
    return "of one run alone nobody knows how sure it is: there is no interval (try --seeds 1..20)"


def _came(figures: Mapping[str, Interval]) -> bool:
    return any(each.is_known for each in figures.values())


def _no_star(_: Interval) -> str:
    return "  "


def _says(figure: Interval | None) -> bool:
    return (
        figure is not None
        and figure.is_known
        and (figure.mean, figure.known_half) not in {(0.0, 0.0), (1.0, 0.0)}
    )


def _cell(name: str, figure: Interval) -> str:
    if not figure.is_known:
        return "-"
    scale = 100 if name in SHARES else 1
    mean = f"{figure.mean * scale:.2f}"
    return mean if isnan(figure.half) else f"{mean} ± {figure.half * scale:.2f}"


def _star(figure: Interval) -> str:
    return " *" if abs(figure.mean) > figure.half else "  "


def _units(units: float) -> str:
    if isnan(units):
        return "missing !"
    return f"{units:.2f}" + ("" if units <= 1 else " !")


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
