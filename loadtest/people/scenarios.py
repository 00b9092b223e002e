"""What happens at the shop: how many customers come when, and what befalls them. Pure.

Arrivals are open: who comes does not wait for others to leave, so a slow node does not get less to
do. Each *source* sends one customer in ``VISIT_S`` on average, at random moments; many sources
together are a Poisson process. While agents are free there are about as many customers as sources.
"""

import math
from dataclasses import dataclass
from typing import Literal

Curve = tuple[tuple[float, float], ...]
"""Points of time (0..1) and share (0..1) of the sources of the busiest moment."""

VISIT_S = 50.0
"""About how long a visit takes while agents are free."""

SPIKE = 20
BUSY: Curve = ((0, 0.1), (0.15, 1), (1, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One kind of day."""

    title: str
    says: str
    curve: Curve = BUSY
    seconds: int = 300
    customers_per_agent: float = 1.6
    """At the busiest moment. An agent takes three at a time, and about half of a visit's time."""
    cuts: tuple[float, ...] = ()
    """When (0..1) every customer loses the connection at the same moment."""
    phones: float = 0.2
    """The share of customers with a slow phone: it lags, sleeps, and loses its signal."""
    noisy: float = 0.0
    """The share of customers of a second shop, who say much more than people type."""

    def sources(self, most: int, at: float) -> int:
        """Return how many there are at ``at`` (0..1), of ``most`` at the busiest moment."""
        return max(1, round(most * _share(self.curve, at)))

    def agents(self, most: int) -> int:
        """Return how many agents are at work, all day."""
        return max(1, math.ceil(most / self.customers_per_agent))

    def supervisors(self, most: int) -> int:
        """Return how many supervisors watch."""
        return 1 + most // 500


def _share(curve: Curve, at: float) -> float:
    """Return the height of the curve, straight between its points."""
    before = curve[0]
    for point in curve:
        if at < point[0]:
            along = (at - before[0]) / (point[0] - before[0])
            return before[1] + along * (point[1] - before[1])
        before = point
    return before[1]


Name = Literal["quiet", "noon", "storm", "phones", "noisy"]

SCENARIOS: dict[Name, Scenario] = {
    "quiet": Scenario(
        title="A quiet day",
        says="Customers come and go as on any afternoon; there are agents enough.",
        curve=((0, 0.5), (0.3, 1), (0.6, 0.7), (0.8, 1), (1, 0.6)),
    ),
    "noon": Scenario(
        title="A sale at noon",
        says=f"At noon {SPIKE} times as many customers come within a moment. "
        "The agents are as many as before.",
        curve=((0, 1 / SPIKE), (0.3, 1 / SPIKE), (0.35, 1), (0.75, 1), (0.8, 1 / SPIKE), (1, 0.05)),
        customers_per_agent=4,
    ),
    "storm": Scenario(
        title="A reconnect storm",
        says="Twice every customer loses the connection at the same moment, as when a cell tower "
        "or a proxy dies, and all come back.",
        cuts=(0.45, 0.75),
    ),
    "phones": Scenario(
        title="Slow phones",
        says="Nearly everybody has a phone on a bad network: it lags, sleeps in a pocket, loses "
        "its signal and comes back.",
        phones=0.9,
    ),
    "noisy": Scenario(
        title="One shop is noisy",
        says="Customers of one shop paste whole essays, line by line, without a pause. "
        "Those of the other shop should notice nothing.",
        noisy=0.3,
        phones=0.0,
    ),
}
