"""Why this agent: a record of the decision that can be stored, shown, and decided again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from routing.facts import AgentFacts, QueueFacts, TaskFacts
from routing.line import may_take
from routing.policy import POLICIES, Policy, Rank
from routing.pool import Pool, Profile

SHOWN_MAX = 20
NAMED_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who could have taken it, as they were then. Smaller ranks are better."""

    agent: AgentFacts
    rank: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A decision with all that it was made from.

    ``candidates`` are the best of those compared, best first. Of agents who are equal in skills,
    capacity and load only the longest idle is compared; the others are ``behind`` in ``removed``.
    ``removed_agents`` names who was left out and by which filter, where the shop is not too large.
    """

    at: float
    policy: str
    task: TaskFacts
    queue: QueueFacts
    chosen: str
    candidates: Sequence[Candidate]
    compared: int
    removed: Mapping[str, int]
    removed_agents: Mapping[str, str]
    runner_up: str | None = None
    decided_by: str | None = None
    margin: float | None = None


def record(
    task: TaskFacts,
    queue: QueueFacts,
    ranked: Sequence[tuple[Rank, AgentFacts]],
    pool: Pool,
    policy: Policy,
    now: float,
) -> Record:
    """Write down a decision for the first of ``ranked``, before it changes anything."""
    compared = {agent.id for _, agent in ranked}
    named: dict[str, str] = {}
    if len(pool.agents) <= NAMED_MAX:
        others = (agent for agent in pool.agents.values() if agent.id not in compared)
        named = {agent.id: removed_by(agent, task, pool, now) for agent in others}
        counts = _count(named.values())
    else:
        counts = _count_by_profile(task, pool, compared, now)
    runner_up, decided_by, margin = _second(ranked, policy)
    return Record(
        at=now,
        policy=policy.name,
        task=task,
        queue=queue,
        chosen=ranked[0][1].id,
        candidates=[
            Candidate(agent=agent, rank=dict(zip(policy.terms, rank, strict=True)))
            for rank, agent in ranked[:SHOWN_MAX]
        ],
        compared=len(ranked),
        removed=counts,
        removed_agents=named,
        runner_up=runner_up,
        decided_by=decided_by,
        margin=margin,
    )


def removed_by(agent: AgentFacts, task: TaskFacts, pool: Pool, now: float) -> str:
    """Name the filter: skills, offline, status, full, refused, or behind an equal one."""
    if agent.id != task.wanted_agent and not pool.is_able(agent, task.queue):
        return "skills"
    if not agent.online:
        return "offline"
    if not agent.ready:
        return "status"
    if not agent.free:
        return "full"
    return "behind" if may_take(task, agent.id, now) else "refused"


def replay(record: Record, policies: Mapping[str, Policy] = POLICIES) -> str:
    """Decide again from the record alone, and return the agent."""
    policy = policies[record.policy]
    agents = (candidate.agent for candidate in record.candidates)
    return min((policy.rank(record.task, record.queue, agent), agent.id) for agent in agents)[1]


def to_json(record: Record) -> dict[str, Any]:
    """Return the record as plain values, to be stored."""
    plain: dict[str, Any] = msgspec.to_builtins(record)
    return plain


def from_json(plain: Mapping[str, Any]) -> Record:
    """Read a stored record back."""
    return msgspec.convert(plain, Record)


def _second(
    ranked: Sequence[tuple[Rank, AgentFacts]], policy: Policy
) -> tuple[str | None, str | None, float | None]:
    """Return the runner-up, the first term in which they fell behind, and by how much."""
    if len(ranked) == 1:
        return None, None, None
    (best, _), (second, runner_up) = ranked[:2]
    for term, mine, theirs in zip(policy.terms, best, second, strict=True):
        if mine != theirs:
            return runner_up.id, term, theirs - mine
    return runner_up.id, "id", None


def _count(reasons: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    for reason in reasons:
        counts[reason] = counts.get(reason, 0) + 1
    return counts


def _count_by_profile(
    task: TaskFacts, pool: Pool, compared: set[str], now: float
) -> dict[str, int]:
    """Count who was left out by profile, without asking every agent. Offline counts as status."""
    able = pool.able(task.queue).values()
    members = sum(profile.members for profile in able)
    ready = sum(profile.ready for profile in able)
    free = sum(_free(profile) for profile in able)
    kept = [pool.agents[name] for name in task.refused if name in pool.agents]
    refused = sum(removed_by(agent, task, pool, now) == "refused" for agent in kept)
    inside = sum(pool.is_able(pool.agents[name], task.queue) for name in compared)
    counts = {
        "skills": len(pool.agents) - members - (len(compared) - inside),
        "status": members - ready,
        "full": ready - free,
        "refused": refused,
        "behind": free - inside - refused,
    }
    return {reason: count for reason, count in counts.items() if count}


def _free(profile: Profile) -> int:
    return sum(len(row) for row in profile.rows)
