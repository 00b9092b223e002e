"""What agents may know and queues may need."""

from typing import cast
from uuid import UUID

from server.protocol.errors import NotFound
from server.protocol.setup.skills import NewSkill, SkillItems, SkillPatch, SkillRecord
from server.services.admin.changes import given
from server.services.router import Router
from server.services.seats import AgentSeat
from storage.people import SkillRow
from storage.skills import SkillChanges, Skills


class SkillsAdmin:
    """Anybody who works here may look; supervisors and administrators may change."""

    def __init__(self, skills: Skills, router: Router) -> None:
        self._skills, self._router = skills, router

    async def list(self, seat: AgentSeat) -> SkillItems:
        """Return all."""
        return SkillItems(items=[_record(row) for row in await self._skills.of_shop(seat.shop_id)])

    async def one(self, seat: AgentSeat, skill_id: UUID) -> SkillRecord:
        """Return one."""
        row = await self._skills.get(seat.shop_id, skill_id)
        if row is None:
            raise NotFound
        return _record(row)

    async def create(self, seat: AgentSeat, new: NewSkill) -> SkillRecord:
        """Add one."""
        seat.must_lead()
        return _record(await self._skills.create(seat.shop_id, new.key, new.name, new.kind))

    async def update(self, seat: AgentSeat, skill_id: UUID, patch: SkillPatch) -> SkillRecord:
        """Change one."""
        seat.must_lead()
        changes = cast("SkillChanges", given(patch))
        row = await self._skills.update(seat.shop_id, skill_id, changes)
        if row is None:
            raise NotFound
        return _record(row)

    async def delete(self, seat: AgentSeat, skill_id: UUID) -> None:
        """Remove one, from agents and queues too."""
        seat.must_lead()
        if not await self._skills.delete(seat.shop_id, skill_id):
            raise NotFound
        self._router.shop_touched(seat.shop_id)


def _record(row: SkillRow) -> SkillRecord:
    return SkillRecord(id=str(row.id), key=row.key, name=row.name, kind=row.kind)
