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


def left_out(
    engine: Engine, task: TaskFacts, visit: Visit, but: set[str], now: float
) -> tuple[dict[str, str], dict[str, int]]:
    """Return who cannot take a task and the filter of each, and how many each filter removed.

    In a shop with more than ``NAMED_MAX`` agents only the counts, and those by profile: whoever is
    offline, idle or not responding counts as "status", whoever is at a limit as "behind".
    """
    if len(engine.pool.agents) > NAMED_MAX:
        return {}, _count_by_profile(engine, task, visit, but, now)
    others = (agent for agent in engine.pool.agents.values() if agent.id not in but)
    named: dict[str, str] = {
        agent.id: removed_by(engine, agent, task, visit, now) for agent in others
    }
    return named, dict(Counter(named.values()))


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
        return "reserved" if engine.is_kept_from(agent.id, task.id, now) else "behind"
    if firm(agent, queue) + queue.units <= agent.capacity:
        return "limit"
    return "short" if firm(agent, queue) < agent.capacity else "full"


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
    pool, mask = engine.pool, visit.stand.mask
    able = list(pool.profiles(mask))
    members = sum(profile.members for profile in able)
    ready = sum(profile.ready for profile in able)
    free, short = _with_room(engine, able, visit.stand.queue)
    filters = _filters(engine, task, visit, now) if task.refused or engine.saving.kept else []
    refused, reserved = filters.count("refused"), filters.count("reserved")
    inside = sum(bool(pool.where[name].bit & mask) for name in compared)
    counts = {
        "skills": len(pool.agents) - members - (len(compared) - inside),
        "status": members - ready,
        "full": ready - free - short,
        "short": short,
        "refused": refused,
        "reserved": reserved,
        "behind": free - inside - refused - reserved,
    }
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


def _filters(engine: Engine, task: TaskFacts, visit: Visit, now: float) -> list[Filter]:
    """Return what keeps those who have refused a task, or whose room is saved."""
    agents = engine.pool.agents
    names = {*task.refused, *engine.saving.kept} & agents.keys()
    return [removed_by(engine, agents[name], task, visit, now) for name in names]
