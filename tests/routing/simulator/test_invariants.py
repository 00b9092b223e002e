"""What must hold of every run, whatever the policy (ROUTING.md, section 5)."""

import pytest

from routing.facts import covers
from routing.simulator.compare import Interval, differences, interval
from routing.simulator.policies import POLICIES
from routing.simulator.world import WAITS, World
from tests.routing.simulator.scenes import (
    FIFO_RULES,
    alike,
    happened,
    made,
    measured,
    mixed,
    one_skill,
    runs,
)


def contains(found: Interval, value: float) -> bool:
    return abs(found.mean - value) <= 1.5 * found.half + 1e-9


def test_every_policy_is_compared() -> None:
    assert set(FIFO_RULES) == set(POLICIES)


@pytest.mark.parametrize("patience", [None, 120.0])
def test_with_one_skill_nobody_waits_a_bit_longer_under_another_rule(
    patience: float | None,
) -> None:
    it = one_skill(10, 9.0, patience=patience)
    waits = {policy: happened(it, policy).waits for policy in FIFO_RULES}
    assert any(wait > 0 for wait in waits["random"])
    for policy in FIFO_RULES:
        assert waits[policy] == waits["random"], policy


def test_rules_do_choose_different_agents() -> None:
    it = one_skill(10, 7.0)
    chosen = {tuple(happened(it, policy).taken_by) for policy in ("random", "longest_idle")}
    assert len(chosen) == 2


def test_the_same_seed_is_the_same_day_and_another_is_another() -> None:
    it = mixed()
    first, again, other = (happened(it, "min_cost", seed).taken_by for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_who_gives_up_waits_as_their_patience_says() -> None:
    """E[W] = P(gives up) · patience, exactly, for exponential patience."""
    it = one_skill(12, 13.0, patience=150)
    excess = [run["mean_wait"] - run["p_abandon"] * 150 for run in runs(it, "min_cost", 6)]
    assert contains(interval(excess), 0.0)


def test_no_order_of_customers_wins_anything_for_all_of_them() -> None:
    """Σ a_k W_k is the same for every order that leaves nobody idle (equal handle times)."""
    kinds = [{"rate": rate, "mean": 300, "req": ["a"]} for rate in (0.008, 0.010, 0.010)]
    ranked = [{**kind, "prio": prio} for prio, kind in enumerate(kinds)]
    in_turn, by_rank = (made(types=types, agents=alike(10, a=1.0)) for types in (kinds, ranked))
    apart = differences(runs(by_rank, "random", 6), runs(in_turn, "random", 6))
    assert contains(apart["mean_wait"], 0.0)
    assert apart["mean_wait[0]"].mean < -apart["mean_wait[0]"].half
    assert apart["mean_wait[2]"].mean > apart["mean_wait[2]"].half


class Lines:
    """Adds up how many wait, by type, over time."""

    def __init__(self, types: int) -> None:
        self.sums, self._lengths, self._since = [0.0] * types, [0] * types, 0.0

    def look(self, world: World, now: float) -> None:
        for kind, length in enumerate(self._lengths):
            self.sums[kind] += length * (now - self._since)
        self._lengths = [0] * len(self.sums)
        for number in world.waiting.values():
            self._lengths[world.kinds[number]] += 1
        self._since = now


def test_littles_law_holds_for_every_type() -> None:
    it, lines = mixed(), Lines(3)
    world = happened(it, "min_cost", watch=lines.look)
    for kind in range(3):
        waited = sum(
            wait
            for wait, of, outcome in zip(world.waits, world.kinds, world.taken_by, strict=True)
            if of == kind and outcome != WAITS
        )
        assert waited > 1000
        assert lines.sums[kind] == pytest.approx(waited, rel=0.02)  # the last ones still wait


def free_hands(world: World, now: float) -> None:
    """Fail when somebody waits beside somebody who has room and may take them."""
    held = [0] * len(world.desk.agents)
    for name, agent in world.engine.pool.agents.items():
        held[int(name[1:])] = agent.in_hand
    for number in world.waiting.values():
        task, queue = world.tasks[number], world.desk.queues[world.kinds[number]]
        rings = [ring for ring in queue.rings if ring.after_s <= now - task.queued_at - 1e-6]
        for agent, taken in zip(world.desk.agents, held, strict=True):
            waits_for_other = task.sticky_until > now and agent.id != task.last_agent
            if taken < agent.capacity and not waits_for_other:
                assert not any(covers(agent.skills, ring.needs) for ring in rings), (now, task)


@pytest.mark.parametrize("policy", ["min_cost", "random", "round_robin", "primary_first"])
def test_nobody_waits_beside_a_free_hand(policy: str) -> None:
    looked = 0

    def look(world: World, now: float) -> None:
        nonlocal looked
        looked += bool(world.waiting)
        free_hands(world, now)

    happened(mixed(), policy, customers=range(1500), watch=look)
    assert looked > 500


def test_nobody_holds_more_than_their_capacity() -> None:
    def look(world: World, _: float) -> None:
        assert all(0 <= a.in_hand <= a.capacity for a in world.engine.pool.agents.values())

    happened(mixed(), "least_loaded", customers=range(1500), watch=look)


def test_occupancy_is_the_work_that_was_taken() -> None:
    """occ = λ (1 - P(gives up)) · mean / Σ capacity, at speed 1."""
    it = one_skill(12, 13.0, patience=150)
    gaps = [run["occ_mean"] - 13.0 * (1 - run["p_abandon"]) / 12 for run in runs(it, "random", 6)]
    assert contains(interval(gaps), 0.0)


def test_whom_idle_time_orders_serves_as_if_drawn_by_lot() -> None:
    """With uneven speeds, too, longest idle and random have the same steady state."""
    kind = {"rate": 0.03, "mean": 300, "req": ["a"], "patience": 200}
    agents = alike(5, a=1.4) + alike(5, a=0.7)
    it = made(types=[kind], agents=agents)
    drawn = runs(it, "random", 6)
    apart = differences(runs(it, "longest_idle", 6), drawn)
    fast = differences(runs(it, "fastest_first", 6), drawn)
    assert contains(apart["mean_wait"], 0.0)
    assert fast["mean_wait"].mean < -fast["mean_wait"].half


def test_one_skill_more_does_no_harm_where_the_least_flexible_go_first() -> None:
    kinds = [{"rate": 0.01, "mean": 300, "req": [skill]} for skill in ("a", "b")]
    apart = [*alike(4, a=1.0), *alike(4, b=1.0)]
    joined = [*alike(3, a=1.0), *alike(1, a=1.0, b=1.0), *alike(4, b=1.0)]
    before, after = (
        runs(made(types=kinds, agents=agents), "least_flexible", 5) for agents in (apart, joined)
    )
    gain = differences(after, before)["mean_wait"]
    assert gain.mean < gain.half


def test_the_occupancy_of_measured_runs_is_a_share() -> None:
    found = measured(happened(mixed(), "min_cost"), mixed())
    assert 0 < found["occ_mean"] < 1
