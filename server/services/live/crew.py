"""Who is in service, put together from what is read more and less often. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from server.protocol.live import LiveAgent
from server.services.live.cover import Cover, Takers
from server.services.live.faces import agent_face
from storage.live_agents import AgentDay, AgentNow, Stay

NO_DAY, NO_STAY = AgentDay(), Stay()


class Crew:
    """The agents of a shop as they are shown, by id, and who of them may take from which queue."""

    def __init__(self) -> None:
        self.faces: dict[str, LiveAgent] = {}
        self.takers: dict[str, Takers] = {}
        self._cover = Cover()
        self._days: Mapping[UUID, AgentDay] = {}
        self._replied: Mapping[UUID, datetime] = {}
        self._stays: dict[tuple[UUID, bool], Stay] = {}

    def know(self, cover: Cover, replied: Mapping[UUID, datetime]) -> None:
        """Note what is read now and then; it is shown with the next `put`."""
        self._cover, self._replied = cover, replied

    def know_days(self, days: Mapping[UUID, AgentDay]) -> None:
        """Note how the day of each went so far; it is shown with the next `put`."""
        self._days = days

    def turned(self, rows: Iterable[AgentNow], lines: Mapping[UUID, bool]) -> list[UUID]:
        """Return who has come or left since their stay was read."""
        return [row.id for row in rows if (row.id, row.id in lines) not in self._stays]

    def know_stays(self, stays: Mapping[UUID, Stay], lines: Mapping[UUID, bool]) -> None:
        """Note since when those who are in ``lines`` are here, and since when others are not."""
        for agent_id, stay in stays.items():
            self._stays.pop((agent_id, agent_id not in lines), None)
            self._stays[agent_id, agent_id in lines] = stay

    def put(self, rows: Iterable[AgentNow], lines: Mapping[UUID, bool]) -> None:
        """Take over who is in service; ``lines`` of those who are here: is it whole."""
        self.faces = {
            str(row.id): agent_face(
                row,
                lines.get(row.id),
                self._days.get(row.id, NO_DAY),
                self._replied.get(row.id),
                self._cover.serves.get(str(row.id), []),
                self._stays.get((row.id, row.id in lines), NO_STAY),
            )
            for row in rows
        }
        self.takers = self._cover.takers(self.faces.values())
