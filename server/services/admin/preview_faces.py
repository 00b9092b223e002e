"""A trial of a queue as the wire shows it. Pure: names and ids come in as arguments."""

from collections.abc import Mapping
from typing import cast

from routing.facts import AgentFacts
from routing.filters import Filter
from routing.outlook import Row
from server.protocol.preview import (
    AbleAgent,
    AskedSkill,
    PreviewRing,
    QueuePreview,
    Reason,
    UnableAgent,
)
from server.services.assignment.trial import Trial

NAMED_MAX = 50
REASONS: tuple[Reason, ...] = (
    "full", "limit", "idle", "busy", "away", "not_responding", "offline",
)  # fmt: skip
"""Who is nearest to taking one comes first."""


class Faces:
    """Shows a trial: ``names`` of agents by id, ``skills`` the ids of skills by key."""

    def __init__(self, trial: Trial, names: Mapping[str, str], skills: Mapping[str, str]) -> None:
        self._trial, self._names, self._skills = trial, names, skills
        self._seen: set[str] = set()

    def preview(self, age_s: int) -> QueuePreview:
        """Show all of it."""
        rows = self._trial.rows
        ends = [int(row.after_s) for row in rows[1:]]
        return QueuePreview(
            rings=[self._ring(row, end) for row, end in zip(rows, [*ends, None], strict=True)],
            ring=sum(row.after_s <= age_s for row in rows) - 1,
            uncovered=not any(row.is_covered for row in rows),
            waiting=self._trial.waiting,
            taken_at_once=self._trial.taken,
            decided_by=next((row.decided_by for row in rows if row.able), None),
        )

    def _ring(self, row: Row, until_s: int | None) -> PreviewRing:
        helpers = self._trial.helpers
        own = max(n for n in range(row.rings[-1] + 1) if n not in helpers)
        able = [each.agent for _, name, each in row.able if name not in self._seen]
        unable = [each for each in row.unable if each[0].id not in self._seen]
        self._seen.update(agent.id for agent in able)
        self._seen.update(agent.id for agent, _ in unable)
        return PreviewRing(
            from_s=int(row.after_s),
            until_s=until_s,
            asks=[
                AskedSkill(skill=self._skills[key], level=level)
                for key, level in self._trial.rings[own].needs.items()
            ],
            helps=[helpers[n] for n in row.rings if n in helpers],
            early=[helpers[n] for n in row.early if n in helpers],
            eased=any(n not in helpers for n in row.early),
            able=[self._able(agent) for agent in able[:NAMED_MAX]],
            able_count=len(able),
            unable=sorted((self._unable(*each) for each in unable), key=_nearest)[:NAMED_MAX],
            unable_count=len(unable),
            covered=row.is_covered,
        )

    def _able(self, agent: AgentFacts) -> AbleAgent:
        return AbleAgent(
            id=agent.id,
            name=self._names[agent.id],
            in_hand=agent.in_hand,
            capacity=agent.capacity,
        )

    def _unable(self, agent: AgentFacts, kept_by: Filter) -> UnableAgent:
        name = self._names[agent.id]
        return UnableAgent(id=agent.id, name=name, reason=_reason(agent, kept_by))


def _reason(agent: AgentFacts, kept_by: Filter) -> Reason:
    if kept_by == "status":
        return "busy" if agent.status == "busy" else "away"
    if kept_by == "short":
        return "full"
    return cast("Reason", kept_by)


def _nearest(agent: UnableAgent) -> tuple[int, str, str]:
    return REASONS.index(agent.reason), agent.name, agent.id
