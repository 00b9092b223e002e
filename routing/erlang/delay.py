"""Everybody waits as long as it takes: Erlang C (M/M/n)."""

from math import erfc, exp, log, pi, sqrt

from routing.erlang.loss import fill
from routing.erlang.traffic import Definition, Team, Traffic


def p_wait_of_many(load: float, agents: float) -> float:
    """Return roughly P(wait) in a large team: [1 + β Φ(β)/φ(β)]⁻¹, β = (n-a)/√a more than 0.

    Turned around it is the square-root rule, n = a + β√a: what a team needs on top of its load
    grows with the root of it. Source: S. Halfin and W. Whitt, Heavy-traffic limits for queues with
    many exponential servers, Operations Research 29 (1981).
    """
    if not 0 < load < agents:
        raise ValueError(f"The rule is for loads between 0 and {agents:g} erlangs, not {load:g}.")
    spare = (agents - load) / sqrt(load)
    below = erfc(-spare / sqrt(2)) / 2
    density = exp(-spare * spare / 2) / sqrt(2 * pi)
    return density / (density + spare * below)


class Delay:
    """A first-come line that nobody leaves. ``traffic.patience_s`` plays no part.

    With r the rate at which a full team frees slots, B from ``loss.fill`` and s = 1/(1-λ/r):
    P(wait) = sB / (1+(s-1)B), which is Erlang's nB/(n-a(1-B)); a wait, if any, is exponential
    with rate r-λ. Source: A. K. Erlang 1917; Cooper (1981), 3.4.
    """

    def __init__(self, traffic: Traffic, team: Team) -> None:
        """Raise ValueError when more work arrives than the team can do."""
        if traffic.load >= team.pace:
            raise ValueError(
                f"{traffic.load:g} erlangs are too much for a team that does {team.pace:g} at "
                "once: without abandonment the line grows for ever."
            )
        filled = fill(traffic, team)
        self._spare = (team.pace - traffic.load) / traffic.mean_s
        stretch = team.pace / (team.pace - traffic.load)
        self.p_wait = stretch * filled.blocked / (1 + (stretch - 1) * filled.blocked)
        self.p_abandon = 0.0
        self.wait_s = self.p_wait / self._spare
        self.asa_s = self.wait_s
        self.queue_length = traffic.rate * self.wait_s
        busy = self.p_wait * team.room + (1 - self.p_wait) * filled.busy
        self.occupancy = busy / team.room

    @property
    def wait_of_waiting_s(self) -> float:
        """Mean wait of those who have to wait at all."""
        return 1 / self._spare

    def level(self, within_s: float, definition: Definition = "offered") -> float:
        """Return who is answered in time; where nobody leaves all definitions agree."""
        del definition
        return 1 - self.p_wait * exp(-self._spare * max(0.0, within_s))

    def quantile_s(self, share: float) -> float:
        """Return the wait in seconds that ``share`` of the customers do not exceed."""
        if not 0 <= share < 1:
            raise ValueError(f"A quantile is asked for a share from 0 to below 1, not {share}.")
        return log(self.p_wait / (1 - share)) / self._spare if self.p_wait > 1 - share else 0.0
