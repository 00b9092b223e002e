"""What the host believes, for whoever has to find out why it did not act."""

from collections.abc import Iterable
from uuid import UUID

from tests.assignment.machine.picture import Agent, Talk
from tests.assignment.nodes import Node


def believed(nodes: Iterable[Node], pairs: Iterable[tuple[Talk, Agent]]) -> list[str]:
    """Say what each node that has a board knows of these conversations and agents."""
    pairs = list(pairs)
    talks, agents = {talk.id for talk, _ in pairs}, {agent.id for _, agent in pairs}
    return [line for node in nodes for line in _of_node(node, talks, agents)]


def _of_node(node: Node, talks: set[UUID], agents: set[UUID]) -> list[str]:
    host = node.host
    boards = host._boards.values()
    said = [f"lease {node.tenure.lease}, pokes {bool(node.pokes)}, boards {len(boards)}"]
    for board in boards:
        engine = board.engine
        said += [f"touched {engine.is_touched}, online {board.online & agents}"]
        said += [
            f"{engine.pool.agents.get(str(each))} until {board.until.get(each)}" for each in agents
        ]
        said += [
            f"{engine.tasks.get(str(each))} {engine.queueing.visits.get(str(each))}"
            for each in talks
        ]
    return said
