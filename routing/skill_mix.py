"""Staffing of queues that share agents: add whoever helps most until every queue is served well.

What a staffing achieves is asked of somebody else, because no formula knows: of the simulator, run
on the same customers each time, so that two staffings differ by the agents and not by luck.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Protocol

Staffing = Mapping[str, int]
"""How many agents of each profile."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of agent: the queues they can serve, and what one costs beside the others."""

    name: str
    queues: frozenset[str]
    cost: float = 1.0


class Evaluator(Protocol):
    """Tells what a staffing achieves."""

    def __call__(self, staffing: Staffing) -> Mapping[str, float]:
        """Return the service level of every queue, 0 to 1."""
        ...


class NotReached(ValueError):
    """The targets are not reached by so many agents."""

    def __init__(self, staffing: Staffing, missing: Sequence[str]) -> None:
        agents = sum(staffing.values())
        super().__init__(f"With {agents} agents {', '.join(missing)} still miss their targets.")
        self.staffing = staffing


@dataclass(frozen=True, slots=True)
class Search:
    """Looks for a cheap staffing: ``targets`` is the service level that each queue must reach."""

    profiles: Sequence[Profile]
    targets: Mapping[str, float]
    evaluate: Evaluator

    def __post_init__(self) -> None:
        """Refuse a search that cannot end well."""
        served = frozenset[str]().union(*(profile.queues for profile in self.profiles))
        if alone := sorted(set(self.targets) - served):
            raise ValueError(f"No profile serves {', '.join(alone)}.")

    def run(self, start: Staffing, agents_max: int) -> dict[str, int]:
        """Return a staffing that reaches every target; NotReached when ``agents_max`` do not.

        Adds one agent at a time, the one who takes away most of what is missing for their cost
        (ties: who can serve fewer queues, then the profile named first), and at the end sends home
        again whoever is not needed, the dearest first.
        """
        names = [profile.name for profile in self.profiles]
        if unknown := sorted(set(start) - set(names)):
            raise ValueError(f"There is no profile {', '.join(unknown)} to start with.")
        staffing = {name: start.get(name, 0) for name in names}
        missing = self._missing(staffing)
        while any(missing.values()):
            if sum(staffing.values()) >= agents_max:
                raise NotReached(staffing, [name for name, gap in missing.items() if gap])
            staffing, missing = self._with_best(staffing, missing)
        return self._pruned(staffing)

    def _with_best(
        self, staffing: dict[str, int], missing: Mapping[str, float]
    ) -> tuple[dict[str, int], Mapping[str, float]]:
        """Return the staffing with one more, and what is missing then."""
        useful = [each for each in self.profiles if any(missing.get(q) for q in each.queues)]
        before = sum(missing.values())
        tried = [(each, _changed(staffing, each, +1)) for each in useful]
        gaps = [self._missing(candidate) for _, candidate in tried]
        best = min(
            range(len(tried)),
            key=lambda i: (
                (sum(gaps[i].values()) - before) / tried[i][0].cost,
                len(tried[i][0].queues),
                i,
            ),
        )
        return tried[best][1], gaps[best]

    def _pruned(self, staffing: dict[str, int]) -> dict[str, int]:
        dearest = sorted(self.profiles, key=lambda each: (-each.cost, -len(each.queues)))
        for profile in dearest:
            while staffing[profile.name]:
                fewer = _changed(staffing, profile, -1)
                if any(self._missing(fewer).values()):
                    break
                staffing = fewer
        return staffing

    def _missing(self, staffing: Staffing) -> dict[str, float]:
        reached = self.evaluate(staffing)
        return {name: max(0.0, level - reached[name]) for name, level in self.targets.items()}


def first_guess(
    loads: Mapping[str, float], profiles: Sequence[Profile], agents: int
) -> dict[str, int]:
    """Return ``agents`` split by square roots: each queue its load, and of the rest its root.

    Loads in erlangs. Each queue's part goes to the profile that can serve it and fewest others.
    Source: R. Wallace and W. Whitt, A staffing algorithm for call centers with skill-based
    routing, Manufacturing & Service Operations Management 7 (2005).
    """
    roots = sum(sqrt(load) for load in loads.values())
    spare = (agents - sum(loads.values())) / roots if roots else 0.0
    parts = {name: max(0.0, load + spare * sqrt(load)) for name, load in loads.items()}
    whole = {name: int(part) for name, part in parts.items()}
    by_rest = sorted(parts, key=lambda name: (whole[name] - parts[name], name))
    for name in by_rest[: max(0, agents - sum(whole.values()))]:
        whole[name] += 1
    staffing = {profile.name: 0 for profile in profiles}
    for name, count in whole.items():
        able = [profile for profile in profiles if name in profile.queues]
        if not able:
            raise ValueError(f"No profile serves {name}.")
        staffing[min(able, key=lambda profile: len(profile.queues)).name] += count
    return staffing


def _changed(staffing: Staffing, profile: Profile, by: int) -> dict[str, int]:
    return {**staffing, profile.name: staffing[profile.name] + by}
