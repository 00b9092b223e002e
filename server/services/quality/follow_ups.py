"""Customers who rated low: those who lead see all and choose who sees to them."""

from dataclasses import dataclass
from uuid import UUID

from msgspec import UNSET

from server.protocol.errors import Forbidden, Invalid, NotFound
from server.protocol.follow_ups import (
    FollowUp,
    FollowUpItems,
    FollowUpPatch,
    FollowUpsQuery,
    QualitySettings,
    QualitySettingsPatch,
)
from server.services.blurring import Blurring
from server.services.clock import Clock
from server.services.ids import uuid_at, uuid_of
from server.services.quality.faces import Names, names_of, person
from server.services.seats import AgentSeat
from server.services.texts import Texts
from storage.agents import Agents
from storage.errors import Changed
from storage.quality.follow_ups import FollowUps as Store
from storage.quality.rows import FollowUpRow


@dataclass(frozen=True, slots=True)
class FollowUps:
    """What follows low ratings. Who does not lead sees what is theirs."""

    store: Store
    agents: Agents
    texts: Texts
    blurring: Blurring
    clock: Clock

    async def settings(self, seat: AgentSeat) -> QualitySettings:
        """Return from which rating down somebody sees to it."""
        seat.must_lead()
        return QualitySettings(low_score=await self.store.low_score(seat.shop_id))

    async def set(self, seat: AgentSeat, patch: QualitySettingsPatch) -> QualitySettings:
        """Change from which rating down; what there is stays."""
        seat.must_lead()
        await self.store.set_low_score(seat.shop_id, patch.low_score, self.clock.now())
        return await self.settings(seat)

    async def page(self, seat: AgentSeat, query: FollowUpsQuery) -> FollowUpItems:
        """Return those not done, the oldest first, or those done; of watched customers, blurred."""
        owner = _owner(seat, mine=query.mine)
        after = None if query.after is None else uuid_of(query.after)
        rows = await self.store.page(seat.shop_id, owner, after, query.limit + 1, done=query.done)
        page = rows[: query.limit]
        return FollowUpItems(
            items=await self._faces(seat, page),
            open=await self.store.open_count(seat.shop_id, owner),
            next=str(page[-1].id) if len(rows) > query.limit else None,
        )

    async def one(self, seat: AgentSeat, follow_up_id: UUID) -> FollowUp:
        """Return one."""
        [face] = await self._faces(seat, [await self._row(seat, follow_up_id)])
        return face

    async def change(self, seat: AgentSeat, follow_up_id: UUID, patch: FollowUpPatch) -> FollowUp:
        """Change the version that was seen; Changed when somebody else has meanwhile."""
        row = await self._row(seat, follow_up_id)
        if row.version != patch.version:
            raise Changed(str(row.version))
        state = row.state if patch.state is UNSET else patch.state
        outcome = row.outcome if patch.outcome is UNSET else patch.outcome
        if state != "done":
            outcome = None
        elif outcome is None:
            raise Invalid("Please say what came of it.", field="outcome")
        note = row.note
        if patch.note is not UNSET:
            both = self.texts.optional(patch.note, "note"), row.note
            note = await self.blurring.written(seat, row.visitor_id, both, "note")
        owner = row.owner_id
        if patch.owner is not UNSET:
            owner = await self._chosen(seat, patch.owner)
        by = seat.agent_id, self.clock.now()
        await self.store.change(row, (state, outcome), owner, note, by)
        return await self.one(seat, follow_up_id)

    async def _chosen(self, seat: AgentSeat, owner: str | None) -> UUID | None:
        if not seat.leads:
            raise Forbidden("Only those who lead choose who sees to it.", field="owner")
        if owner is None:
            return None
        agent = await self.agents.get(uuid_at(owner, "owner"))
        if agent is None or agent.shop_id != seat.shop_id or agent.deactivated_at is not None:
            raise Invalid("Nobody by that name works here.", field="owner")
        return agent.id

    async def _faces(self, seat: AgentSeat, rows: list[FollowUpRow]) -> list[FollowUp]:
        names = await names_of(self.agents, (each for row in rows for each in _people(row)))
        return await self.blurring.veiled(
            seat, [(row.visitor_id, _face(row, names)) for row in rows]
        )

    async def _row(self, seat: AgentSeat, follow_up_id: UUID) -> FollowUpRow:
        row = await self.store.get(seat.shop_id, _owner(seat), follow_up_id)
        if row is None:
            raise NotFound
        return row


def _owner(seat: AgentSeat, *, mine: bool = False) -> UUID | None:
    """Return whose are to be seen; None: everybody's."""
    return seat.agent_id if mine or not seat.leads else None


def _people(row: FollowUpRow) -> tuple[UUID | None, ...]:
    return row.agent_id, row.owner_id, row.changed_by


def _face(row: FollowUpRow, names: Names) -> FollowUp:
    return FollowUp(
        id=str(row.id),
        conversation=str(row.conversation_id),
        score=row.score,
        rated_at=row.rated_at,
        state=row.state,
        note=row.note,
        version=row.version,
        changed_at=row.changed_at,
        customer=row.customer,
        comment=row.comment,
        agent=None if row.agent_id is None else person(names, row.agent_id),
        owner=None if row.owner_id is None else person(names, row.owner_id),
        outcome=row.outcome,
        changed_by=None if row.changed_by is None else person(names, row.changed_by),
    )
