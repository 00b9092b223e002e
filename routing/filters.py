"""Who cannot take a task, and the first filter that each of them does not pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from routing.facts import AgentFacts, QueueFacts, TaskFacts
from routing.pool import Profile, firm, has_room

if TYPE_CHECKING:
    from routing.engine import Engine
    from routing.line import Visit

NAMED_MAX = 200

Filter = Literal[
    "skills", "ring", "offline", "status", "not_responding", "idle", "kept", "full", "limit",
    "short", "refused", "reserved", "behind",
]  # fmt: skip


def everybody_left_out(
    engine: Engine, task: TaskFacts, visit: Visit, but: set[str], now: float
) -> tuple[dict[str, str], dict[str, int]]:
    """Return who cannot take a task and the filter of each, and how many each filter removed.

    In a shop with more than ``NAMED_MAX`` agents only the counts.
    """
    agents = engine.pool.agents
    others = (agent for agent in agents.values() if agent.id not in but)
    named: dict[str, str] = {
        agent.id: removed_by(engine, agent, task, visit, now) for agent in others
    }
    return named if len(agents) <= NAMED_MAX else {}, dict(Counter(named.values()))


def left_out(
    engine: Engine, task: TaskFacts, visit: Visit, but: set[str], now: float
) -> tuple[dict[str, str], dict[str, int]]:
    """Return the same for a decision, cheaply however many agents there are.

    In a shop with more than ``NAMED_MAX`` they are counted by profile: whoever is offline, idle or
    not responding counts as "status", whoever is at a limit as "behind".
    """
    if len(engine.pool.agents) > NAMED_MAX:
        return {}, _count_by_profile(engine, task, visit, but, now)
    return everybody_left_out(engine, task, visit, but, now)


def removed_by(  # noqa: PLR0911 - one line a filter
    engine: Engine, agent: AgentFacts, task: TaskFacts, visit: Visit, now: float
) -> Filter:
    """Name the first filter that an agent does not pass, or "behind" an equal one.

    "short": they have room, but not enough. "reserved": it is saved for somebody who comes first.
    """
    queue, profile = visit.stand.queue, engine.pool.where[agent.id]
    is_let_in = agent.id == task.wanted_agent or bool(profile.bit & visit.stand.mask)
    if not is_let_in and queue.id not in profile.queues:
        return "skills"
    if not agent.ready:
        return _absence(agent)
    if not is_let_in:
        return "ring"
    if visit.only is not None and visit.only != agent.id:
        return "kept"
    if task.refused.get(agent.id, now) > now:
        return "refused"
    if has_room(agent, queue):
        is_handed = agent.id == task.wanted_agent
        is_reserved = not is_handed and engine.is_kept_from(agent.id, task.id, now)
        return "reserved" if is_reserved else "behind"
    by_room = _by_room(agent, queue)
    return "limit" if by_room == "behind" else by_room


def _absence(agent: AgentFacts) -> Filter:
    """Name what keeps somebody who is not ready."""
    if not agent.online:
        return "offline"
    if agent.status != "available":
        return "status"
    return "idle" if agent.responding else "not_responding"


def _count_by_profile(
    engine: Engine, task: TaskFacts, visit: Visit, compared: set[str], now: float
) -> dict[str, int]:
    """Count who was left out without asking every agent."""
    pool, mask, queue = engine.pool, visit.stand.mask, visit.stand.queue
    able = list(pool.profiles(mask))
    members = sum(profile.members for profile in able)
    ready = sum(profile.ready for profile in able)
    free, short = _with_room(engine, able, queue)
    inside = sum(bool(pool.where[name].bit & mask) for name in compared)
    counts = Counter[str](
        {
            "skills": len(pool.agents) - members - (len(compared) - inside),
            "status": members - ready,
            "full": ready - free - short,
            "short": short,
            "behind": free - inside,
        }
    )
    for name in {*task.refused, *engine.saving.kept} - compared:
        if (agent := pool.agents.get(name)) is None:
            continue
        if agent.ready and pool.where[name].bit & mask:  # counted by room alone
            counts[_by_room(agent, queue)] -= 1
            counts[removed_by(engine, agent, task, visit, now)] += 1
    return {reason: count for reason, count in counts.items() if count}


def _with_room(engine: Engine, able: Sequence[Profile], queue: QueueFacts) -> tuple[int, int]:
    """Count who has room for a task of a queue, limits aside, and who has some, not enough."""
    units, agents = queue.units, engine.pool.agents
    free = rows = sum(len(row) for profile in able for row in profile.rows)
    if units > 1:
        most = ((profile.rows, max(0, profile.capacity - units + 1)) for profile in able)
        free = sum(len(row) for levels, enough in most for row in levels[:enough])
    short = rows - free
    for profile in able:
        for _, name in profile.parking:
            room = agents[name].capacity - firm(agents[name], queue)
            free += room >= units
            short += 0 < room < units
    return free, short


def _by_room(agent: AgentFacts, queue: QueueFacts) -> Filter:
    """Name how somebody who is ready was counted who is under no limit."""
    room = agent.capacity - firm(agent, queue)
    return "behind" if room >= queue.units else "short" if room > 0 else "full"
