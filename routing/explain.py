"""Why this agent: a record of the decision that can be stored, shown, and decided again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from routing.choice import asked
from routing.facts import QueueFacts, TaskFacts
from routing.filters import left_out
from routing.policy import POLICIES, Policy, Rank, Subject, View

if TYPE_CHECKING:
    from routing.choice import Ranked
    from routing.engine import Engine
    from routing.line import Visit

SHOWN_MAX = 20


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
