"""Who could take a conversation of a queue as it is being written. Nothing is changed by asking."""

import asyncio
from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from server.protocol.errors import NotFound
from server.protocol.preview import QueueDraft, QueuePreview
from server.services.admin.preview_faces import Faces
from server.services.admin.queue_rules import NO_SKILL, helpers, needs
from server.services.assignment.board import Board
from server.services.assignment.trial import Sample, tried
from server.services.clock import Clock
from server.services.ids import uuid_at
from server.services.limits import Limit
from server.services.seats import AgentSeat
from storage import people
from storage.queues import Queues
from storage.skills import Skills

NEW = UUID(int=0)
"""The id of a queue that has none yet."""

AT_ONCE = 2
"""Large shops take a moment; so many are tried at once on a node."""


class Boards(Protocol):
    """Where shops are seen as they stand."""

    async def board(self, shop_id: UUID, /) -> Board | None:
        """Return a shop's board, read lately."""
        ...


class QueuePreviews:
    """Tries queues out for those who may change them."""

    def __init__(
        self, queues: Queues, skills: Skills, boards: Boards, clock: Clock, limit: Limit
    ) -> None:
        self._queues, self._skills, self._boards = queues, skills, boards
        self._clock, self._limit = clock, limit
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def preview(self, seat: AgentSeat, draft: QueueDraft) -> QueuePreview:
        """Say who could take a conversation of this queue now, by its age."""
        seat.must_lead()
        self._limit.count(str(seat.agent_id))
        keys = {skill.id: skill.key for skill in await self._skills.of_shop(seat.shop_id)}
        facts = await self._facts(seat, draft, keys)
        board = await self._boards.board(seat.shop_id)
        if board is None:
            raise NotFound
        now = self._clock.now().timestamp()
        async with self._turns:
            sample = Sample.of(board)
            trial = await asyncio.to_thread(tried, sample, facts, draft.language, now)
        skills = {key: str(skill_id) for skill_id, key in keys.items()}
        return Faces(trial, sample.names, skills).preview(draft.age_s)

    async def _facts(
        self, seat: AgentSeat, draft: QueueDraft, keys: Mapping[UUID, str]
    ) -> people.QueueFacts:
        """Read a draft as if it was stored, with the same refusals."""
        rows = await self._queues.of_shop(seat.shop_id, archived=True)
        queue_id = NEW if draft.id is None else uuid_at(draft.id, "id")
        if queue_id != NEW and queue_id not in {row.id for row in rows}:
            raise NotFound
        skills = needs(draft.skills)
        for number, each in enumerate(skills):
            if each.skill_id not in keys:
                raise NotFound(NO_SKILL, field=f"skills[{number}].skill")
        in_use = {row.id for row in rows if row.archived_at is None}
        return people.QueueFacts(
            id=queue_id,
            key=draft.key,
            name=draft.name,
            priority=draft.priority,
            offer_timeout_s=draft.offer_timeout_s,
            wrap_up_s=draft.wrap_up_s,
            auto_accept=draft.auto_accept,
            match_language=draft.match_language,
            skills=tuple(
                people.NeededSkill(keys[each.skill_id], each.level, each.required, each.steps)
                for each in skills
            ),
            policy=draft.policy,
            target_s=draft.target_s,
            weight=draft.weight,
            units=draft.units,
            per_agent_max=draft.per_agent_max,
            length_max=draft.length_max,
            wait_max_s=draft.wait_max_s,
            sticky_s=draft.sticky_s,
            offers_at_once=draft.offers_at_once,
            overflow=helpers(draft.overflow, in_use - {queue_id}),
            quiet_after_s=draft.quiet_after_s,
        )
