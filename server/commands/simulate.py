"""`kefu simulate`: tries policies on simulated customers, with the engine that serves real ones."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

from routing.simulator.policies import POLICIES
from routing.simulator.scenario import File, Scenario, read
from routing.simulator.wording import Mistake
from server.commands.picture import check_place, draw
from server.commands.refused import Refused
from server.commands.replay import replay
from server.seeding.setup import SHOP_KEY
from server.settings import Settings
from server.simulating.scenarios import Plan, chosen, held_against, shown, simulated
from server.simulating.written import Runs, all_intervals, lines, written

SEEDS_MAX = 10_000


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the file, what to compare, and how to show it."""
    add = parser.add_argument
    add("file", type=Path, nargs="?", metavar="SCENARIO.json", help="one scenario, or many")
    names = ", ".join(POLICIES)
    add("--policy", metavar="NAME[,NAME…]", help=f"all (that the scenario names), or of {names}")
    add("--scenario", metavar="NAME", help="of a file with many: only this one")
    add("--warm", type=int, default=4000, help="customers before those that are measured")
    add("--measure", type=int, default=30000, help="customers that are measured")
    add(
        "--seeds", default="1..20", metavar="A..B",
        help="a run for each of these seeds (1..20: twenty runs); one number is one run, without "
        "an interval",
    )  # fmt: skip
    add("--jobs", type=int, default=os.cpu_count() or 1, help="runs at a time")
    add("--json", action="store_true", help="print JSON instead of tables")
    add("--reference", action="store_true", help="compare with the results that the file holds")
    add("--plot", type=Path, metavar="FILE.svg", help="draw waits, service level and occupancy")
    add("--recorded", metavar="FROM..TO", help="what came to the shop on these days")
    add("--forecast", type=Path, metavar="FILE.csv", help="what is expected, each half hour")
    add("--change", type=Path, metavar="FILE.json", help="of those two: what is to be tried")
    add("--shop", metavar="KEY", default=SHOP_KEY, help="whose traffic; without it the demo shop's")


async def run(settings: Settings, options: argparse.Namespace) -> int:
    """Simulate, and show what came out."""
    if (options.file is None) == (options.recorded is None and options.forecast is None):
        raise Refused("Name a file with scenarios, or --recorded, or --forecast.")
    plan = plan_of(options)
    check_place(options.plot)
    if options.file is None:
        if options.policy or options.scenario or options.reference:
            raise Refused("Of a shop's traffic, say in a --change which policy to try.")
        return await replay(settings, options, plan)
    if options.change:
        raise Refused("A --change is for --recorded and --forecast; edit the scenario instead.")
    return await _scenarios(options, plan)


async def _scenarios(options: argparse.Namespace, plan: Plan) -> int:
    file = read_file(options.file)
    scenarios = _chosen(file, options.scenario)
    found: dict[str, Runs] = {}
    cells = beyond = 0
    for name, scenario in scenarios.items():
        policies = _policies(options.policy, scenario)
        found[name] = await _simulated(name, scenario, policies, plan)
        if not options.json:
            print(shown(name, scenario, plan, found[name]), end="\n\n", flush=True)
        if options.reference:
            table, count, outside = held_against(file, name, found[name])
            cells, beyond = cells + count, beyond + outside
            if not options.json:
                print(f"Distance from the reference; 1 is allowed\n\n{table}", end="\n\n")
    if options.json:
        print(_json(found))
    elif options.reference:
        print(f"{cells} comparisons with the reference, {beyond} beyond what is allowed.")
    if options.plot:
        await draw(options.plot, {name: all_intervals(runs) for name, runs in found.items()})
    return 0


async def _simulated(name: str, scenario: Scenario, policies: list[str], plan: Plan) -> Runs:
    """Simulate a scenario, or refuse it by its name."""
    try:
        return await simulated(scenario, policies, plan)
    except Mistake as mistake:
        raise Refused(f"{name}: {mistake}.") from None


def read_file(path: Path) -> File:
    """Read a file of scenarios, or refuse it with the name of the field that is wrong."""
    try:
        return read(path.read_bytes())
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None
    except Mistake as mistake:
        raise Refused(f"{path.name}: {mistake}.") from None


def plan_of(options: argparse.Namespace) -> Plan:
    """Take how long to simulate, and how often."""
    if options.warm < 0 or options.measure < 1 or options.jobs < 1:
        raise Refused("--warm must be 0 or more; --measure and --jobs must be 1 or more.")
    return Plan(
        customers=range(options.warm, options.warm + options.measure),
        seeds=seeds(options.seeds),
        processes=options.jobs,
    )


def seeds(text: str) -> range:
    """Read ``1..20``, or one number."""
    first, dots, last = text.partition("..")
    try:
        found = range(int(first), int(last if dots else first) + 1)
    except ValueError:
        raise Refused(f"--seeds must look like 1..20, not {text}.") from None
    if not 1 <= len(found) <= SEEDS_MAX:
        raise Refused(f"--seeds must be 1 to {SEEDS_MAX} numbers, the smaller one first.")
    return found


def _chosen(file: File, name: str | None) -> Mapping[str, Scenario]:
    if name is None:
        return file.scenarios
    if name not in file.scenarios:
        there_are = ", ".join(file.scenarios)
        raise Refused(f"There is no scenario {name}; there are {there_are}.")
    return {name: file.scenarios[name]}


def _policies(asked: str | None, scenario: Scenario) -> list[str]:
    try:
        return chosen(asked, scenario)
    except ValueError as error:
        raise Refused(str(error)) from None


def _json(found: Mapping[str, Runs]) -> str:
    """Write the policies of the only scenario, or scenario → policies."""
    made = {name: written(runs) for name, runs in found.items()}
    return lines(next(iter(made.values())) if len(made) == 1 else made)
