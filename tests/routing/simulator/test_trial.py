"""Staffings tried out in the simulator, and the mix that the search finds with them."""

from random import Random

import pytest

from routing.erlang.abandonment import Abandonment
from routing.erlang.traffic import Team
from routing.simulator.chance import Chance
from routing.simulator.scenario import Scenario, scenario
from routing.simulator.trial import Trial, kinds, profiles, queues, traffic
from routing.simulator.wording import Mistake
from routing.skill_mix import Profile
from routing.staffing import Bounds, Goal, Work
from server.simulating.mixing import Mix, Runs, as_table, mixed

CUSTOMERS = range(300, 3300)


def chances(count: int) -> list[Chance]:
    def of(seed: int) -> Chance:
        return lambda purpose: Random(f"{seed}/{purpose}")

    return [of(seed) for seed in range(count)]


def two_queues(**more: object) -> Scenario:
    """Returns and orders; agents who can do one, the other, or both."""
    kind = {"mean": 240, "patience": 180} | more
    return scenario(
        {
            "types": [
                {"name": "returns", "rate": 0.02, "req": ["r"], **kind},
                {"name": "orders", "rate": 0.03, "req": ["o"], **kind},
            ],
            "agents": [
                {"skills": {"r": [1, 1]}},
                {"skills": {"o": [1, 1]}},
                {"skills": {"o": [1, 1]}},
                {"skills": {"r": [1, 1], "o": [1, 1]}, "name": "both"},
            ],
            "T": 20,
        },
        "two",
    )


def test_agents_alike_are_one_kind_and_cost_by_what_they_can_do() -> None:
    found = profiles(two_queues(), queue_cost=0.2)
    assert [(each.name, sorted(each.queues), each.cost) for each in found] == [
        ("r", ["returns"], 1),
        ("o", ["orders"], 1),
        ("both", ["orders", "returns"], 1.2),
    ]


def test_kinds_and_queues_of_one_name_are_told_apart() -> None:
    told = {
        "types": [{"rate": 1, "mean": 1, "req": ["a"]}, {"rate": 2, "mean": 1, "req": ["a"]}],
        "agents": [{"skills": {"a": [1, 1]}}, {"skills": {"a": [2, 1]}}],
    }
    found = scenario(told, "same")
    assert list(kinds(found)) == ["a", "a #2"]
    assert list(queues(found)) == ["a #1", "a #2"]


def test_silos_in_the_simulator_are_what_the_formula_says() -> None:
    tried = Trial(two_queues(), "min_cost", chances(4), CUSTOMERS)
    levels = tried({"r": 7, "o": 9})
    for (name, kind), agents in zip(queues(two_queues()).items(), (7, 9), strict=True):
        exact = Abandonment(traffic(kind), Team(agents)).level(20)
        assert levels[name] == pytest.approx(exact, abs=0.03)
    assert tried({}) == {"returns": 0, "orders": 0}


def test_the_same_staffing_gets_the_same_answer() -> None:
    once, again = (Trial(two_queues(), "min_cost", chances(1), CUSTOMERS) for _ in range(2))
    assert once({"both": 14}) == again({"both": 14})


def test_who_waits_for_ever_cannot_be_tried_out() -> None:
    with pytest.raises(Mistake, match=r"types\[0\]\.patience is needed"):
        Trial(two_queues(patience=None), "min_cost", chances(1), CUSTOMERS)


def test_kinds_of_agents_who_serve_the_same_are_told_apart_by_name() -> None:
    able = [
        Profile("senior", frozenset({"a"})),
        Profile("junior", frozenset({"a"})),
        Profile("both", frozenset({"a", "b"})),
    ]
    agents = {each.name: 1 for each in able}
    mix = Mix(
        profiles=tuple(able),
        agents=agents,
        rostered=agents,
        levels={"a": 0.9, "b": 0.9},
        bounds=Bounds(3, 4),
        goal=Goal(),
    )
    rows = [row.rsplit(maxsplit=2)[0] for row in list(as_table(mix))[1:4]]
    assert rows == ["senior: a", "junior: a", "a, b"]


@pytest.mark.slow
def test_a_little_sharing_saves_an_agent() -> None:
    """Between one pool and silos, by simulation: the promise is kept in every queue."""
    runs = Runs(policy="min_cost", customers=CUSTOMERS, seeds=range(1, 3))
    mix = mixed(two_queues(), Goal(), Work(shrinkage=0.3), 0.1, runs)
    total = sum(mix.agents.values())
    assert all(level >= 0.8 for level in mix.levels.values())
    assert mix.bounds.pool <= total < mix.bounds.silos
    assert mix.agents["both"] >= 1
    assert sum(mix.rostered.values()) > total
