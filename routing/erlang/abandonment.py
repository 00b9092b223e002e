"""Customers who wait too long leave: Erlang A (M/M/n+M)."""

from collections.abc import Iterator
from math import exp, expm1, floor, lgamma, log

from routing.erlang.loss import fill
from routing.erlang.special import beta_i, digamma
from routing.erlang.traffic import Definition, Team, Traffic

NEGLIGIBLE = 1e-17


class Abandonment:
    """A first-come line that people leave after an exponential time.

    An arrival who finds all slots taken and j waiting would have to wait V_j, a sum of exponential
    times with rates r+iθ, i = 0..j (r: a full team frees slots, θ: one who waits leaves). So
    e^(-θV_j) has the law Beta(c, j+1), c = r/θ, from which everything here follows.
    Source: C. Palm 1946; A. Mandelbaum and S. Zeltyn, The Palm/Erlang-A queue, with applications
    to call centers (2004).
    """

    def __init__(self, traffic: Traffic, team: Team) -> None:
        """Raise ValueError for traffic without patience."""
        if traffic.patience_s is None:
            raise ValueError("Erlang A needs the mean patience; without it take Erlang C.")
        self._leave = 1 / traffic.patience_s
        self._c = team.pace * traffic.patience_s / traffic.mean_s
        filled = fill(traffic, team)
        self._first, line = _line(traffic.rate * traffic.patience_s, self._c)
        free = line[0] * (1 / filled.blocked - 1) if filled.blocked and not self._first else 0.0
        total = free + sum(line)
        if not filled.blocked:  # so little traffic that all slots are never taken
            free, total, line = 1.0, 1.0, [0.0]
        self._line = [weight / total for weight in line]
        self._free = free / total
        self.p_wait = sum(self._line)
        self.p_abandon = sum(weight * (1 - self._stays(j)) for j, weight in self._places())
        self.queue_length = sum(j * weight for j, weight in self._places())
        self.wait_s = self.queue_length / traffic.rate if traffic.rate else 0.0
        busy = self.p_wait * team.room + (1 - self.p_wait) * filled.busy
        self.occupancy = busy / team.room

    @property
    def asa_s(self) -> float:
        """Mean wait of those who are answered: behind j others (ψ(c+j+2) - ψ(c+1)) / θ."""
        per_leave = digamma(self._c + self._first + 2) - digamma(self._c + 1)
        waited = 0.0
        for j, weight in self._places():
            waited += weight * self._stays(j) * per_leave
            per_leave += 1 / (self._c + j + 2)
        return waited / self._leave / (1 - self.p_abandon)

    def level(self, within_s: float, definition: Definition = "offered") -> float:
        """Return who is answered in time, by one of the definitions of ``Service.level``."""
        if definition == "virtual":
            return max(0.0, 1 - self._late(within_s, self._c, of_served=False))
        late = self._late(within_s, self._c + 1, of_served=True)
        answered = max(0.0, 1 - self.p_abandon - late)
        if definition == "offered":
            return answered
        if definition == "answered":
            return answered / (1 - self.p_abandon)
        still = exp(-self._leave * max(0.0, within_s))
        return answered / (answered + still * self._late(within_s, self._c, of_served=False))

    def answered_from(self, ahead: int, within_s: float) -> float:
        """Return the chance to be answered in time with all slots taken and ``ahead`` waiting."""
        stay = exp(-self._leave * max(0.0, within_s))
        return self._stays(ahead) * (1 - beta_i(stay, self._c + 1, ahead + 1))

    def _places(self) -> Iterator[tuple[int, float]]:
        return enumerate(self._line, self._first)

    def _stays(self, ahead: int) -> float:
        """Return the chance to be answered in the end, from behind so many."""
        return self._c / (self._c + ahead + 1)

    def _late(self, within_s: float, shape: float, *, of_served: bool) -> float:
        """Return Σ P(place j) · P(Beta(shape, j+1) ≤ e^(-θt)), served arrivals alone or all.

        The incomplete beta function grows by one term with each place.
        """
        left = -expm1(-self._leave * max(0.0, within_s))
        if left == 0:
            return sum(w * (self._stays(j) if of_served else 1.0) for j, w in self._places())
        log_stay, log_left = -self._leave * within_s, log(left)
        j = self._first
        share = exp(shape * log_stay) if j == 0 else beta_i(exp(log_stay), shape, j + 1)
        term = shape * log_stay + (j and j * log_left + _log_choose(shape, j))
        late = 0.0
        for j, weight in self._places():
            late += weight * min(share, 1.0) * (self._stays(j) if of_served else 1.0)
            term += log_left + log((shape + j) / (j + 1))
            share += exp(term)
        return late


def _line(arrivals: float, c: float) -> tuple[int, list[float]]:
    """Return the first place that matters, and how likely it and the following are, relatively.

    Counted per mean patience: ``arrivals`` = λ/θ, and with j waiting c+j leave the line. It is
    built from the likeliest place, so that nothing overflows in overload.
    """
    mode = max(0, floor(arrivals - c))
    up = [1.0]
    total = 1.0
    j = mode
    while True:
        j += 1
        ratio = arrivals / (c + j)
        up.append(up[-1] * ratio)
        total += up[-1]
        if ratio < 1 and up[-1] <= NEGLIGIBLE * total * (1 - ratio):
            break
    down: list[float] = []
    weight = 1.0
    j = mode
    while j > 0 and weight > NEGLIGIBLE:
        weight *= (c + j) / arrivals
        down.append(weight)
        j -= 1
    return j, [*reversed(down), *up]


def _log_choose(shape: float, j: int) -> float:
    return lgamma(shape + j) - lgamma(shape) - lgamma(j + 1)
