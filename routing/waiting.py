"""Why somebody still waits: who could take them, what keeps each of those, and what changes next.

It only reads. An engine that never decides is to ``look`` first.
"""

from collections.abc import Mapping
from math import inf
from typing import Literal

from msgspec import Struct

from routing.engine import Engine
from routing.facts import PRIORITY_STEP_S, QueueFacts, Ring, TaskFacts
from routing.filters import Filter, everybody_left_out
from routing.line import Visit
from routing.order import AGED, GROWING, aged_at, saves_at

Outlook = Literal[
    "offered", "uncovered", "nobody", "kept", "free", "saving", "reserved", "short", "full",
    "refused", "ring",
]  # fmt: skip
"""offered    it is with somebody now (``agents``)
uncovered  nobody, here or not, has what the queue asks for, in any ring
nobody     of those who have it nobody is ready
kept       it waits for one agent alone (``agents``) until ``until``
free       somebody may take it this moment: it is about to be offered
saving     it needs several units at once; an agent (``agents``) takes nothing else until they fit
reserved   whoever has room keeps it for somebody who needs more of it and comes first
short      whoever of those who could take it has room has not enough
full       all who could take it now are full
refused    those who could declined or missed it; they are asked again at ``until``
ring       those who are ready are let in by a later ring, which opens at ``until``
"""

ChangeKind = Literal["ring", "kept", "refusal", "aged", "saves"]

WHERE_FILTERS: Mapping[Filter, Outlook] = {
    "behind": "free",
    "reserved": "reserved",
    "short": "short",
    "full": "full",
    "limit": "full",
    "refused": "refused",
    "ring": "ring",
}


class Step(Struct, frozen=True):
    """A skill, and the level at which it is asked for before and after; 0: not at all."""

    skill: str
    before: int
    after: int


class Change(Struct, frozen=True, kw_only=True):
    """What time alone will change: a ring opens, a window or a refusal ends, they are aged.

    Or room is saved for them from then on. Of a ring: the ``steps`` from what the one before asks.
    """

    kind: ChangeKind
    at: float
    agent: str | None = None
    ring: int | None = None
    steps: tuple[Step, ...] = ()


class Terms(Struct, frozen=True, kw_only=True):
    """What makes somebody's turn, in seconds: see ``routing.order``."""

    tier: int
    aged: bool
    waited_s: float
    priority_s: float
    boost_s: float
    target_s: float | None
    weight: float


class Waiting(Struct, frozen=True, kw_only=True):
    """Why a task waits. ``position`` in its line from 1; ``rivals`` go before it from other lines.

    ``filters`` counts who cannot take it by what keeps them ("behind": nothing does; to whom it is
    offered is left aside), ``named`` says who they are where the shop is not too large.
    ``changes``: the soonest first.
    """

    at: float
    outlook: Outlook
    terms: Terms
    position: int
    rivals: int
    ring: int
    rings: int
    filters: Mapping[str, int]
    named: Mapping[str, str]
    agents: tuple[str, ...] = ()
    until: float | None = None
    changes: tuple[Change, ...] = ()


def why_waiting(engine: Engine, task_id: str, now: float) -> Waiting:
    """Tell why a task that has its place waits; who is unknown raises KeyError."""
    task, visit = engine.queueing.tasks[task_id], engine.queueing.visits[task_id]
    queue = visit.stand.queue
    named, filters = everybody_left_out(engine, task, visit, {*task.offered_to}, now)
    changes = tuple(_changes(engine, task, visit, now))
    outlook = _outlook(engine, task, visit, filters)
    return Waiting(
        at=now,
        outlook=outlook,
        agents=_agents(engine, outlook, task, visit),
        until=_until(outlook, changes),
        position=engine.waiting(queue.id, now).index(task_id) + 1,
        rivals=_rivals(engine, task, visit, now),
        ring=visit.stand.ring,
        rings=len(queue.rings),
        filters=filters,
        named=named,
        changes=changes,
        terms=Terms(
            tier=task.tier,
            aged=visit.tier[1] == AGED,
            waited_s=max(0.0, now - task.queued_at),
            priority_s=PRIORITY_STEP_S * (task.priority + queue.priority),
            boost_s=task.boost_s,
            target_s=queue.target_s,
            weight=queue.weight,
        ),
    )


def _outlook(engine: Engine, task: TaskFacts, visit: Visit, filters: Mapping[str, int]) -> Outlook:
    if task.offered_to:
        return "offered"
    wanted = engine.pool.agents.get(task.wanted_agent or "")
    if wanted is None and not engine.covered(task.queue):
        return "uncovered"
    if not engine.ready_for(task.queue) and not (wanted is not None and wanted.ready):
        return "nobody"
    if visit.only is not None:
        return "kept"
    if "behind" not in filters and task.id in engine.saving.kept.values():
        return "saving"
    return _by_filters(filters)


def _by_filters(filters: Mapping[str, int]) -> Outlook:
    for each, outlook in WHERE_FILTERS.items():
        if each in filters:
            return outlook
    return "full"


def _agents(engine: Engine, outlook: Outlook, task: TaskFacts, visit: Visit) -> tuple[str, ...]:
    """Return of whom an outlook speaks."""
    if outlook == "kept" and visit.only is not None:
        return (visit.only,)
    if outlook == "saving":
        return tuple(name for name, other in engine.saving.kept.items() if other == task.id)
    return tuple(name for name in task.offered_to if name)


def _until(outlook: Outlook, changes: tuple[Change, ...]) -> float | None:
    """Return when what the outlook says may end by itself."""
    kinds = {"kept": "kept", "refused": "refusal", "ring": "ring"}
    return next((each.at for each in changes if each.kind == kinds.get(outlook)), None)


def _changes(engine: Engine, task: TaskFacts, visit: Visit, now: float) -> list[Change]:
    """Return what time alone will change, the soonest first."""
    if task.offered_to:
        return []
    queue = visit.stand.queue
    found = [
        Change(kind="refusal", at=until, agent=agent_id)
        for agent_id, until in task.refused.items()
        if until > now and agent_id in engine.pool.agents
    ]
    found += _rings(queue, task, visit.stand.ring)
    if visit.only is not None:
        found.append(Change(kind="kept", at=task.sticky_until, agent=visit.only))
    if engine.queueing.ages and visit.tier[1] == GROWING:
        found.append(Change(kind="aged", at=aged_at(task, queue)))
    at = saves_at(task, queue, engine.order)
    if now < at < inf:
        found.append(Change(kind="saves", at=at))
    return sorted(found, key=lambda change: (change.at, change.kind, change.agent or ""))


def _rings(queue: QueueFacts, task: TaskFacts, now_open: int) -> list[Change]:
    later = [*enumerate(queue.rings)][now_open:]
    return [
        _opened(number, ring, queue.rings[number - 1], task.queued_at + ring.after_s)
        for number, ring in later[1:]
    ]


def _opened(number: int, ring: Ring, before: Ring, at: float) -> Change:
    skills = {**before.needs, **ring.needs}
    steps = [Step(key, before.needs.get(key, 0), ring.needs.get(key, 0)) for key in skills]
    changed = tuple(step for step in steps if step.before != step.after)
    return Change(kind="ring", at=at, ring=number, steps=changed)


def _rivals(engine: Engine, task: TaskFacts, visit: Visit, now: float) -> int:
    """Count who waits in other lines, goes first, and asks for agents who could take this one."""
    queueing, turn = engine.queueing, engine.queueing.turn(task.id, now)
    return sum(
        other.is_live
        and other.only is None
        and bool(other.stand.mask & visit.stand.mask)
        and queueing.turn(other_id, now) < turn
        for other_id, other in queueing.visits.items()
        if other.stand.queue.id != task.queue
    )
