"""The report: one HTML file that needs nothing else. Words first, then figures, then lines."""

import platform
import sys
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import msgspec

from loadtest.people.charts import Charts
from loadtest.people.limits import Held, Limit, judge
from loadtest.people.plots import Mark, draw
from loadtest.people.record import Record, together
from loadtest.people.scenarios import SCENARIOS
from loadtest.people.spread import quantile_ms
from loadtest.people.verdict import clock, sentences

STYLE = Path(__file__).with_name("report.css")
ERRORS_SHOWN = 12


def write(record: Record, path: Path) -> None:
    """Write the report of a settled record."""
    path.write_text(page(record), encoding="utf-8")


def page(record: Record) -> str:
    """Return the report as HTML."""
    scenario = next(each for name, each in SCENARIOS.items() if name == record.scenario)
    charts = Charts(record)
    marks, held = charts.marks(), judge(record)
    rows = [_row(each) for each in held]
    bad = [number for number, each in enumerate(held) if each.broke]
    return "\n".join(
        [
            '<!doctype html><html lang="en"><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(scenario.title)} – Kefu under load</title>",
            f"<style>{STYLE.read_text()}</style>",
            f"<main><header><h1>{escape(scenario.title)}</h1><p>{escape(scenario.says)}</p>",
            f"<p>{escape(_setting(record))}</p></header>",
            '<section class="card verdict"><h2>What came of it</h2><ul>',
            *(f"<li>{escape(each)}</li>" for each in sentences(record)),
            "</ul></section>",
            _tiles(record),
            _legend(marks),
            '<section class="charts">',
            *(draw(chart, charts.length_s, marks) for chart in charts.all()),
            "</section>",
            _table("What must hold in every five seconds", RULE, rows, bad),
            _table("What was asked", ROWS, _asked(record)),
            _table("Errors and refusals", ("what", "", "times"), _errors(record)),
            f"<footer>{FOOTER}</footer></main></html>\n",
        ]
    )


RULE = ("what", "whose matter", "at most", "crossed first", "then it was", "worst")
WHOSE = {"node": "the nodes", "staff": "staff", "us": "this machine, these people"}
ROWS = ("kind", "name", "times", "failed", "p50 ms", "p95 ms", "p99 ms")
FOOTER = (
    "Each point is the five seconds before it; point at a chart to read it. A dotted line is "
    "a limit, a dashed one a moment, named above the charts. Delivery "
    "is from the customer's click to the arrival at the agent's console, repeats and reconnections "
    "included. A node is one process and uses at most about one core; PostgreSQL and these people "
    "use the same machine where the servers are our own."
)


def _setting(record: Record) -> str:
    when = datetime.fromtimestamp(record.began_at, UTC)
    nodes = "one node" if record.nodes == 1 else f"{record.nodes} nodes"
    people = "one process" if record.workers == 1 else f"{record.workers} processes"
    pace = "" if record.pace == 1 else f" Pace {record.pace:g}."
    return (
        f"About {record.customers} customers at the busiest moment, {record.agents} agents, "
        f"{nodes}. "
        f"{when:%Y-%m-%d %H:%M} UTC, {people} of people, seed {record.seed}, "
        f"{platform.system()} {platform.machine()}.{pace}"
    )


def _tiles(record: Record) -> str:
    whole = together(record.seconds)
    most = max((each.people.get("customers", 0) for each in record.seconds), default=0)
    wrongs = sum(whole.errors.values())
    rates = [each.counts.get("messages", 0) for each in record.seconds]
    tiles = [
        ("messages acknowledged", f"{len(set(record.told)):,}", False),
        ("in the busiest second", str(max(rates, default=0)), False),
        ("customers at once", str(most), False),
        ("acknowledged, p95", _ms(quantile_ms(whole.spreads.get("ack", {}), 0.95)), False),
        ("delivered, p95", _ms(quantile_ms(whole.spreads.get("delivery", {}), 0.95)), False),
        ("errors and refusals", str(wrongs), wrongs > 0),
    ]
    if record.truth is not None:
        wrong = record.truth.lost + record.truth.doubled + record.truth.renumbered
        tiles.append(("lost or doubled", str(wrong), wrong > 0))
    body = "".join(
        f"<div{' class=bad' if is_bad else ''}><b>{value}</b><span>{escape(name)}</span></div>"
        for name, value, is_bad in tiles
    )
    return f'<section class="tiles">{body}</section>'


def _row(held: Held) -> list[str]:
    limit, broke = held.limit, held.broke
    return [
        limit.name,
        WHOSE[limit.whose],
        f"{limit.most:g} {limit.unit}",
        clock(broke.at_s) if broke else "–",
        _figure(broke.value, limit) if broke else "–",
        "not known" if held.worst is None else _figure(held.worst, limit),
    ]


def _figure(value: float, limit: Limit) -> str:
    unit = limit.unit.partition(" ")[0]
    return f"{value:,.0f} {unit}" if value >= 10 else f"{value:.2g} {unit}"


def _legend(marks: Sequence[Mark]) -> str:
    """Say what the dashed lines in every chart are."""
    said = "".join(
        f'<li class="{mark.css}"><b>{clock(mark.at_s)}</b> {escape(mark.name)}</li>'
        for mark in marks
    )
    return f'<ul class="legend">{said}</ul>' if said else ""


def _asked(record: Record) -> list[list[str]]:
    return [
        [cell if isinstance(cell, str) else f"{cell:,}" for cell in row]
        for row in sorted(record.rows)
    ]


def _errors(record: Record) -> list[list[str]]:
    counts = Counter(together(record.seconds).errors)
    return [
        [name, code, str(times)]
        for key, times in counts.most_common(ERRORS_SHOWN)
        for name, _, code in [key.rpartition(": ")]
    ]


def _table(
    title: str, names: Sequence[str], rows: Sequence[Sequence[str]], bad: Collection[int] = ()
) -> str:
    """Return a table; the rows with the numbers ``bad`` are those to look at."""
    if not rows:
        return ""
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join(
        f"<tr{' class=bad' if number in bad else ''}>"
        f"{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
        for number, row in enumerate(rows)
    )
    return (
        f'<section class="card wide"><h2>{escape(title)}</h2>'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></section>"
    )


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} ms" if value < 100 else f"{value:,.0f} ms"


def main() -> None:
    """Write the report of figures that locust kept: RECORD.json REPORT.html."""
    source, target = map(Path, sys.argv[1:])
    record = msgspec.json.decode(source.read_bytes(), type=Record)
    record.settle(record.ended_s)
    write(record, target)


if __name__ == "__main__":
    main()
