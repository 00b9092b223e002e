"""The intent of an agent: available, busy or away. It stays as chosen over reload and sign-in."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from server.protocol.errors import NotFound
from server.protocol.events import StatusChanged
from server.protocol.shapes import Status
from server.services.assignment.ports import Announce, Offers
from server.services.clock import Clock
from server.services.fanout import Fanout
from server.services.rooms import agent_room
from server.services.router import Router
from server.services.seats import AgentSeat
from storage.people import AgentRow
from storage.rows import Heard


class Agents(Protocol):
    """Where the intent is kept."""

    async def set_status(self, agent_id: UUID, status: Status, now: datetime, /) -> AgentRow | None:
        """Store it."""
        ...


class Statuses:
    """Changes an agent's status, and takes back what was offered to somebody who steps away."""

    def __init__(
        self,
        agents: Agents,
        offers: Offers,
        announce: Announce,
        fanout: Fanout,
        router: Router,
        clock: Clock,
    ) -> None:
        self._agents, self._offers, self._announce = agents, offers, announce
        self._fanout, self._router, self._clock = fanout, router, clock

    async def set(self, seat: AgentSeat, status: Status) -> None:
        """Store the status; busy and away end the open offers at once, which is no miss."""
        if await self._agents.set_status(seat.agent_id, status, self._clock.now()) is None:
            raise NotFound
        self._fanout.tell(
            agent_room(seat.agent_id),
            "status:changed",
            StatusChanged(status=status),
            audience="agents",
        )
        self._router.status_changed(seat.shop_id, seat.agent_id)
        if status != "available":
            await self._take_back(seat.agent_id)

    async def was_set(self, shop_id: UUID, heard: Heard, by: str, reason: str) -> None:
        """Tell an agent what somebody has set their status to, and why; as if they had chosen."""
        self._fanout.tell(
            agent_room(heard.agent_id),
            "status:changed",
            StatusChanged(
                status=heard.status,
                responding=heard.responding,
                idle=heard.idle,
                by=by,
                reason=reason,
            ),
            audience="agents",
        )
        self._router.status_changed(shop_id, heard.agent_id)
        if heard.status != "available":
            await self._take_back(heard.agent_id)

    async def _take_back(self, agent_id: UUID) -> None:
        for offer in await self._offers.live_of_agent(agent_id):
            moved = await self._offers.end(
                offer.id, agent_id, "agent_away", self._clock.now(), None
            )
            if moved is not None:
                await self._announce.moved(moved)
