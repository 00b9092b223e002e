"""Where conversations wait."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from server.protocol.errors import Conflict, Invalid, NotFound
from server.protocol.setup import (
    NewQueue,
    QueueItems,
    QueuePatch,
    QueueRecord,
    QueueSkill,
    QueueSkillGiven,
    QueuesQuery,
)
from server.services.admin.changes import given
from server.services.clock import Clock
from server.services.ids import uuid_of
from server.services.router import Router
from server.services.seats import AgentSeat
from storage import people
from storage.people import QueueRow
from storage.queues import GENERAL, QueueChanges, Queues
from storage.queues import NewQueue as QueueToBe


class QueuesAdmin:
    """Anybody who works here may look; supervisors and administrators may change."""

    def __init__(self, queues: Queues, router: Router, clock: Clock) -> None:
        self._queues, self._router, self._clock = queues, router, clock

    async def list(self, seat: AgentSeat, query: QueuesQuery) -> QueueItems:
        """Return those in use, or all."""
        rows = await self._queues.of_shop(seat.shop_id, archived=query.archived)
        return QueueItems(items=[_record(row) for row in rows])

    async def one(self, seat: AgentSeat, queue_id: UUID) -> QueueRecord:
        """Return one, archived or not."""
        row = await self._queues.get(seat.shop_id, queue_id)
        if row is None:
            raise NotFound
        return _record(row)

    async def create(self, seat: AgentSeat, new: NewQueue) -> QueueRecord:
        """Add one."""
        seat.must_lead()
        row = await self._queues.create(
            QueueToBe(
                shop_id=seat.shop_id,
                key=new.key,
                name=new.name,
                topics=tuple(new.topics),
                priority=new.priority,
                offer_timeout_s=new.offer_timeout_s,
                wrap_up_s=new.wrap_up_s,
                auto_accept=new.auto_accept,
                match_language=new.match_language,
                skills=_needs(new.skills),
            )
        )
        self._router.shop_touched(seat.shop_id)
        return _record(row)

    async def update(self, seat: AgentSeat, queue_id: UUID, patch: QueuePatch) -> QueueRecord:
        """Change one, or take it back into use."""
        seat.must_lead()
        if patch.archived is True:
            await self.archive(seat, queue_id)
        changes = given(patch)
        if changes.pop("archived", None) is False:
            changes["archived_at"] = None
        if isinstance(patch.skills, list):
            changes["skills"] = _needs(patch.skills)
        row = await self._queues.update(seat.shop_id, queue_id, cast("QueueChanges", changes))
        if row is None:
            raise NotFound
        self._router.shop_touched(seat.shop_id)
        return _record(row)

    async def archive(self, seat: AgentSeat, queue_id: UUID) -> None:
        """Take one out of use."""
        seat.must_lead()
        row = await self._queues.get(seat.shop_id, queue_id)
        if row is None:
            raise NotFound
        if row.key == GENERAL:
            raise Conflict("The general queue takes what no other does; it stays.", reason=GENERAL)
        await self._queues.archive(seat.shop_id, queue_id, self._clock.now())
        self._router.shop_touched(seat.shop_id)


def _needs(skills: Sequence[QueueSkillGiven]) -> tuple[people.QueueSkill, ...]:
    if len({each.skill for each in skills}) != len(skills):
        raise Invalid("A skill is named twice.", field="skills")
    return tuple(
        people.QueueSkill(uuid_of(each.skill), each.level, each.required) for each in skills
    )


def _record(row: QueueRow) -> QueueRecord:
    return QueueRecord(
        id=str(row.id),
        key=row.key,
        name=row.name,
        topics=row.topics,
        priority=row.priority,
        offer_timeout_s=row.offer_timeout_s,
        wrap_up_s=row.wrap_up_s,
        auto_accept=row.auto_accept,
        match_language=row.match_language,
        archived=row.archived_at is not None,
        skills=[
            QueueSkill(skill=str(each.skill_id), level=each.level, required=each.required)
            for each in row.skills
        ],
    )
