"""What an agent holds, with a task more or less."""

from msgspec.structs import replace

from routing.facts import AgentFacts, QueueFacts


def with_(agent: AgentFacts, queue: QueueFacts) -> AgentFacts:
    """Return an agent who holds one more task of a queue."""
    return _holding(agent, queue, 1, agent.idle_since)


def without(agent: AgentFacts, queue: QueueFacts, *, idle_since: float | None = None) -> AgentFacts:
    """Return an agent who holds one task of a queue less."""
    return _holding(agent, queue, -1, agent.idle_since if idle_since is None else idle_since)


def _holding(agent: AgentFacts, queue: QueueFacts, more: int, idle_since: float) -> AgentFacts:
    units, held = more * queue.units, agent.held
    if queue.per_agent_max is None and not queue.interruptible:
        return replace(agent, in_hand=agent.in_hand + units, idle_since=idle_since)
    if queue.per_agent_max is not None:
        held = {**held, queue.id: held.get(queue.id, 0) + more}
        held = {name: count for name, count in held.items() if count}
    return replace(
        agent,
        in_hand=agent.in_hand + units,
        parkable=agent.parkable + units if queue.interruptible else agent.parkable,
        held=held,
        idle_since=idle_since,
    )
