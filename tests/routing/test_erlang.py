"""The formulas against reference values, against each other, and against chains solved by hand."""

from collections.abc import Callable
from math import exp, inf, isclose, lgamma, log

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from routing.erlang.abandonment import Abandonment
from routing.erlang.delay import Delay, p_wait_of_many
from routing.erlang.loss import Limited, blocking, blocking_between
from routing.erlang.priority import accumulating, strict
from routing.erlang.special import beta_i, digamma, gamma_p, gamma_q
from routing.erlang.traffic import Definition, Team, Traffic

RELAXED = settings(max_examples=60)

# rate, mean, agents, Erlang B, P(wait), ASA, SL(20 s), p95 of the wait
ERLANG_C = [
    (1 / 360, 180, 1, 0.333333333, 0.500000000, 180.000000, 0.527020266, 828.931),
    (1 / 18, 180, 14, 0.056819143, 0.174131934, 7.835937, 0.888350019, 56.151),
    (1 / 18, 180, 11, 0.163232333, 0.682118205, 122.781277, 0.389613812, 470.372),
    (1 / 9, 180, 24, 0.066096717, 0.298072300, 13.413253, 0.808881887, 80.339),
    (1 / 10, 240, 28, 0.066612134, 0.333138528, 19.988312, 0.761295814, 113.792),
    (1 / 6, 240, 42, 0.088373901, 0.670593194, 80.471183, 0.432355117, 311.537),
]
# rate, mean, agents, patience, P(wait), P(abandon), E[W] of all, ASA, SL offered(20 s), occupancy
ERLANG_A = [
    (1 / 75, 60, 1, 120, 0.595247438, 0.255940702, 30.712884, 24.726414, 0.500378022, 0.595247438),
    (5 / 6, 60, 50, 120, 0.601167652, 0.046684586, 5.602150, 5.508562, 0.900075726, 0.953315414),
    (5 / 3, 60, 100, 60, 0.513298798, 0.039860997, 2.391660, 2.334992, 0.959518546, 0.960139003),
    (5 / 3, 60, 110, 60, 0.170559898, 0.008708815, 0.522529, 0.503578, 0.991280213, 0.901173805),
    (
        1 / 12,
        240,
        20,
        120,
        0.450093334,
        0.103881719,
        12.465806,
        11.181481,
        0.702847026,
        0.896118281,
    ),
    (
        1 / 15,
        300,
        20,
        600,
        0.609929545,
        0.073687394,
        44.212437,
        43.011070,
        0.486001512,
        0.926312606,
    ),
]


def chain(rate_in: float, rate_out: Callable[[int], float], states: int) -> list[float]:
    """The balance of a birth-death chain, by cutting between neighbours."""
    weights = [1.0]
    for k in range(1, states):
        weights.append(weights[-1] * rate_in / rate_out(k))
    total = sum(weights)
    return [weight / total for weight in weights]


@pytest.mark.parametrize("row", ERLANG_C)
def test_reference_rows_of_erlang_b_and_c(row: tuple[float, ...]) -> None:
    rate, mean_s, agents, lost, p_wait, asa_s, level, p95_s = row
    line = Delay(Traffic(rate, mean_s), Team(int(agents)))
    assert blocking(rate * mean_s, int(agents)) == pytest.approx(lost, abs=1e-9)
    assert line.p_wait == pytest.approx(p_wait, abs=1e-9)
    assert line.asa_s == pytest.approx(asa_s, abs=1e-6)
    assert line.level(20) == pytest.approx(level, abs=1e-9)
    assert line.quantile_s(0.95) == pytest.approx(p95_s, abs=1e-3)


@pytest.mark.parametrize("row", ERLANG_A)
def test_reference_rows_of_erlang_a(row: tuple[float, ...]) -> None:
    rate, mean_s, agents, patience_s, p_wait, p_abandon, wait_s, asa_s, level, occupancy = row
    line = Abandonment(Traffic(rate, mean_s, patience_s), Team(int(agents)))
    assert line.p_wait == pytest.approx(p_wait, abs=1e-9)
    assert line.p_abandon == pytest.approx(p_abandon, abs=1e-9)
    assert line.wait_s == pytest.approx(wait_s, abs=1e-6)
    assert line.asa_s == pytest.approx(asa_s, abs=1e-6)
    assert line.level(20) == pytest.approx(level, abs=1e-9)
    assert line.occupancy == pytest.approx(occupancy, abs=1e-9)


def test_service_levels_differ_by_definition() -> None:
    line = Abandonment(Traffic(1 / 12, 240, 120), Team(20))
    names: tuple[Definition, ...] = ("offered", "answered", "virtual")
    assert [round(line.level(20, name), 4) for name in names] == [0.7028, 0.7843, 0.7156]
    assert line.level(20) < line.level(20, "excluding") < line.level(20, "answered")


def test_reference_waits_with_priorities() -> None:
    loads = [2, 3, 3.5]
    assert accumulating(loads, [4, 2, 1], 10, 300) == pytest.approx(
        [52.986, 88.310, 151.389], abs=1e-3
    )
    assert strict(loads, 10, 300) == pytest.approx([19.870, 39.740, 211.945], abs=1e-3)
    assert accumulating(loads, [1, 1, 1], 10, 300) == pytest.approx([105.972] * 3, abs=1e-3)


CLASSES = st.lists(st.tuples(st.floats(0.05, 3), st.floats(0.1, 9)), min_size=1, max_size=5)


@given(CLASSES, st.floats(0.01, 5))
@RELAXED
def test_waiting_is_only_handed_around(classes: list[tuple[float, float]], spare: float) -> None:
    """The sum of load times wait does not depend on who goes first."""
    loads, slopes = [load for load, _ in classes], [slope for _, slope in classes]
    agents = int(sum(loads) + spare) + 1
    fcfs_s = Delay(Traffic(sum(loads) / 60, 60), Team(agents)).wait_s
    for waits_s in (strict(loads, agents, 60), accumulating(loads, slopes, agents, 60)):
        paid = sum(load * wait_s for load, wait_s in zip(loads, waits_s, strict=True))
        assert paid == pytest.approx(sum(loads) * fcfs_s, rel=1e-9)


def test_far_apart_slopes_are_strict_priorities() -> None:
    apart = accumulating([2, 3, 3.5], [1e12, 1e6, 1], 10, 300)
    assert apart == pytest.approx(strict([2, 3, 3.5], 10, 300), rel=1e-5)


@given(st.floats(0.01, 300), st.integers(0, 300))
@RELAXED
def test_erlang_b_closed_and_by_recursion_agree(load: float, agents: int) -> None:
    assert isclose(
        blocking(load, agents), blocking_between(load, agents), rel_tol=1e-9, abs_tol=1e-300
    )


def test_erlang_b_between_whole_agents_lies_between() -> None:
    assert blocking(10, 12) > blocking_between(10, 12.5) > blocking(10, 13)


def test_without_work_nobody_is_lost() -> None:
    assert (blocking(0, 3), blocking(0, 0), blocking_between(0, 3)) == (0, 1, 0)


def palm(load: float, agents: int, patience_s: float) -> tuple[float, float]:
    """P(wait) and P(abandon) for a mean of 100 s by Palm's closed form, where floats can hold it.

    A(x, y) = x eʸ y⁻ˣ γ(x, y) with x = nμ/θ and y = λ/θ; P(wait) = AB / (1+(A-1)B) and
    P(abandon | wait) = 1/(ρA) + 1 - 1/ρ. Source: Mandelbaum and Zeltyn (2004), 3.
    """
    x, y = agents * patience_s / 100, load * patience_s / 100
    below = gamma_p(x, y)
    assume(below > 1e-200)
    log_a = lgamma(x + 1) + y - x * log(y) + log(below)
    assume(log_a < 600)
    a, blocked = exp(log_a), blocking(load, agents)
    p_wait = a * blocked / (1 + (a - 1) * blocked)
    return p_wait, p_wait * (x / (y * a) + 1 - x / y)


@given(st.floats(0.1, 80), st.integers(1, 90), st.floats(5, 3000))
@RELAXED
def test_erlang_a_closed_and_by_summing_agree(load: float, agents: int, patience_s: float) -> None:
    p_wait, p_abandon = palm(load, agents, patience_s)
    line = Abandonment(Traffic(load / 100, 100, patience_s), Team(agents))
    assert line.p_wait == pytest.approx(p_wait, rel=1e-7, abs=1e-12)
    assert line.p_abandon == pytest.approx(p_abandon, rel=1e-6, abs=1e-9)


@given(st.floats(0.1, 80), st.integers(1, 90), st.floats(5, 3000), st.integers(1, 4))
@RELAXED
def test_invariants_of_abandonment(load: float, agents: int, patience_s: float, slots: int) -> None:
    """The mean wait is P(abandon) times patience, and who is answered keeps a slot busy."""
    line = Abandonment(Traffic(load / 100, 100, patience_s), Team(agents, slots))
    assert line.wait_s == pytest.approx(line.p_abandon * patience_s, rel=1e-9, abs=1e-12)
    assert line.occupancy == pytest.approx(load * (1 - line.p_abandon) / (agents * slots), rel=1e-9)
    assert line.level(0) == pytest.approx(1 - line.p_wait, abs=1e-9)
    assert line.level(5e-324) == pytest.approx(line.level(0))
    assert line.level(1e7) == pytest.approx(1 - line.p_abandon, abs=1e-9)
    assert line.level(1e7, "virtual") == pytest.approx(1, abs=1e-9)


@given(st.floats(0.1, 60), st.integers(1, 70), st.floats(5, 3000), st.floats(0, 200))
@RELAXED
def test_one_agent_more_makes_nothing_worse(
    load: float, agents: int, patience_s: float, within_s: float
) -> None:
    fewer, more = (
        Abandonment(Traffic(load / 100, 100, patience_s), Team(n)) for n in (agents, agents + 1)
    )
    assert more.p_wait <= fewer.p_wait + 1e-12
    assert more.p_abandon <= fewer.p_abandon + 1e-12
    assert more.occupancy <= fewer.occupancy + 1e-12
    for name in ("offered", "answered", "excluding", "virtual"):
        assert more.level(within_s, name) >= fewer.level(within_s, name) - 1e-9


def test_endless_patience_is_erlang_c() -> None:
    traffic, team = Traffic(0.1, 240, 1e9), Team(28)
    patient, endless = Abandonment(traffic, team), Delay(traffic, team)
    assert patient.p_wait == pytest.approx(endless.p_wait, rel=1e-5)
    assert patient.asa_s == pytest.approx(endless.asa_s, rel=1e-4)
    assert patient.level(20) == pytest.approx(endless.level(20), rel=1e-5)


@pytest.mark.parametrize("agents", [1_000, 10_000, 100_000])
@pytest.mark.parametrize("share", [0.5, 0.99, 1.0, 1.2, 3.0])
def test_a_hundred_thousand_agents_are_no_trouble(agents: int, share: float) -> None:
    line = Abandonment(Traffic(agents * share / 240, 240, 120), Team(agents))
    lost = blocking(agents * share, agents)
    assert lost == pytest.approx(blocking_between(agents * share, agents), rel=1e-6, abs=1e-300)
    assert line.wait_s == pytest.approx(line.p_abandon * 120, rel=1e-9)
    for name in ("offered", "answered", "excluding", "virtual"):
        assert 0 <= line.level(20, name) <= 1 + 1e-12
    if share > 1:
        assert line.p_abandon == pytest.approx(1 - 1 / share, rel=1e-3)


def test_the_square_root_rule_comes_close_in_large_teams() -> None:
    for agents, off in ((100, 0.03), (10_000, 0.003)):
        load = agents - 0.5 * agents**0.5
        exact = Delay(Traffic(load / 60, 60), Team(agents)).p_wait
        assert p_wait_of_many(load, agents) == pytest.approx(exact, rel=off)


def test_erlang_c_is_the_balance_of_its_chain() -> None:
    traffic, n = Traffic(0.03, 240), 9
    balance = chain(traffic.rate, lambda k: min(k, n) / 240, 1500)
    line = Delay(traffic, Team(n))
    assert line.p_wait == pytest.approx(sum(balance[n:]), rel=1e-9)
    waiting = sum((k - n) * share for k, share in enumerate(balance) if k > n)
    assert line.queue_length == pytest.approx(waiting, rel=1e-9)
    assert line.wait_of_waiting_s * line.p_wait == pytest.approx(line.wait_s)


def test_erlang_a_is_the_balance_of_its_chain() -> None:
    n, patience_s, t = 9, 90, 35.0
    balance = chain(0.05, lambda k: min(k, n) / 240 + max(0, k - n) / patience_s, 400)
    line = Abandonment(Traffic(0.05, 240, patience_s), Team(n))
    assert line.p_wait == pytest.approx(sum(balance[n:]), rel=1e-9)
    # Who is answered in time, from the place they find: by the beta law, one place at a time.
    in_time = sum(balance[:n]) + sum(
        share * line.answered_from(k - n, t) for k, share in enumerate(balance) if k >= n
    )
    assert line.level(t) == pytest.approx(in_time, rel=1e-9)


def test_who_leaves_in_time_is_left_out_by_excluding() -> None:
    """They leave at t with density θe^(-θt), if their slot has not come free by then."""
    n, patience_s, t, steps = 9, 90.0, 35.0, 200
    balance = chain(0.05, lambda k: min(k, n) / 240 + max(0, k - n) / patience_s, 120)
    line = Abandonment(Traffic(0.05, 240, patience_s), Team(n))
    c = n / 240 * patience_s

    def leaving(moment: float) -> float:
        gone = exp(-moment / patience_s)
        still = sum(p * beta_i(gone, c, k - n + 1) for k, p in enumerate(balance) if k >= n)
        return gone / patience_s * still

    ends = leaving(0) + leaving(t)
    inner = sum((4 if i % 2 else 2) * leaving(i * t / steps) for i in range(1, steps))
    left = (ends + inner) * t / steps / 3  # Simpson
    assert line.level(t, "excluding") == pytest.approx(line.level(t) / (1 - left), rel=1e-7)


def test_answered_from_a_place_by_integrating() -> None:
    """Nobody ahead: the slot comes free at rate n/m before patience and threshold run out."""
    n, mean_s, patience_s, t = 4, 200.0, 50.0, 30.0
    line = Abandonment(Traffic(0.02, mean_s, patience_s), Team(n))
    out, leave = n / mean_s, 1 / patience_s
    exact = out / (out + leave) * (1 - exp(-(out + leave) * t))
    assert line.answered_from(0, t) == pytest.approx(exact, rel=1e-12)
    assert line.answered_from(5, t) < line.answered_from(1, t) < exact


def test_limited_room_is_the_balance_of_its_chain() -> None:
    n, places = 3, 4
    for rate in (0.01, 0.0125, 0.05):
        balance = chain(rate, lambda k: min(k, n) / 240, n + places + 1)
        line = Limited(Traffic(rate, 240), Team(n), places)
        assert line.p_block == pytest.approx(balance[-1], rel=1e-9)
        assert line.p_wait == pytest.approx(sum(balance[n:-1]) / (1 - balance[-1]), rel=1e-9)
        assert line.level(0) == pytest.approx(sum(balance[:n]), rel=1e-9)
        assert line.level(1e6) == pytest.approx(1 - balance[-1], rel=1e-9)
        waiting = sum((k - n) * share for k, share in enumerate(balance) if k > n)
        assert line.asa_s == pytest.approx(waiting / (rate * (1 - balance[-1])), rel=1e-9)


def test_room_for_nobody_is_erlang_b_and_for_all_is_erlang_c() -> None:
    traffic, team = Traffic(1 / 18, 180), Team(14)
    assert Limited(traffic, team, 0).p_block == pytest.approx(blocking(10, 14))
    roomy, endless = Limited(traffic, team, 2000), Delay(traffic, team)
    assert roomy.asa_s == pytest.approx(endless.asa_s, rel=1e-9)
    assert roomy.level(20) == pytest.approx(endless.level(20), rel=1e-9)


def test_slots_that_do_not_slow_each_other_are_as_good_as_agents() -> None:
    traffic = Traffic(0.1, 240, 120)
    chats, phones = Abandonment(traffic, Team(9, 3)), Abandonment(traffic, Team(27))
    assert (chats.p_abandon, chats.level(20)) == (phones.p_abandon, phones.level(20))
    assert Abandonment(traffic, Team(9, 3, (1, 0.8, 0.65))).p_abandon > 2 * phones.p_abandon


def test_slowed_chats_come_close_to_the_exact_balance() -> None:
    """Two agents with two chats each, new ones to the emptier: solved state by state."""
    rate, mean_s, patience_s, speeds = 0.02, 100.0, 80.0, (1.0, 0.7)
    line = Abandonment(Traffic(rate, mean_s, patience_s), Team(2, 2, speeds))
    exact = _two_chatting_agents(rate, mean_s, patience_s, speeds[1])
    assert line.p_abandon == pytest.approx(exact, rel=0.05)
    assert line.p_abandon < exact  # evenly spread at every moment is a little too good


def _two_chatting_agents(rate: float, mean_s: float, patience_s: float, slow: float) -> float:
    """P(abandon) with states (chats of the fuller, chats of the emptier, waiting)."""
    pace = {0: 0.0, 1: 1 / mean_s, 2: 2 * slow / mean_s}
    states = [(a, b, 0) for a in range(3) for b in range(a + 1)] + [(2, 2, q) for q in range(1, 60)]
    share = dict.fromkeys(states, 1 / len(states))

    def moves(state: tuple[int, int, int]) -> list[tuple[float, tuple[int, int, int]]]:
        a, b, q = state
        if q:
            arrive = [(rate, (2, 2, q + 1))] if (2, 2, q + 1) in share else []
            return [*arrive, (2 * pace[2] + q / patience_s, (2, 2, q - 1))]
        found = [(rate, (2, 2, 1) if a + b == 4 else _sorted(a, b + 1))]
        found += [(pace[a], _sorted(a - 1, b))] if a else []
        found += [(pace[b], _sorted(a, b - 1))] if b else []
        return found

    step = 1 / (rate + 2 * pace[2] + 60 / patience_s)
    for _ in range(4000):
        after = dict.fromkeys(states, 0.0)
        for state, weight in share.items():
            for speed, there in moves(state):
                after[there] += weight * speed * step
                after[state] -= weight * speed * step
            after[state] += weight
        share = after
    return sum(q * weight for (_, _, q), weight in share.items()) / patience_s / rate


def _sorted(a: int, b: int) -> tuple[int, int, int]:
    return max(a, b), min(a, b), 0


def test_special_functions_at_known_values() -> None:
    assert gamma_p(1, 2.5) == pytest.approx(1 - exp(-2.5), rel=1e-14)
    assert gamma_q(3, 4) == pytest.approx(exp(-4) * (1 + 4 + 8), rel=1e-13)
    assert gamma_p(0.5, 1) == pytest.approx(0.8427007929497149, rel=1e-13)  # erf(1)
    assert gamma_q(1e5, 1e5) == pytest.approx(0.49957947, abs=1e-7)
    assert beta_i(0.3, 1, 4) == pytest.approx(1 - 0.7**4, rel=1e-13)
    assert beta_i(0.25, 0.5, 0.5) == pytest.approx(1 / 3, rel=1e-13)  # arcsine law
    assert beta_i(0.5, 7.5, 7.5) == pytest.approx(0.5, rel=1e-13)
    assert (beta_i(0, 2, 3), beta_i(1, 2, 3)) == (0, 1)
    assert digamma(1) == pytest.approx(-0.5772156649015329, rel=1e-14)
    assert digamma(0.5) == pytest.approx(-1.9635100260214235, rel=1e-14)
    assert digamma(100) - digamma(97) == pytest.approx(1 / 97 + 1 / 98 + 1 / 99, rel=1e-12)


@given(st.floats(0.2, 50), st.floats(0.2, 50), st.floats(0.01, 0.99))
@RELAXED
def test_the_incomplete_beta_function_steps_by_one_term(a: float, b: float, x: float) -> None:
    term = exp(a * log(x) + b * log(1 - x) + lgamma(a + b) - lgamma(a) - lgamma(b + 1))
    assert beta_i(x, a, b + 1) == pytest.approx(beta_i(x, a, b) + term, rel=1e-9, abs=1e-12)
    assert gamma_p(a, b) + gamma_q(a, b) == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: Traffic(-1, 60), "arrival rate"),
        (lambda: Traffic(inf, 60), "arrival rate"),
        (lambda: Traffic(1, 0), "handle time"),
        (lambda: Traffic(1, 60, 0), "patience"),
        (lambda: Team(0), "1 to 100000 agents"),
        (lambda: Team(1, 0), "1 to 100 slots"),
        (lambda: Team(1, 2, ()), "Speeds are positive"),
        (lambda: Team(1, 2, (1, 0.4)), "gets less done with 2"),
        (lambda: Delay(Traffic(1, 60), Team(60)), "too much for a team that does 60"),
        (lambda: Delay(Traffic(1, 60), Team(70)).quantile_s(1), "below 1"),
        (lambda: p_wait_of_many(5, 5), "between 0 and 5 erlangs"),
        (lambda: Abandonment(Traffic(1, 60), Team(1)), "mean patience"),
        (lambda: Limited(Traffic(1, 60), Team(1), -1), "0 places"),
        (lambda: blocking(-1, 1), "0 erlangs or more"),
        (lambda: blocking(1, -1), "0 agents or more"),
        (lambda: strict([], 1, 60), "one class or more"),
        (lambda: strict([0.5, 0], 1, 60), "more than 0 erlangs"),
        (lambda: accumulating([1], [0], 2, 60), "slopes are more than 0"),
        (lambda: gamma_p(0, 1), "a > 0"),
        (lambda: beta_i(2, 1, 1), "0 <= x <= 1"),
        (lambda: digamma(0), "positive"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(wrong: Callable[[], object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        wrong()
