"""Why this agent: a record of the decision that can be stored, shown, and decided again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import Struct

from routing.choice import asked
from routing.facts import AgentFacts, QueueFacts, TaskFacts
from routing.policy import POLICIES, Policy, Rank, Subject, View
from routing.pool import Profile, firm, has_room

if TYPE_CHECKING:
    from routing.choice import Ranked
    from routing.engine import Engine
    from routing.line import Visit

SHOWN_MAX = 20
NAMED_MAX = 200

Filter = Literal[
    "skills", "ring", "offline", "status", "not_responding", "idle", "kept", "full", "limit",
    "short", "refused", "reserved", "behind",
]  # fmt: skip


class Candidate(Struct, frozen=True, kw_only=True):
    """Somebody who could have taken it, as they were then. Smaller ranks are better."""

    subject: Subject
    rank: Mapping[str, float]


class Record(Struct, frozen=True, kw_only=True):
    """A decision with all that it was made from.

    ``ring`` was open for the task, from 0. ``candidates`` are the best of those compared, in order.
    Of agents who are equal in skills, capacity and load only the longest idle is compared, and the
    next of those beside the best; the others are ``behind`` in ``removed``. ``removed_agents``
    names who was left out and by which filter, where the shop is not too large.
    """

    at: float
    policy: str
    task: TaskFacts
    queue: QueueFacts
    ring: int
    view: View
    chosen: tuple[str, ...]
    candidates: list[Candidate]
    compared: int
    removed: Mapping[str, int]
    removed_agents: Mapping[str, str]
    runner_up: str | None = None
    decided_by: str | None = None
    margin: float | None = None


def record(
    engine: Engine,
    task: TaskFacts,
    visit: Visit,
    ranked: Sequence[Ranked],
    now: float,
) -> Record:
    """Write down a decision for the first of ``ranked``, before it changes anything."""
    service = engine.stands.services[task.queue]
    queue, policy = service.queue, POLICIES[service.queue.policy]
    view = engine.choice.view(task, service, policy)
    shown = ranked[:SHOWN_MAX]
    priced = {name for _, _, subject in shown for name in subject.fit.others}
    named, counts = left_out(engine, task, visit, {name for _, name, _ in ranked}, now)
    runner_up, decided_by, margin = _second(ranked, policy)
    return Record(
        at=now,
        policy=policy.name,
        task=task,
        queue=queue,
        ring=visit.stand.ring,
        view=msgspec.structs.replace(view, prices={name: view.prices[name] for name in priced}),
        chosen=asked(ranked, queue),
        candidates=[
            Candidate(subject=subject, rank=dict(zip(policy.terms, rank, strict=True)))
            for rank, _, subject in shown
        ],
        compared=len(ranked),
        removed=counts,
        removed_agents=named,
        runner_up=runner_up,
        decided_by=decided_by,
        margin=margin,
    )


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


def replay(record: Record, policies: Mapping[str, Policy] = POLICIES) -> tuple[str, ...]:
    """Decide again from the record alone, and return the agents."""
    policy = policies[record.policy]
    subjects = (candidate.subject for candidate in record.candidates)
    ranked = sorted((policy.rank(each, record.view), each.agent.id, each) for each in subjects)
    return asked(ranked, record.queue)


def to_json(record: Record) -> dict[str, Any]:
    """Return the record as plain values, to be stored."""
    plain: dict[str, Any] = msgspec.to_builtins(record)
    return plain


def from_json(plain: Mapping[str, Any]) -> Record:
    """Read a stored record back."""
    return msgspec.convert(plain, Record)


def _second(
    ranked: Sequence[Ranked], policy: Policy
) -> tuple[str | None, str | None, float | None]:
    """Return the runner-up, the first term in which they fell behind, and by how much."""
    if len(ranked) == 1:
        return None, None, None
    best: Rank = ranked[0][0]
    second, runner_up, _ = ranked[1]
    for term, mine, theirs in zip(policy.terms, best, second, strict=True):
        if mine != theirs:
            return runner_up, term, theirs - mine
    return runner_up, "id", None


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
