"""Runs beside what queueing theory says exactly: every figure within one and a half half widths."""

from math import exp, isclose

from routing.simulator.compare import Interval, intervals, units
from routing.simulator.scenario import Scenario
from tests.routing.simulator.scenes import alike, made, one_skill, runs

SEEDS, CUSTOMERS = 6, range(500, 4000)


def found(it: Scenario, policy: str = "min_cost") -> dict[str, Interval]:
    return intervals(runs(it, policy, SEEDS, CUSTOMERS))


def agrees(own: dict[str, Interval], exact: dict[str, float]) -> None:
    apart = {name: units(own[name], Interval(value, 0.0)) for name, value in exact.items()}
    assert all(each <= 1 for each in apart.values()), apart


def birth_death(up: list[float], down: list[float]) -> list[float]:
    """Stationary shares of a chain that goes up and down by one; ``down[i]`` leads to state i."""
    shares = [1.0]
    for rise, fall in zip(up, down, strict=True):
        shares.append(shares[-1] * rise / fall)
    return [share / sum(shares) for share in shares]


def test_erlang_c() -> None:
    """14 agents, 10 erlangs of 180 s: see the tables of Erlang C."""
    agrees(
        found(one_skill(14, 10.0, 180.0)),
        {
            "p_wait": 0.174131934,
            "mean_wait": 7.835937,
            "asa": 7.835937,
            "sl": 0.888350019,
            "occ_mean": 10 / 14,
            "p_abandon": 0.0,
        },
    )


def test_erlang_a() -> None:
    """20 agents, 20 erlangs of 240 s, patience 120 s."""
    agrees(
        found(one_skill(20, 20.0, 240.0, patience=120)),
        {
            "p_wait": 0.450093334,
            "p_abandon": 0.103881719,
            "mean_wait": 12.465806,
            "asa": 11.181481,
            "sl": 0.702847026,
            "occ_mean": 0.896118281,
        },
    )


def test_an_erlang_c_that_is_wrong_would_be_noticed() -> None:
    own = found(one_skill(14, 10.0, 180.0))
    assert units(own["mean_wait"], Interval(16.0, 0.0)) > 1
    assert units(own["p_wait"], Interval(0.25, 0.0)) > 1


def test_priorities_wait_as_cobham_says() -> None:
    """Loads 2, 3 and 3.5 on 10 agents, 300 s."""
    kinds = [
        {"rate": load / 300, "mean": 300, "req": ["a"], "prio": prio}
        for prio, load in enumerate((2.0, 3.0, 3.5))
    ]
    agrees(
        found(made(types=kinds, agents=alike(10, a=1.0))),
        {"mean_wait[0]": 19.870, "mean_wait[1]": 39.740, "mean_wait[2]": 211.945},
    )


def test_who_finds_no_place_is_turned_away() -> None:
    """M/M/4/4+3: a chain of 8 states."""
    rate, mean, agents, room = 0.02, 250.0, 4, 3
    down = [min(i, agents) / mean for i in range(1, agents + room + 1)]
    shares = birth_death([rate] * (agents + room), down)
    waiting = sum(max(0, i - agents) * share for i, share in enumerate(shares))
    agrees(
        found(
            made(
                types=[{"rate": rate, "mean": mean, "req": ["a"]}],
                agents=alike(agents, a=1.0),
                room=room,
            )
        ),
        {
            "p_block": shares[-1],
            "mean_wait": waiting / (rate * (1 - shares[-1])),
            "p_wait": sum(shares[agents:-1]) / (1 - shares[-1]),
        },
    )


def test_chats_at_once_slow_each_other_down() -> None:
    """One agent, three chats at 1, 0.8 and 0.65 of their speed, impatience: a chain again."""
    rate, mean, patience, slow = 0.012, 150.0, 90.0, (1.0, 0.8, 0.65)
    down = [i * slow[i - 1] / mean for i in (1, 2, 3)]
    down += [down[2] + i / patience for i in range(1, 60)]
    shares = birth_death([rate] * len(down), down)
    waiting = sum(max(0, i - 3) * share for i, share in enumerate(shares))
    in_hand = sum(min(i, 3) * share for i, share in enumerate(shares))
    agrees(
        found(
            made(
                types=[{"rate": rate, "mean": mean, "req": ["a"], "patience": patience}],
                agents=alike(1, cap=3, a=1.0),
                slow=list(slow),
            )
        ),
        {
            "p_wait": sum(shares[3:]),
            "mean_wait": waiting / rate,
            "p_abandon": waiting / patience / rate,
            "occ_mean": in_hand / 3,
        },
    )


def test_the_fast_serve_faster() -> None:
    """One agent of speed 1.5: M/M/1 with a mean of two thirds."""
    load = 0.7
    rate, mean = load / 300, 300 * 1.5
    own = found(made(types=[{"rate": rate, "mean": mean, "req": ["a"]}], agents=alike(1, a=1.5)))
    wait = load / (1 / 300 - rate)
    assert isclose(wait, 700.0)
    within = 1 - load * exp(-(1 / 300 - rate) * 20)
    agrees(own, {"p_wait": load, "mean_wait": wait, "sl": within, "occ_mean": load})
