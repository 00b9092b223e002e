"""The simulator beside an independent one: `ciw` knows nothing of our engine, clock or code."""

from math import nan

import ciw
import pytest

from routing.simulator.compare import intervals, units
from routing.simulator.measure import Figures
from routing.simulator.scenario import Scenario
from tests.routing.simulator.scenes import alike, made, one_skill, runs

pytestmark = pytest.mark.slow

SEEDS, WARM, MEASURED = 5, 300, 3000


def theirs(it: Scenario, seed: int) -> Figures:
    """What ciw makes of a scenario with one skill and agents who hold one chat each."""
    ciw.seed(seed)
    kinds = {f"Class {number}": kind for number, kind in enumerate(it.types)}
    patience = {
        name: [ciw.dists.Exponential(1 / kind.patience) if kind.patience else None]
        for name, kind in kinds.items()
    }
    network = ciw.create_network(
        arrival_distributions={n: [ciw.dists.Exponential(k.rate)] for n, k in kinds.items()},
        service_distributions={n: [ciw.dists.Exponential(1 / k.mean)] for n, k in kinds.items()},
        number_of_servers=[len(it.agents)],
        priority_classes={name: kind.prio for name, kind in kinds.items()},
        reneging_time_distributions=patience if any(k.patience for k in it.types) else None,
        queue_capacities=[float("inf") if it.room is None else it.room],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(WARM + MEASURED, method="Arrive")
    return counted(it, simulation.get_all_records(only=["service", "renege", "rejection"]))


def counted(it: Scenario, records: list) -> Figures:
    records = sorted(records, key=lambda record: record.arrival_date)[WARM:]
    found: Figures = {}
    for number in [None, *range(len(it.types))]:
        those = [r for r in records if number in {None, int(r.customer_class[-1])}]
        accepted = [r for r in those if r.record_type != "rejection"]
        waits = [r.waiting_time for r in accepted]
        served = [r.waiting_time for r in accepted if r.record_type == "service"]
        mark = "" if number is None else f"[{number}]"
        found |= {
            f"mean_wait{mark}": sum(waits) / len(waits) if waits else nan,
            f"p_wait{mark}": sum(wait > 1e-9 for wait in waits) / len(waits),
            f"asa{mark}": sum(served) / len(served),
            f"sl{mark}": sum(wait <= it.threshold_s for wait in served) / len(those),
            f"p_abandon{mark}": sum(r.record_type == "renege" for r in those) / len(those),
            f"p_block{mark}": sum(r.record_type == "rejection" for r in those) / len(those),
        }
    return found


def one_in_three() -> Scenario:
    rates = (0.008, 0.011, 0.012)
    kinds = [
        {"rate": rate, "mean": 250, "req": ["a"], "prio": prio} for prio, rate in enumerate(rates)
    ]
    return made(types=kinds, agents=alike(9, a=1.0))


def full_house() -> Scenario:
    kind = {"rate": 0.05, "mean": 200, "req": ["a"]}
    return made(types=[kind], agents=alike(9, a=1.0), room=4)


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "it",
    [one_skill(8, 6.6), one_skill(10, 11.0, patience=200), one_in_three(), full_house()],
    ids=["everybody stays", "some give up", "priorities", "little room"],
)
def test_an_independent_simulator_comes_to_the_same(it: Scenario) -> None:
    own = intervals(runs(it, "random", SEEDS, range(WARM, WARM + MEASURED)))
    other = intervals([theirs(it, seed) for seed in range(SEEDS)])
    apart = {name: units(own[name], each) for name, each in other.items()}
    assert all(each <= 1 for each in apart.values()), apart
