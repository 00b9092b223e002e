"""`make bench`: what a message, a session and a routing decision cost, beside other servers.

The essential rows take five minutes; with --full it takes half an hour and draws whole curves.
"""

import argparse
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from loadtest.bench import bars, curves, outside, quality, routing, simulator, tables
from loadtest.bench.compared import Measured, all_bars
from loadtest.bench.contestants import BARE, KEFU
from loadtest.bench.measuring import Amounts, Result, ask, essential, everything
from loadtest.bench.processes import allow_open_files
from loadtest.bench.references import npm

FULL = Amounts(seconds=10.0, idle=10_000, storm=5_000)


def main() -> None:
    """Measure, print tables and bars, draw curves, keep the figures."""
    options = _parser().parse_args()
    measured = Measured()
    if options.only != "routing":
        allow_open_files()
        measured.results = list(measure(options))
        for table in (tables.messages, tables.generators, tables.sessions):
            _say(table(measured.results))
    if options.only != "messages":
        measured.decisions = [routing.measure(shop) for shop in routing.SHOPS]
        _say(routing.report(measured.decisions))
        measured.speeds, measured.quality = list(simulator.measure()), quality.measure()
        _say(simulator.report(measured.speeds), quality.report(measured.quality))
    if options.full:
        measured.take_over_s = uvloop.run(outside.take_over_s())
    found = all_bars(measured)
    _say(bars.report(found))
    _keep(options, measured, found)


def measure(options: argparse.Namespace) -> Iterator[Result]:
    """Put the questions to one contestant after the other."""
    amounts = replace(FULL if options.full else Amounts(), **_given(options))
    print(f"The Node of the reference is {npm.install().version}.", flush=True)
    half_per_s = None
    for step in everything() if options.full else essential():
        print(f"{step.contestant.name}, {step.nodes} of it ...", flush=True)
        result = uvloop.run(ask(step, amounts, half_per_s if step.contestant is BARE else None))
        if step.contestant is KEFU and result.half is not None:
            half_per_s = result.closed.volume.per_s / 2
        yield result


def _given(options: argparse.Namespace) -> dict[str, Any]:
    given = {each.name: getattr(options, each.name) for each in fields(Amounts)}
    return {name: value for name, value in given.items() if value is not None}


def _keep(options: argparse.Namespace, measured: Measured, found: list[bars.Bar]) -> None:
    options.json.parent.mkdir(parents=True, exist_ok=True)
    figures = {"measured": measured, "bars": found}
    options.json.write_bytes(msgspec.json.format(msgspec.json.encode(figures)))
    kept = [options.json]
    if measured.results:
        picture = options.json.with_suffix(".svg")
        picture.write_text(curves.draw(curves.charts(measured.results)), encoding="utf-8")
        kept.append(picture)
    print("Kept in", " and ".join(map(str, kept)))


def _say(*lines: str) -> None:
    print("", *lines, sep="\n", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m loadtest.bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="everything, and whole curves")
    parser.add_argument("--only", choices=["messages", "routing"], help="these rows alone")
    parser.add_argument("--seconds", type=float, help="of talk at each pace")
    parser.add_argument("--talks", type=int, help="conversations at once")
    parser.add_argument("--idle", type=int, help="sessions that say nothing")
    parser.add_argument("--storm", type=int, help="sessions that come back at once")
    parser.add_argument("--watchers", type=int, help="who hear one message, 999 at most")
    parser.add_argument("--json", type=Path, default=Path("build/bench.json"), help="the figures")
    return parser


if __name__ == "__main__":
    main()
