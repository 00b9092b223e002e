"""The people who work for a shop."""

from collections.abc import Mapping, Sequence
from typing import cast
from uuid import UUID

from server.protocol.errors import Conflict, Forbidden, Invalid, NotFound
from server.protocol.setup.agents import (
    AgentItems,
    AgentPatch,
    AgentRecord,
    AgentSkill,
    AgentSkillGiven,
    NewAgent,
)
from server.services.accounts import Accounts
from server.services.admin.changes import given
from server.services.admin.departure import Departure
from server.services.admin.queue_rules import NO_SKILL
from server.services.ids import uuid_at
from server.services.passwords import Passwords
from server.services.presence import Presence
from server.services.router import Router
from server.services.seats import AgentSeat
from server.services.stores import Stores
from storage import agents as stored
from storage.people import AgentRow


class AgentsAdmin:
    """Anybody who works here may look; supervisors and administrators may change.

    Only an administrator may make or change an administrator, so nobody lifts themselves.
    """

    def __init__(
        self,
        stores: Stores,
        passwords: Passwords,
        accounts: Accounts,
        presence: Presence,
        router: Router,
        departure: Departure,
    ) -> None:
        self._stores, self._passwords, self._accounts = stores, passwords, accounts
        self._presence, self._router, self._departure = presence, router, departure

    async def list(self, seat: AgentSeat) -> AgentItems:
        """Return everybody, those out of service last."""
        rows = await self._stores.agents.of_shop(seat.shop_id)
        online = await self._presence.online(seat.shop_id)
        loads = await self._stores.stepping_in.loads(seat.shop_id)
        return AgentItems(
            items=[_record(row, row.id in online, loads.get(row.id, 0)) for row in rows]
        )

    async def one(self, seat: AgentSeat, agent_id: UUID) -> AgentRecord:
        """Return one of them."""
        row = await self._of_shop(seat, agent_id)
        loads = await self._stores.stepping_in.loads(seat.shop_id)
        online = await self._presence.online(seat.shop_id)
        return _record(row, row.id in online, loads.get(row.id, 0))

    async def create(self, seat: AgentSeat, new: NewAgent) -> AgentRecord:
        """Add somebody."""
        seat.must_lead()
        _may_grant(seat, new.role)
        levels = _levels(new.skills)
        await self._check_skills(seat, levels)
        row = await self._stores.agents.create(
            stored.NewAgent(
                shop_id=seat.shop_id,
                email=new.email,
                name=new.name,
                password_hash=await self._passwords.hash(new.password),
                role=new.role,
                capacity=new.capacity,
                skills=levels,
            )
        )
        self._router.agent_touched(seat.shop_id, row.id)
        return _record(row, online=False)

    async def update(self, seat: AgentSeat, agent_id: UUID, patch: AgentPatch) -> AgentRecord:
        """Change somebody, or take them back. A new password signs them out everywhere."""
        seat.must_lead()
        row = await self._of_shop(seat, agent_id)
        _may_grant(seat, row.role)
        if isinstance(patch.role, str):
            _may_grant(seat, patch.role)
        _check_own(seat, row, patch)
        changes = await self._changes(patch)
        await self._check_skills(seat, changes.get("skills", {}))
        updated = await self._stores.agents.update(seat.shop_id, agent_id, changes)
        if updated is None:
            raise NotFound
        if "password_hash" in changes:
            await self._accounts.sign_out_everywhere(updated)
        elif _face(updated) != _face(row):
            self._accounts.reconnect(updated)
        self._router.agent_touched(seat.shop_id, agent_id)
        if updated.role == "agent":
            await self._departure.step_out(updated)
        if patch.active is False:
            await self._take_out(updated)
        return await self.one(seat, agent_id)

    async def deactivate(self, seat: AgentSeat, agent_id: UUID) -> None:
        """Take somebody out of service; their conversations wait again, with their age."""
        seat.must_lead()
        row = await self._of_shop(seat, agent_id)
        _may_grant(seat, row.role)
        _check_own(seat, row, AgentPatch(active=False))
        await self._take_out(row)

    async def _take_out(self, row: AgentRow) -> None:
        """Show them out at once; handing back what they held may take its time."""
        await self._departure.begin(row)
        await self._accounts.sign_out_everywhere(row)
        await self._departure.hand_back(row)

    async def _changes(self, patch: AgentPatch) -> stored.AgentChanges:
        """Return what to store at once; taking somebody out of service is more than a change."""
        changes = given(patch)
        if isinstance(patch.password, str):
            del changes["password"]
            changes["password_hash"] = await self._passwords.hash(patch.password)
        if isinstance(patch.skills, list):
            changes["skills"] = _levels(patch.skills)
        if changes.pop("active", None) is True:
            changes["deactivated_at"] = None
        return cast("stored.AgentChanges", changes)

    async def _check_skills(self, seat: AgentSeat, levels: Mapping[UUID, int]) -> None:
        """Name the first skill that the shop does not have; in the order of the request."""
        if not levels:
            return
        known = {row.id for row in await self._stores.skills.of_shop(seat.shop_id)}
        for number, skill_id in enumerate(levels):
            if skill_id not in known:
                raise NotFound(NO_SKILL, field=f"skills[{number}].skill")

    async def _of_shop(self, seat: AgentSeat, agent_id: UUID) -> AgentRow:
        row = await self._stores.agents.get(agent_id)
        if row is None or row.shop_id != seat.shop_id:
            raise NotFound
        return row


def _face(row: AgentRow) -> tuple[str, str, int]:
    """Return what their console was told of them when it connected."""
    return row.role, row.name, row.capacity


def _may_grant(seat: AgentSeat, role: str) -> None:
    if role == "admin" and seat.role != "admin":
        raise Forbidden("Only administrators change administrators.")


def _check_own(seat: AgentSeat, row: AgentRow, patch: AgentPatch) -> None:
    """Nobody locks themselves out, or lifts themselves."""
    if row.id != seat.agent_id:
        return
    if patch.active is False:
        raise Conflict("Somebody else has to take you out of service.", reason="oneself")
    if isinstance(patch.role, str) and patch.role != row.role:
        raise Conflict("Somebody else has to change your own role.", field="role")


def _levels(skills: Sequence[AgentSkillGiven]) -> dict[UUID, int]:
    levels = {
        uuid_at(each.skill, f"skills[{number}].skill"): each.level
        for number, each in enumerate(skills)
    }
    if len(levels) != len(skills):
        raise Invalid("A skill is named twice.", field="skills")
    return levels


def _record(row: AgentRow, online: bool, in_hand: int = 0) -> AgentRecord:
    return AgentRecord(
        id=str(row.id),
        name=row.name,
        email=row.email,
        role=row.role,
        capacity=row.capacity,
        status=row.status,
        active=row.deactivated_at is None,
        online=online,
        skills=[
            AgentSkill(skill=str(skill_id), level=level)
            for skill_id, level in sorted(row.skills.items())
        ],
        unresponsive_since=row.unresponsive_at,
        idle_since=row.idle_at,
        in_hand=in_hand,
    )
