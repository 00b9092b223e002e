"""Nobody waits, or only so many may: Erlang B, and Erlang C with limited room (M/M/n/n+K)."""

from dataclasses import dataclass
from math import inf

from routing.erlang.special import gamma_hazard, gamma_q
from routing.erlang.traffic import Team, Traffic


def blocking(load: float, agents: int) -> float:
    """Return the chance that all ``agents`` are taken and an arrival is lost, 0 to 1 (Erlang B).

    ``load`` in erlangs. The recursion B(k) = a·B(k-1) / (k + a·B(k-1)) is stable for any size.
    Source: A. K. Erlang 1917; R. B. Cooper, Introduction to Queueing Theory (1981), 3.3.
    """
    _check(load, agents)
    blocked = 1.0
    for k in range(1, agents + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked


def blocking_between(load: float, agents: float) -> float:
    """Return Erlang B for a number of agents that need not be whole, by its closed form.

    B = aⁿ e⁻ᵃ / Γ(n+1, a). Source: D. L. Jagerman, Some properties of the Erlang loss function,
    Bell System Technical Journal 53 (1974).
    """
    _check(load, agents)
    if load == 0:
        return 0.0 if agents else 1.0
    return gamma_hazard(agents + 1, load)


@dataclass(frozen=True, slots=True)
class Filled:
    """How full a team is that turns away whom it cannot serve at once."""

    blocked: float
    """Chance that all slots are taken."""
    busy: float
    """Mean number of slots taken, of the times when not all of them are."""


def fill(traffic: Traffic, team: Team) -> Filled:
    """Return how full a team is when nobody may wait.

    The recursion of ``blocking``, at the pace that the team has with k slots taken. Exact where
    the pace depends on their number alone: at speed 1, or with one slot each.
    """
    blocked, busy = 1.0, 0.0
    below = 0.0
    for k in range(1, team.room + 1):
        below = busy
        arriving = traffic.load * blocked
        blocked = arriving / (team.pace_with(k) + arriving)
        busy = blocked * k + (1 - blocked) * below
    return Filled(blocked, below)


class Limited:
    """A line with ``places`` places to wait; who finds all of them taken is turned away.

    M/M/n/n+K without abandonment. Source: D. Gross et al., Fundamentals of Queueing Theory
    (2008), 2.5; the wait behind j others is a sum of j+1 exponential times.
    """

    def __init__(self, traffic: Traffic, team: Team, places: int) -> None:
        if places < 0:
            raise ValueError(f"There are 0 places to wait or more, not {places}.")
        self._rate_out = team.pace / traffic.mean_s
        filled = fill(traffic, team)
        ratio = traffic.rate / self._rate_out
        # Relative to "all slots taken, nobody waits"; from the likeliest end, so nothing overflows.
        line = [ratio**j if ratio <= 1 else ratio ** (j - places) for j in range(places + 1)]
        free = inf if filled.blocked == 0 else line[0] * (1 / filled.blocked - 1)
        total = free + sum(line)
        self._line = [weight / total for weight in line] if free < inf else [0.0] * len(line)
        self.p_block = self._line[-1]
        """Share of the arrivals that are turned away."""
        self.p_wait = sum(self._line[:-1]) / (1 - self.p_block) if self.p_block < 1 else 0.0
        """Share of those let in that have to wait."""
        self.queue_length = sum(j * weight for j, weight in enumerate(self._line))
        accepted = traffic.rate * (1 - self.p_block)
        self.asa_s = self.queue_length / accepted if accepted else 0.0
        """Mean wait of those let in."""

    def level(self, within_s: float) -> float:
        """Return the share of all arrivals, those turned away included, answered in time."""
        late = sum(
            weight * gamma_q(ahead + 1, self._rate_out * max(0.0, within_s))
            for ahead, weight in enumerate(self._line[:-1])
        )
        return 1 - self.p_block - late


def _check(load: float, agents: float) -> None:
    if not 0 <= load < inf:
        raise ValueError(f"A load is 0 erlangs or more, not {load}.")
    if not 0 <= agents < inf:
        raise ValueError(f"There are 0 agents or more, not {agents}.")
