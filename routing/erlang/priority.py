"""Some go first: strict priorities (Cobham) and priorities that grow with waiting (Kleinrock).

Both: n agents, no abandonment, one mean handle time for all, and nobody who is being served has
to make way. ``loads`` in erlangs, one per class; results are mean waits in seconds, in that order.
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise

from routing.erlang.delay import Delay
from routing.erlang.traffic import Team, Traffic


def strict(loads: Sequence[float], agents: int, mean_s: float) -> list[float]:
    """Return the mean waits when class 0 always goes before class 1, and so on.

    W_k = W₀ / ((1-σ_(k-1))(1-σ_k)), W₀ = C/(nμ), σ_k the occupancy by classes 0..k.
    Source: A. Cobham, Priority assignment in waiting line problems, Operations Research 2 (1954).
    """
    first_s = _wait_for_slot_s(loads, agents, mean_s)
    taken = [0.0, *accumulate(load / agents for load in loads)]
    return [first_s / ((1 - before) * (1 - through)) for before, through in pairwise(taken)]


def accumulating(
    loads: Sequence[float], slopes: Sequence[float], agents: int, mean_s: float
) -> list[float]:
    """Return the mean waits when the largest slope times wait goes first.

    W_p = [W₀/(1-ρ) - Σ_{b_i<b_p} ρ_i W_i (1-b_i/b_p)] / [1 - Σ_{b_i>b_p} ρ_i (1-b_p/b_i)], from
    the smallest slope up. Source: L. Kleinrock, A delay dependent queue discipline, Naval Research
    Logistics Quarterly 11 (1964); D. Stanford, P. Taylor and I. Ziedins, Waiting time distributions
    in the accumulating priority queue, Queueing Systems 77 (2014).
    """
    if len(slopes) != len(loads) or not all(slope > 0 for slope in slopes):
        raise ValueError("Every class needs a slope, and slopes are more than 0.")
    shares = [load / agents for load in loads]
    fcfs_s = _wait_for_slot_s(loads, agents, mean_s) / (1 - sum(shares))
    waits_s = [0.0] * len(loads)
    for own in sorted(range(len(loads)), key=lambda each: slopes[each]):
        pairs = [(other, slopes[other] / slopes[own]) for other in range(len(loads))]
        passed_s = sum(shares[i] * waits_s[i] * (1 - ratio) for i, ratio in pairs if ratio < 1)
        passing = sum(shares[i] * (1 - 1 / ratio) for i, ratio in pairs if ratio > 1)
        waits_s[own] = (fcfs_s - passed_s) / (1 - passing)
    return waits_s


def _wait_for_slot_s(loads: Sequence[float], agents: int, mean_s: float) -> float:
    """Return W₀: how long an arrival waits on average for the first slot to come free."""
    if not loads or not all(load > 0 for load in loads):
        raise ValueError("There is one class or more, and every load is more than 0 erlangs.")
    line = Delay(Traffic(sum(loads) / mean_s, mean_s), Team(agents))
    return line.p_wait * mean_s / agents
