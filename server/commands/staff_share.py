"""The part of `kefu staff` that tries out agents who share queues, in the simulator."""

from __future__ import annotations

import argparse
from math import inf

from routing.simulator.policies import POLICIES
from routing.staffing import Goal, Work
from server.commands.refused import Refused
from server.commands.simulate import read_file, seeds
from server.simulating.mixing import Runs, as_json, as_table, mixed

WARM = 500


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take what only a trial needs."""
    group = parser.add_argument_group("agents who share queues")
    add = group.add_argument
    add("--share", action="store_true", help="the file is a scenario: find how many of each kind")
    add("--policy", choices=tuple(POLICIES), default="min_cost", help="default min_cost")
    add("--queue-cost", type=float, default=0.1, metavar="SHARE", help="of a queue more (0.1)")
    add("--seeds", default="1..4", metavar="A..B", help="a run for each (default 1..4)")
    add("--measure", type=int, default=5000, help="customers of each run (default 5000)")


def shared(options: argparse.Namespace, goal: Goal, work: Work) -> str:
    """Return how many agents of each kind the scenario takes, as a table or as JSON."""
    if goal.definition != "offered" or goal.abandon_max < 1 or goal.occupancy_max < 1:
        raise Refused("With --share only a service level of all who come can be promised.")
    if options.measure < 1 or not 0 <= options.queue_cost < inf:
        raise Refused("--measure must be 1 or more, --queue-cost 0 or more.")
    file = read_file(options.file)
    if len(file.scenarios) != 1:
        raise Refused("With --share the file holds one scenario.")
    (scenario,) = file.scenarios.values()
    runs = Runs(
        policy=options.policy,
        customers=range(WARM, WARM + options.measure),
        seeds=seeds(options.seeds),
    )
    mix = mixed(scenario, goal, work, options.queue_cost, runs)
    return as_json(mix) if options.json else "\n".join(as_table(mix))
