"""Where conversations wait."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import cast
from uuid import UUID

import msgspec

from server.protocol.errors import Conflict, NotFound, Stale
from server.protocol.setup.queues import (
    NewQueue,
    Overflow,
    OverflowGiven,
    QueueItems,
    QueuePatch,
    QueueRecord,
    QueueSkill,
    QueuesQuery,
)
from server.services.admin.changes import given
from server.services.admin.queue_rules import helpers, naming_skills, needs
from server.services.clock import Clock
from server.services.router import Router
from server.services.seats import AgentSeat
from storage import errors as stored
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
        with naming_skills():
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
                    policy=new.policy,
                    target_s=new.target_s,
                    weight=new.weight,
                    units=new.units,
                    per_agent_max=new.per_agent_max,
                    length_max=new.length_max,
                    wait_max_s=new.wait_max_s,
                    sticky_s=new.sticky_s,
                    offers_at_once=new.offers_at_once,
                    overflow=await self._overflow(seat, new.overflow),
                    takes_transfers_when_empty=new.takes_transfers_when_empty,
                    quiet_after_s=new.quiet_after_s,
                    skills=needs(new.skills),
                )
            )
        self._router.shop_touched(seat.shop_id)
        return _record(row)

    async def update(self, seat: AgentSeat, queue_id: UUID, patch: QueuePatch) -> QueueRecord:
        """Change one, or take it back into use."""
        seat.must_lead()
        changes = given(patch)
        expected = changes.pop("expect", None)
        if changes.pop("archived", None) is False:
            changes["archived_at"] = None
        if isinstance(patch.skills, list):
            changes["skills"] = needs(patch.skills)
        if isinstance(patch.overflow, list):
            changes["overflow"] = await self._overflow(seat, patch.overflow, queue_id)
        if patch.archived is True:
            await self._check_may_go(seat, queue_id)
        try:
            with naming_skills():
                row = await self._queues.update(
                    seat.shop_id,
                    queue_id,
                    cast("QueueChanges", changes),
                    lambda held: expected in {None, _version(held)},
                )
        except stored.Stale as stale:
            raise Stale from stale
        if row is None:
            raise NotFound
        if patch.archived is True:
            await self.archive(seat, queue_id)
            return await self.one(seat, queue_id)
        self._router.shop_touched(seat.shop_id)
        return _record(row)

    async def archive(self, seat: AgentSeat, queue_id: UUID) -> None:
        """Take one out of use."""
        seat.must_lead()
        await self._check_may_go(seat, queue_id)
        await self._queues.archive(seat.shop_id, queue_id, self._clock.now())
        self._router.shop_touched(seat.shop_id)

    async def _check_may_go(self, seat: AgentSeat, queue_id: UUID) -> None:
        row = await self._queues.get(seat.shop_id, queue_id)
        if row is None:
            raise NotFound
        if row.key == GENERAL:
            raise Conflict("The general queue takes what no other does; it stays.", reason=GENERAL)

    async def _overflow(
        self, seat: AgentSeat, overflow: Sequence[OverflowGiven], itself: UUID | None = None
    ) -> tuple[people.Overflow, ...]:
        if not overflow:
            return ()
        known = {row.id for row in await self._queues.of_shop(seat.shop_id)}
        return helpers(overflow, known - {itself})


def _version(row: QueueRow) -> str:
    """Return what tells a queue from what it was, but for whether it is archived."""
    told = msgspec.json.encode(replace(row, archived_at=None))
    return hashlib.sha256(told).hexdigest()[:16]


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
            QueueSkill(
                skill=str(each.skill_id),
                level=each.level,
                required=each.required,
                steps=list(each.steps),
            )
            for each in row.skills
        ],
        policy=row.policy,
        target_s=row.target_s,
        weight=round(row.weight, 6),
        units=row.units,
        per_agent_max=row.per_agent_max,
        length_max=row.length_max,
        wait_max_s=row.wait_max_s,
        sticky_s=row.sticky_s,
        offers_at_once=row.offers_at_once,
        overflow=[
            Overflow(queue=str(each.queue), after_s=each.after_s, skip_if_empty=each.skip_if_empty)
            for each in row.overflow
        ],
        takes_transfers_when_empty=row.takes_transfers_when_empty,
        quiet_after_s=row.quiet_after_s,
        version=_version(row),
    )
