"""What every formula starts from: customers who come, and a team that serves them."""

from dataclasses import dataclass
from math import inf, isfinite
from typing import Literal, Protocol

Definition = Literal["offered", "answered", "excluding", "virtual"]
"""Of whom a service level is a share; see ``Service.level``."""

AGENTS_MAX = 100_000
SLOTS_MAX = 100


@dataclass(frozen=True, slots=True)
class Traffic:
    """Customers who come at random (Poisson), with exponential handle times and patience.

    ``rate`` in arrivals a second, ``mean_s`` the mean handle time with an agent's full attention,
    ``patience_s`` the mean time after which somebody who waits leaves; None: nobody leaves.
    """

    rate: float
    mean_s: float
    patience_s: float | None = None

    def __post_init__(self) -> None:
        """Refuse what is no traffic."""
        if not 0 <= self.rate < inf:
            raise ValueError(f"The arrival rate must be 0 or more a second, not {self.rate}.")
        if not 0 < self.mean_s < inf:
            raise ValueError(f"The mean handle time must be more than 0 s, not {self.mean_s}.")
        if self.patience_s is not None and not 0 < self.patience_s < inf:
            raise ValueError(f"The mean patience must be more than 0 s, not {self.patience_s}.")

    @property
    def load(self) -> float:
        """Work that arrives, in erlangs: the slots it would fill if nobody waited."""
        return self.rate * self.mean_s


@dataclass(frozen=True, slots=True)
class Team:
    """So many agents with so many slots each, all able to serve all of the traffic.

    ``speeds[i]`` is the speed of each conversation while an agent holds i + 1 of them; the last
    one holds for more. Conversations are spread over the agents evenly (``least_loaded``).
    """

    agents: int
    slots: int = 1
    speeds: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        """Refuse what is no team."""
        if not 1 <= self.agents <= AGENTS_MAX:
            raise ValueError(f"A team has 1 to {AGENTS_MAX} agents, not {self.agents}.")
        if not 1 <= self.slots <= SLOTS_MAX:
            raise ValueError(f"An agent has 1 to {SLOTS_MAX} slots, not {self.slots}.")
        if not self.speeds or not all(speed > 0 and isfinite(speed) for speed in self.speeds):
            raise ValueError("Speeds are positive numbers, one for each conversation in hand.")
        for held in range(2, self.slots + 1):
            if self._done_by(held) < self._done_by(held - 1):
                raise ValueError(
                    f"At these speeds an agent gets less done with {held} conversations at a time "
                    f"than with {held - 1}; give them fewer slots."
                )

    @property
    def room(self) -> int:
        """How many conversations are served at once."""
        return self.agents * self.slots

    @property
    def pace(self) -> float:
        """How much is done at once while every slot is taken, in conversations at speed 1."""
        return self.agents * self._done_by(self.slots)

    def pace_with(self, busy: int) -> float:
        """Return how much is done at once while ``busy`` slots are taken."""
        each, more = divmod(busy, self.agents)
        return (self.agents - more) * self._done_by(each) + more * self._done_by(each + 1)

    def _done_by(self, held: int) -> float:
        return held * self.speeds[min(held, len(self.speeds)) - 1]


class Service(Protocol):
    """What customers and agents meet in the long run."""

    @property
    def p_wait(self) -> float:
        """Share of the arrivals that have to wait."""
        ...

    @property
    def p_abandon(self) -> float:
        """Share of the arrivals that leave unanswered."""
        ...

    @property
    def wait_s(self) -> float:
        """Mean wait of all arrivals, those who leave included."""
        ...

    @property
    def asa_s(self) -> float:
        """Mean wait of those who are answered (average speed of answer)."""
        ...

    @property
    def queue_length(self) -> float:
        """How many wait, on average."""
        ...

    @property
    def occupancy(self) -> float:
        """Share of the slots that are taken, on average."""
        ...

    def level(self, within_s: float, definition: Definition = "offered") -> float:
        """Return the service level: who is answered within ``within_s`` seconds, as a share.

        offered    of all arrivals
        answered   of those who are answered at all
        excluding  of all but those who leave within ``within_s`` themselves
        virtual    of all arrivals, if nobody ever left before being answered, the line unchanged
        """
        ...
