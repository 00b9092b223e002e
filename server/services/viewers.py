"""Who has a conversation open, so that two do not answer at once; which customers are here."""

from collections.abc import Collection, Sequence
from uuid import UUID

from server.protocol.errors import TooMany
from server.protocol.events import ViewersChanged
from server.protocol.shapes import Person
from server.services.attendance import Attendance
from server.services.fanout import Fanout
from server.services.rooms import conversation_room
from server.services.seats import AgentSeat

SEPARATOR = "\t"


class Viewers:
    """The agents who look at a conversation."""

    def __init__(self, attendance: Attendance, fanout: Fanout, open_max: int) -> None:
        self._attendance, self._fanout, self._open_max = attendance, fanout, open_max
        self._looking: dict[str, dict[UUID, str]] = {}  # session → conversation → its entry

    def check_room(self, conversation_id: UUID, session_id: str) -> None:
        """Refuse one conversation more than a session may have open."""
        opened = self._looking.get(session_id, {})
        if conversation_id not in opened and len(opened) >= self._open_max:
            raise TooMany(
                "Too many conversations are open here. Leave one of them first.",
                setting="open_conversations_per_session",
                limit=self._open_max,
            )

    async def came(self, conversation_id: UUID, seat: AgentSeat, session_id: str) -> list[Person]:
        """Write a viewer down, tell the others, and return everybody who looks."""
        name = seat.name.replace(SEPARATOR, " ")
        entry = SEPARATOR.join((session_id, str(seat.agent_id), name))
        self._looking.setdefault(session_id, {})[conversation_id] = entry
        await self._attendance.enter(_roster(conversation_id), entry)
        return await self._tell(conversation_id)

    async def went(self, conversation_id: UUID, session_id: str) -> None:
        """Strike a viewer and tell the others."""
        entry = self._looking.get(session_id, {}).pop(conversation_id, None)
        if entry is not None and await self._attendance.leave(_roster(conversation_id), entry):
            await self._tell(conversation_id)

    def seen_in(self, session_id: str) -> Collection[UUID]:
        """Return the conversations that a session has open."""
        return self._looking.get(session_id, {}).keys()

    async def gone(self, session_id: str) -> None:
        """Strike a session that is over from everything it had open."""
        for conversation_id in tuple(self._looking.get(session_id, ())):
            await self.went(conversation_id, session_id)
        self._looking.pop(session_id, None)

    async def of(self, conversation_id: UUID) -> list[Person]:
        """Return who looks at a conversation; whoever watches it is none of them."""
        [entries] = await self._attendance.members([_roster(conversation_id)])
        people: dict[str, Person] = {}
        for entry in sorted(entries):
            _, agent_id, name = entry.split(SEPARATOR, 2)
            people[agent_id] = Person(id=agent_id, name=name)
        return sorted(people.values(), key=lambda person: (person.name, person.id))

    async def _tell(self, conversation_id: UUID) -> list[Person]:
        viewers = await self.of(conversation_id)
        self._fanout.tell(
            conversation_room(conversation_id),
            "viewers:changed",
            ViewersChanged(conversation=str(conversation_id), viewers=viewers),
            audience="agents",
        )
        return viewers


class Here:
    """Which customers have the widget open, on any node."""

    def __init__(self, attendance: Attendance, sessions_max: int) -> None:
        self._attendance, self._sessions_max = attendance, sessions_max

    async def came(self, visitor_id: UUID, session_id: str) -> None:
        """Write down that one of a customer's sessions began; TooMany when they have enough."""
        roster = f"visitor:{visitor_id}"
        if self._attendance.here(roster) >= self._sessions_max:
            raise TooMany(setting="sessions_per_visitor", limit=self._sessions_max)
        await self._attendance.enter(roster, session_id)

    async def went(self, visitor_id: UUID, session_id: str) -> bool:
        """Strike a session; return whether the customer is here no longer."""
        await self._attendance.leave(f"visitor:{visitor_id}", session_id)
        return not await self.online([visitor_id])

    async def online(self, visitor_ids: Sequence[UUID]) -> set[UUID]:
        """Return those who are here."""
        found = await self._attendance.members([f"visitor:{each}" for each in visitor_ids])
        return {
            visitor_id for visitor_id, sessions in zip(visitor_ids, found, strict=True) if sessions
        }


def _roster(conversation_id: UUID) -> str:
    return f"viewers:{conversation_id}"
