"""Skills and agents of an import."""

from collections.abc import Callable, Mapping
from uuid import UUID

from server.protocol.exchange import AgentSetup
from server.protocol.setup.skills import NewSkill, SkillPatch
from server.services.admin.exchange.ledger import Ledger
from server.services.admin.exchange.names import each_once
from server.services.admin.exchange.places import Entry, Where
from server.services.admin.skills import SkillsAdmin
from server.services.seats import AgentSeat
from storage.agents import Agents
from storage.matrix import Cell, Room, SkillsMatrix
from storage.people import AgentRow, SkillRow
from storage.skills import Skills


class SkillsImport:
    """Adds skills, and names them anew."""

    def __init__(self, skills: Skills, admin: SkillsAdmin, ledger: Ledger) -> None:
        self._skills, self._admin, self._ledger = skills, admin, ledger

    async def take(self, seat: AgentSeat, entries: list[Entry]) -> None:
        """Take in what the file says of skills."""
        known = {row.key: row for row in await self._skills.of_shop(seat.shop_id)}
        seen: set[str] = set()
        for entry in entries:
            new = self._ledger.read(entry.values, NewSkill, entry.where)
            if new is None or not each_once(new.key, seen, self._refuse(entry.where)):
                continue
            row = known.get(new.key)
            if row is None:
                await self._admin.create(seat, new)
                self._ledger.change("skill", new.key, after=new.name)
            else:
                await self._change(seat, row, new, entry.where)

    async def _change(self, seat: AgentSeat, row: SkillRow, new: NewSkill, where: Where) -> None:
        if new.kind != row.kind:
            self._ledger.fault(
                where, f"This is a {row.kind}; that does not change.", "kind", "kind"
            )
        if new.name != row.name:
            await self._admin.update(seat, row.id, SkillPatch(name=new.name))
            self._ledger.change("skill", row.key, "name", row.name, new.name)

    def _refuse(self, where: Where) -> Callable[[str], None]:
        return lambda message: self._ledger.fault(where, message, "key", "twice")


class AgentsImport:
    """Changes what agents can and how much they take. People come and go elsewhere."""

    def __init__(
        self, agents: Agents, matrix: SkillsMatrix, skills: Skills, ledger: Ledger
    ) -> None:
        self._agents, self._matrix, self._skills = agents, matrix, skills
        self._ledger = ledger
        self._unknown: set[str] = set()

    async def take(self, seat: AgentSeat, entries: list[Entry]) -> list[AgentRow]:
        """Take in what the file says of agents; return those who take more or fewer now."""
        if not entries:
            return []
        people = {row.email: row for row in await self._agents.of_shop(seat.shop_id)}
        skills = {row.key: row.id for row in await self._skills.of_shop(seat.shop_id)}
        cells: list[Cell] = []
        rooms: list[Room] = []
        seen: set[str] = set()
        for entry in entries:
            found = self._found(entry, people, seen)
            if found is None:
                continue
            row, wanted = found
            room, levels = _room(row, wanted), self._levels(row, wanted, skills, entry.where)
            if (room or levels) and row.role == "admin" and seat.role != "admin":
                message = "Only administrators change administrators."
                self._ledger.fault(entry.where, message, "email", "administrator")
                continue
            self._tell(row, room, levels)
            rooms += room
            cells += levels.values()
        saved = await self._matrix.save(seat.shop_id, cells, rooms)
        resized = {room.agent_id for room in rooms}
        return [row for row in saved if row.id in resized]

    def _found(
        self, entry: Entry, people: Mapping[str, AgentRow], seen: set[str]
    ) -> tuple[AgentRow, AgentSetup] | None:
        """Return whom an entry speaks of, and what it says."""

        def refuse(message: str) -> None:
            self._ledger.fault(entry.where, message, "email", "twice")

        wanted = self._ledger.read(entry.values, AgentSetup, entry.where)
        if wanted is None or not each_once(wanted.email.lower(), seen, refuse):
            return None
        row = people.get(wanted.email.lower())
        if row is None or row.deactivated_at is not None:
            message = "Nobody with this address works here."
            self._ledger.fault(entry.where, message, "email", "unknown_agent")
            return None
        if isinstance(wanted.name, str) and wanted.name != row.name:
            message = f"Their name stays {row.name}; it is changed on their own page."
            self._ledger.warn(entry.where, message, "name")
        return row, wanted

    def _levels(
        self, row: AgentRow, wanted: AgentSetup, skills: Mapping[str, UUID], where: Where
    ) -> dict[str, Cell]:
        """Return the levels that differ, by the key of the skill."""
        levels: dict[str, Cell] = {}
        for key, level in wanted.skills.items() if isinstance(wanted.skills, dict) else ():
            skill_id = skills.get(key)
            if skill_id is None:
                if key not in self._unknown:
                    self._ledger.fault(
                        where, f"There is no skill {key}.", f"skills.{key}", "unknown_skill"
                    )
                self._unknown.add(key)
                continue
            was = row.skills.get(skill_id, 0)
            if level != was:
                levels[key] = Cell(row.id, skill_id, level, was)
        return levels

    def _tell(self, row: AgentRow, rooms: list[Room], levels: Mapping[str, Cell]) -> None:
        for room in rooms:
            before, after = str(room.was), str(room.capacity)
            self._ledger.change("agent", row.email, "capacity", before, after)
        for key, cell in levels.items():
            before, after = (str(each) if each else None for each in (cell.was, cell.level))
            self._ledger.change("agent", row.email, f"skill {key}", before, after)


def _room(row: AgentRow, wanted: AgentSetup) -> list[Room]:
    if not isinstance(wanted.capacity, int) or wanted.capacity == row.capacity:
        return []
    return [Room(row.id, wanted.capacity, row.capacity)]
