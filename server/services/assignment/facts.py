"""Facts as they are stored → facts as the engine takes them."""

from collections.abc import Mapping
from uuid import UUID

from routing import facts as engine
from storage import people as stored
from storage.handling import Traffic

REFUSED_S = 60.0
"""Who declined, missed or handed on a conversation is not asked again for so long."""

BOOST_S = 30.0
"""The head start for each offer that was declined or missed."""

NO_QUEUE = engine.QueueFacts(id="")
"""Where customers wait whose queue was archived, or who never had one: anybody may take them."""

Needs = dict[str, int]


def agent_facts(
    agent: stored.AgentFacts, *, is_online: bool, speeds: Mapping[str, float] | None = None
) -> engine.AgentFacts:
    """Say what an agent can do, how fast they are at what, and what they hold."""
    return engine.AgentFacts(
        id=str(agent.id),
        skills=agent.skills,
        speeds=speeds or {},
        capacity=agent.capacity,
        in_hand=agent.in_hand,
        held={str(queue_id): count for queue_id, count in agent.of_queue.items()},
        status=agent.status,
        online=is_online,
        responding=agent.responding,
        idle=agent.idle,
        idle_since=agent.idle_since.timestamp(),
        assigned_at=0.0 if agent.assigned_at is None else agent.assigned_at.timestamp(),
        quiet=agent.quiet,
    )


def queue_facts(
    queue: stored.QueueFacts, queues: Mapping[str, stored.QueueFacts], traffic: Traffic | None
) -> engine.QueueFacts:
    """Say what a queue asks of agents; ``queues`` are all that are in use."""
    return engine.QueueFacts(
        id=str(queue.id),
        rings=rings(queue, queues),
        preferred={skill.key: skill.level for skill in queue.skills if not skill.required},
        priority=queue.priority,
        target_s=None if queue.target_s is None else float(queue.target_s),
        weight=queue.weight,
        match_language=queue.match_language,
        policy=queue.policy,
        units=queue.units,
        per_agent_max=queue.per_agent_max,
        offers_at_once=queue.offers_at_once,
        offer_timeout_s=float(queue.offer_timeout_s),
        load=0.0 if traffic is None else _rough(traffic.arrivals_per_s * traffic.mean_s),
        mean_s=0.0 if traffic is None else _rough(traffic.mean_s),
    )


def rings(
    queue: stored.QueueFacts, queues: Mapping[str, stored.QueueFacts]
) -> tuple[engine.Ring, ...]:
    """Say who may take from a queue from which age on: less is asked for, then others help.

    A preferred skill with steps is asked for until it is dropped; without, it only ranks. Where
    others help at once while nobody is there, less is asked for at once before they do.
    """
    ages = {after_s for skill in queue.skills for after_s, _ in skill.steps}
    helpers = [each for each in queue.overflow if str(each.queue) in queues]
    helped_s = max((each.after_s for each in helpers if each.skip_if_empty), default=0)
    relaxed = [
        (age, 0, engine.Ring(after_s=float(age), needs=_needs(queue, age), skip=age <= helped_s))
        for age in ages
    ]
    helping = [
        (
            each.after_s,
            1,
            engine.Ring(
                after_s=float(each.after_s),
                needs=_needs(queues[str(each.queue)], 0),
                skip=each.skip_if_empty,
            ),
        )
        for each in helpers
    ]
    later = sorted(relaxed + helping, key=lambda ring: ring[:2])
    return (engine.Ring(needs=_needs(queue, 0)), *(ring for _, _, ring in later))


def task_facts(waiting: stored.WaitingFacts, queue: stored.QueueFacts | None) -> engine.TaskFacts:
    """Say who waits, in a queue that is in use, or in none."""
    refused: dict[str, float] = {}
    for refusal in waiting.refusals:
        until = refusal.at.timestamp() + REFUSED_S
        agent_id = str(refusal.agent_id)
        refused[agent_id] = max(until, refused.get(agent_id, until))
    wanted = _text(waiting.wanted_agent_id)
    if wanted is not None:
        refused.pop(wanted, None)  # asked for by name after that; a new refusal clears the wish
    queued_at = waiting.queued_at.timestamp()
    # Where the queue makes nothing of whom they know, that one is like any other.
    known = None if queue is not None and not queue.sticky_s else waiting.last_agent_id
    bounced = sum(refusal.is_bounce for refusal in waiting.refusals)
    return engine.TaskFacts(
        id=str(waiting.id),
        queue=NO_QUEUE.id if queue is None else str(queue.id),
        queued_at=queued_at,
        priority=waiting.priority,
        tier=engine.EMERGENCY if waiting.emergency else engine.NORMAL,
        boost_s=BOOST_S * bounced,
        language=waiting.locale,
        last_agent=_text(known),
        wanted_agent=wanted,
        sticky_until=queued_at + queue.sticky_s if queue is not None and known else 0.0,
        refused=refused,
        offered_to=tuple(map(str, waiting.offered_to)),
    )


def _needs(queue: stored.QueueFacts, age_s: int) -> Needs:
    """Return what a queue asks for at an age."""
    asked = (skill for skill in queue.skills if skill.required or skill.steps)
    levels = {skill.key: _level(skill, age_s) for skill in asked}
    return {key: level for key, level in levels.items() if level}


def _level(skill: stored.NeededSkill, age_s: int) -> int:
    level = skill.level
    for after_s, lower in skill.steps:
        if after_s <= age_s:
            level = lower
    return level


def _rough(value: float) -> float:
    """Return two digits of a figure that is measured: what is no news should not look like it."""
    return float(f"{value:.2g}")


def _text(agent_id: UUID | None) -> str | None:
    return None if agent_id is None else str(agent_id)
