"""The skills matrix: many agents' levels at once."""

from collections.abc import Iterable
from uuid import UUID

from server.protocol.errors import Forbidden, Invalid, NotFound, Stale
from server.protocol.matrix import MatrixPatch, MatrixRow, MatrixRows
from server.protocol.setup.agents import AgentSkill
from server.services.accounts import Accounts
from server.services.ids import uuid_at
from server.services.router import Router
from server.services.seats import AgentSeat
from storage import errors as stored
from storage.agents import Agents
from storage.matrix import Cell, Room, SkillsMatrix
from storage.people import AgentRow


class MatrixAdmin:
    """Supervisors and administrators change it; only an administrator an administrator's row."""

    def __init__(
        self, agents: Agents, matrix: SkillsMatrix, accounts: Accounts, router: Router
    ) -> None:
        self._agents, self._matrix = agents, matrix
        self._accounts, self._router = accounts, router

    async def change(self, seat: AgentSeat, patch: MatrixPatch) -> MatrixRows:
        """Change all that is named, or refuse with what somebody else has changed meanwhile."""
        seat.must_lead()
        cells = [
            Cell(
                uuid_at(each.agent, f"changes[{at}].agent"),
                uuid_at(each.skill, f"changes[{at}].skill"),
                each.level,
                each.was,
            )
            for at, each in enumerate(patch.changes)
        ]
        rooms = [
            Room(uuid_at(each.agent, f"capacities[{at}].agent"), each.capacity, each.was)
            for at, each in enumerate(patch.capacities)
        ]
        _check_once("changes", [(cell.agent_id, cell.skill_id) for cell in cells])
        _check_once("capacities", [room.agent_id for room in rooms])
        await self._check_may(seat, {each.agent_id for each in (*cells, *rooms)})
        try:
            rows = await self._matrix.save(seat.shop_id, cells, rooms)
        except stored.Stale as stale:
            raise Stale(_item(*cell) for cell in stale.cells) from stale
        if rows:
            self._router.shop_touched(seat.shop_id)
        resized = {room.agent_id for room in rooms if room.capacity != room.was}
        for row in rows:
            if row.id in resized:  # their consoles show it
                self._accounts.reconnect(row)
        return MatrixRows(items=[_row(row) for row in rows])

    async def _check_may(self, seat: AgentSeat, agent_ids: set[UUID]) -> None:
        known = await self._agents.get_many(agent_ids)
        if any(row.shop_id != seat.shop_id for row in known.values()):
            raise NotFound
        if seat.role != "admin" and any(row.role == "admin" for row in known.values()):
            raise Forbidden("Only administrators change administrators.")


def _check_once(field: str, named: Iterable[object]) -> None:
    all_ = list(named)
    if len(set(all_)) != len(all_):
        raise Invalid("The same cell is named twice.", field=field)


def _item(agent_id: UUID, skill_id: UUID | None, now: int) -> dict[str, str | int | float | None]:
    """Say what stands in a cell by now; without a skill it is the capacity."""
    return {
        "agent": str(agent_id),
        "skill": None if skill_id is None else str(skill_id),
        "now": now,
    }


def _row(row: AgentRow) -> MatrixRow:
    return MatrixRow(
        agent=str(row.id),
        capacity=row.capacity,
        skills=[
            AgentSkill(skill=str(skill_id), level=level)
            for skill_id, level in sorted(row.skills.items())
        ],
    )
