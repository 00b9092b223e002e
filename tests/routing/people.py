"""Short names for facts, so that stories about routing stay readable."""

from collections.abc import Mapping

from msgspec.structs import replace

from routing.engine import Decision, Engine
from routing.facts import AgentFacts, QueueFacts, Ring, TaskFacts

NOW = 1_000_000.0


def agent(name: str, **facts: object) -> AgentFacts:
    return replace(AgentFacts(id=name, capacity=1), **facts)


def queue(
    name: str = "general", required: Mapping[str, int] | None = None, **facts: object
) -> QueueFacts:
    return replace(QueueFacts(id=name, rings=(Ring(needs=required or {}),)), **facts)


def task(name: str, waited_s: float = 0.0, **facts: object) -> TaskFacts:
    plain = TaskFacts(id=name, queue="general", queued_at=NOW - waited_s)
    return replace(plain, **facts)


def engine(*facts: AgentFacts | QueueFacts | TaskFacts) -> Engine:
    """An engine that knows these; the queue "general" is always there."""
    made = Engine()
    queues = [fact for fact in facts if isinstance(fact, QueueFacts)] or [queue()]
    for fact in (*queues, *facts):
        put(made, fact)
    return made


def put(made: Engine, fact: AgentFacts | QueueFacts | TaskFacts) -> bool:
    match fact:
        case AgentFacts():
            return made.put_agent(fact)
        case QueueFacts():
            return made.put_queue(fact)
        case TaskFacts():
            return made.put_task(fact)


def pairs(decisions: list[Decision]) -> list[tuple[str, str]]:
    return [(decision.task, decision.agent) for decision in decisions]
