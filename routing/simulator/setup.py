"""A scenario as the engine is told it: types of customers are queues, servers are agents."""

from routing.facts import AgentFacts, QueueFacts, Ring
from routing.simulator.scenario import CustomerType, Scenario, Server
from routing.simulator.waves import Mix
from routing.simulator.world import Desk


def desk(scenario: Scenario, policy: str) -> Desk:
    """Return the desk of a scenario, its queues with a policy."""
    return Desk(
        agents=tuple(_agent(name, server) for name, server in _named(scenario)),
        queues=tuple(_queue(number, kind, policy) for number, kind in enumerate(scenario.types)),
        speeds=tuple(
            tuple(server.speed(kind) if server.may(kind, 1) else 1.0 for kind in scenario.types)
            for server in scenario.agents
        ),
        slow=scenario.slow,
        room=scenario.room,
    )


def mix(scenario: Scenario) -> Mix:
    """Return who comes in a scenario."""
    return Mix(
        types=scenario.types,
        names=tuple(_queue_id(number) for number in range(len(scenario.types))),
        liked=tuple(
            tuple(name for name, server in _named(scenario) if server.may(kind, kind.rings[-1][1]))
            for kind in scenario.types
        ),
    )


def _named(scenario: Scenario) -> list[tuple[str, Server]]:
    return [(f"a{number:05}", server) for number, server in enumerate(scenario.agents)]


def _queue_id(number: int) -> str:
    return f"q{number:03}"


def _agent(name: str, server: Server) -> AgentFacts:
    return AgentFacts(
        id=name,
        skills={skill: level for skill, (level, _) in server.skills.items()},
        speeds={skill: speed for skill, (_, speed) in server.skills.items() if speed != 1},
        primary=server.primary or tuple(server.skills),
        capacity=server.cap,
    )


def _queue(number: int, kind: CustomerType, policy: str) -> QueueFacts:
    return QueueFacts(
        id=_queue_id(number),
        rings=tuple(
            Ring(after_s=after_s, needs=dict.fromkeys(kind.req, level))
            for after_s, level in kind.rings
        ),
        policy=policy,
        weight=kind.weight,
        load=kind.rate * kind.mean,
        mean_s=kind.mean,
    )
