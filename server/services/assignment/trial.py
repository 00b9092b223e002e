"""A queue tried out, on an engine of its own that is filled from a board."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from uuid import UUID

from routing import facts as engine_facts
from routing.engine import Engine
from routing.outlook import Row, outlook
from server.services.assignment.board import Board
from server.services.assignment.facts import NO_QUEUE, queue_facts
from storage.handling import Traffic
from storage.people import QueueFacts

ROWS_MAX = 12


@dataclass(frozen=True, slots=True)
class Sample:
    """What a board says at a moment. The board may change while the queue is being tried."""

    agents: list[engine_facts.AgentFacts]
    tasks: list[engine_facts.TaskFacts]
    queues: dict[str, QueueFacts]
    traffic: dict[UUID, Traffic]
    names: dict[str, str]

    @classmethod
    def of(cls, board: Board) -> "Sample":
        """Take it."""
        return cls(
            agents=list(board.engine.pool.agents.values()),
            tasks=list(board.engine.tasks.values()),
            queues=dict(board.queues),
            traffic=dict(board.traffic),
            names={str(agent_id): agent.name for agent_id, agent in board.agents.items()},
        )


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it: rows by age, and how many of those who wait would be offered at once.

    ``helpers``: which of the queue's rings are the agents of another queue, and of which.
    """

    rows: list[Row]
    rings: tuple[engine_facts.Ring, ...]
    helpers: dict[int, str]
    waiting: int
    taken: int


def tried(sample: Sample, draft: QueueFacts, language: str | None, now: float) -> Trial:
    """Try a queue among all others of a shop."""
    engine, name = Engine(explains=False), str(draft.id)
    queues = {**sample.queues, name: draft}
    engine.put_queue(NO_QUEUE)
    for queue in queues.values():
        engine.put_queue(queue_facts(queue, queues, sample.traffic.get(queue.id)))
    for agent in sample.agents:
        engine.put_agent(agent)
    rows = outlook(engine, name, language, now, ROWS_MAX)
    for task in sample.tasks:
        engine.put_task(task)
    waiting = sum(not each.offered_to for each in engine.queueing.members(name))
    decisions = engine.decide(now)
    taken = sum(engine.tasks[each.task].queue == name for each in decisions)
    rings = engine.queues[name].rings
    return Trial(rows, rings, _helpers(draft, rings, queues.keys()), waiting, taken)


def _helpers(
    draft: QueueFacts, rings: Sequence[engine_facts.Ring], known: Container[str]
) -> dict[int, str]:
    """Tell which ring is whose: of rings of one age the helpers' is the last."""
    last = {ring.after_s: number for number, ring in enumerate(rings)}
    helping = ((each.after_s, str(each.queue)) for each in draft.overflow)
    return {last[after_s]: queue_id for after_s, queue_id in helping if queue_id in known}
