"""Who could take a task of a queue at each age: for those who shape queues. It decides nothing."""

from bisect import bisect_left
from collections.abc import Sequence

from msgspec import Struct

from routing import explain, reasons
from routing.choice import Ranked
from routing.engine import Engine
from routing.facts import AgentFacts, QueueFacts, TaskFacts
from routing.filters import Filter, removed_by
from routing.line import Visit
from routing.policy import POLICIES, Subject

HAIR_S = 0.001
"""So much older than a ring asks for, that rounding does not keep it shut."""


class Row(Struct, frozen=True, kw_only=True):
    """An age from which something changes, and who could take a task of that age.

    ``rings`` open at this age. ``able`` are all who could take it now, the best first;
    ``unable`` have what is asked for, and what keeps them. ``decided_by`` tells the first from
    the second. ``early``: rings that are open before their age, because nobody else is ready.
    """

    after_s: float
    rings: tuple[int, ...]
    able: Sequence[Ranked]
    unable: Sequence[tuple[AgentFacts, Filter]]
    decided_by: str | None
    is_covered: bool
    early: tuple[int, ...]


def outlook(
    engine: Engine, queue_id: str, language: str | None, now: float, rows_max: int
) -> list[Row]:
    """Return the first rows of a queue. A task of each age is put for that, and dropped again."""
    queue = engine.queues[queue_id]
    ages = sorted({ring.after_s for ring in queue.rings})[:rows_max]
    return [_row(engine, queue, language, age, now) for age in ages]


def everybody(engine: Engine, task: TaskFacts, visit: Visit, now: float) -> list[Ranked]:
    """Return all who may take a task, best first: those too whom the engine need not compare."""
    stands, pool, choice = engine.stands, engine.pool, engine.choice
    service = stands.services[task.queue]
    policy = POLICIES[service.queue.policy]
    view = choice.view(task, service, policy)
    found = [
        Subject(
            agent,
            stands.fit(pool.where[agent.id], service, task.language),
            bisect_left(pool.names, agent.id),
        )
        for agent in pool.agents.values()
        if choice.may_take(task, agent, visit, now)
    ]
    return sorted((policy.rank(each, view), each.agent.id, each) for each in found)


def _row(engine: Engine, queue: QueueFacts, language: str | None, age_s: float, now: float) -> Row:
    task = TaskFacts(
        id=f"~{age_s}", queue=queue.id, queued_at=now - age_s - HAIR_S, language=language
    )
    engine.put_task(task)
    engine.queueing.settle(now)
    visit = engine.queueing.visits[task.id]
    able = everybody(engine, task, visit, now)
    row = Row(
        after_s=age_s,
        rings=tuple(n for n, ring in enumerate(queue.rings) if ring.after_s == age_s),
        able=able,
        unable=list(_unable(engine, task, visit, {name for _, name, _ in able}, now)),
        decided_by=_decided_by(engine, task, visit, able, now),
        is_covered=visit.stand.mask != 0,
        early=_early(engine, visit),
    )
    engine.drop_task(task.id)
    return row


def _unable(
    engine: Engine, task: TaskFacts, visit: Visit, but: set[str], now: float
) -> list[tuple[AgentFacts, Filter]]:
    """Return who has what is asked for and cannot take it now, and what keeps each."""
    pool, mask = engine.pool, visit.stand.mask
    return [
        (agent, removed_by(engine, agent, task, visit, now))
        for agent in pool.agents.values()
        if agent.id not in but and pool.where[agent.id].bit & mask
    ]


def _decided_by(
    engine: Engine, task: TaskFacts, visit: Visit, able: Sequence[Ranked], now: float
) -> str | None:
    if not able:
        return None
    record = explain.record(engine, task, visit, able, now)
    return str(reasons.facts(record)["decided_by"])


def _early(engine: Engine, visit: Visit) -> tuple[int, ...]:
    service = engine.stands.services[visit.stand.queue.id]
    later = range(visit.stand.ring + 1, len(service.base))
    return tuple(
        ring
        for ring in later
        if service.base[ring]
        and service.queue.rings[ring].skip
        and service.base[ring] & visit.stand.mask == service.base[ring]
        and service.base[ring] & ~_own(service.base, visit.stand.ring)
    )


def _own(base: Sequence[int], ring: int) -> int:
    mask = 0
    for each in base[: ring + 1]:
        mask |= each
    return mask
