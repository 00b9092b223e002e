"""Staffings of a scenario, tried out on the same customers: what a search for a mix asks."""

from collections.abc import Mapping, Sequence

import msgspec

from routing.erlang.traffic import Traffic
from routing.simulator.chance import Chance
from routing.simulator.experiment import run
from routing.simulator.scenario import CustomerType, Scenario, Server
from routing.simulator.wording import Mistake
from routing.skill_mix import Profile, Staffing

Kinds = Mapping[str, Server]
"""The agents of a scenario that differ, by a name for each."""


def kinds(scenario: Scenario) -> Kinds:
    """Return one agent of each kind, by their own name or by their skills."""
    found: dict[str, Server] = {}
    for agent in scenario.agents:
        if agent not in found.values():
            name = agent.name or " + ".join(agent.skills)
            taken = sum(known == name or known.startswith(f"{name} #") for known in found)
            found[f"{name} #{taken + 1}" if taken else name] = agent
    return found


def queues(scenario: Scenario) -> dict[str, CustomerType]:
    """Return the types of customers, by their own name or by what they need."""
    named = [kind.name or " + ".join(kind.req) for kind in scenario.types]
    twice = len(set(named)) < len(named)
    return {
        f"{name} #{number}" if twice else name: kind
        for number, (name, kind) in enumerate(zip(named, scenario.types, strict=True), 1)
    }


def traffic(kind: CustomerType) -> Traffic:
    """Return a type of customers as formulas see them."""
    return Traffic(kind.rate, kind.mean, kind.patience)


def profiles(scenario: Scenario, queue_cost: float = 0.0) -> list[Profile]:
    """Return what each kind of agents can do in the last ring, and what one costs.

    Who can serve a queue more costs ``queue_cost`` more, as a share of one who serves a single one.
    """
    able = {
        name: frozenset(
            queue for queue, kind in queues(scenario).items() if agent.may(kind, kind.rings[-1][1])
        )
        for name, agent in kinds(scenario).items()
    }
    return [
        Profile(name, served, 1 + queue_cost * (len(served) - 1))
        for name, served in able.items()
        if served
    ]


class Trial:
    """Tells what a staffing achieves, on average over runs that meet the same customers."""

    def __init__(
        self, scenario: Scenario, policy: str, chances: Sequence[Chance], customers: range
    ) -> None:
        """Raise ``Mistake`` where customers wait for ever: with too few agents no run would end."""
        for number, kind in enumerate(scenario.types):
            if kind.patience is None:
                raise Mistake(f"types[{number}].patience is needed to try out too few agents")
        self._scenario = scenario
        self._policy = policy
        self._chances = chances
        self._customers = customers
        self._kinds = kinds(scenario)
        self._known: dict[tuple[int, ...], Mapping[str, float]] = {}

    def __call__(self, staffing: Staffing) -> Mapping[str, float]:
        """Return the service level of every queue: answered within T, of all who came."""
        counts = tuple(staffing.get(name, 0) for name in self._kinds)
        if counts not in self._known:
            self._known[counts] = self._levels(counts)
        return self._known[counts]

    def _levels(self, counts: Sequence[int]) -> Mapping[str, float]:
        names = list(queues(self._scenario))
        agents = tuple(
            agent
            for agent, count in zip(self._kinds.values(), counts, strict=True)
            for _ in range(count)
        )
        if not agents:
            return dict.fromkeys(names, 0.0)
        staffed = msgspec.structs.replace(self._scenario, agents=agents)
        runs = [run(staffed, self._policy, each, self._customers) for each in self._chances]
        return {
            name: sum(found[f"sl[{number}]"] for found in runs) / len(runs)
            for number, name in enumerate(names)
        }
