"""Facts as they are stored → facts as the engine takes them."""

from routing import facts as engine
from storage import people as stored

REFUSED_S = 60.0
"""Who declined, missed or handed on a conversation is not asked again for so long."""

NO_QUEUE = engine.QueueFacts(id="")
"""Where customers wait whose queue was archived, or who never had one: anybody may take them."""


def agent_facts(agent: stored.AgentFacts, *, is_online: bool) -> engine.AgentFacts:
    """Say what an agent can do and holds."""
    return engine.AgentFacts(
        id=str(agent.id),
        skills=agent.skills,
        capacity=agent.capacity,
        in_hand=len(agent.held),
        status=agent.status,
        online=is_online,
        idle_since=agent.idle_since.timestamp(),
    )


def queue_facts(queue: stored.QueueFacts) -> engine.QueueFacts:
    """Say what a queue asks of agents."""
    return engine.QueueFacts(
        id=str(queue.id),
        rings=(
            engine.Ring(needs={need.key: need.level for need in queue.skills if need.required}),
        ),
        preferred={skill.key: skill.level for skill in queue.skills if not skill.required},
        priority=queue.priority,
        match_language=queue.match_language,
        offer_timeout_s=float(queue.offer_timeout_s),
    )


def task_facts(
    waiting: stored.WaitingFacts, *, is_known_queue: bool, offered_to: tuple[str, ...]
) -> engine.TaskFacts:
    """Say who waits."""
    refused: dict[str, float] = {}
    for refusal in waiting.refusals:
        until = refusal.at.timestamp() + REFUSED_S
        agent_id = str(refusal.agent_id)
        refused[agent_id] = max(until, refused.get(agent_id, until))
    wanted = _text(waiting.wanted_agent_id)
    if wanted is not None:
        refused.pop(wanted, None)  # asked for by name after that; a new refusal clears the wish
    return engine.TaskFacts(
        id=str(waiting.id),
        queue=str(waiting.queue_id) if is_known_queue else NO_QUEUE.id,
        queued_at=waiting.queued_at.timestamp(),
        priority=waiting.priority,
        language=waiting.locale,
        last_agent=_text(waiting.last_agent_id),
        wanted_agent=wanted,
        refused=refused,
        offered_to=offered_to,
    )


def _text(agent_id: object | None) -> str | None:
    return None if agent_id is None else str(agent_id)
