"""Those who lead decide about time off and swaps."""

from uuid import UUID
from zoneinfo import ZoneInfo

from server.protocol.errors import NotFound
from server.protocol.schedule import (
    Swap,
    SwapDecision,
    TimeOffDecided,
    TimeOffDecision,
)
from server.services.clock import Clock
from server.services.schedule.faces import Names, time_off_face
from server.services.schedule.plan import ScheduleStores, shop_of, swap_faces
from server.services.seats import AgentSeat
from server.services.stores import Stores
from storage.schedule.shifts import Author


class Decisions:
    """Approved or refused; of two who decide at once one wins, and the other is told."""

    def __init__(self, kept: ScheduleStores, stores: Stores, clock: Clock) -> None:
        self._kept, self._stores, self._clock = kept, stores, clock

    async def time_off(
        self, seat: AgentSeat, time_off_id: UUID, given: TimeOffDecision
    ) -> TimeOffDecided:
        """Decide about days off; approved, nobody can be planned on them."""
        seat.must_lead()
        row, released = await self._kept.time_off.decide(
            self._author(seat), time_off_id, approves=given.approve, releases=given.release
        )
        names = await self._names(seat)
        return TimeOffDecided(time_off=time_off_face(row, names), released=released)

    async def swap(self, seat: AgentSeat, swap_id: UUID, given: SwapDecision) -> Swap:
        """Decide about a shift that is to change hands, or two at once; approved, they do."""
        seat.must_lead()
        ids = [swap_id] if given.with_swap is None else [swap_id, UUID(given.with_swap)]
        row, *_ = await self._kept.swaps.decide(self._author(seat), ids, approves=given.approve)
        zone = ZoneInfo((await shop_of(self._stores, seat)).time_zone)
        names = await self._names(seat)
        for face in await swap_faces(self._kept, seat.shop_id, [row], names, zone):
            return face
        raise NotFound  # the shift was taken out of the plan just now, and the swap with it

    def _author(self, seat: AgentSeat) -> Author:
        return Author(seat.shop_id, seat.agent_id, self._clock.now())

    async def _names(self, seat: AgentSeat) -> Names:
        people = await self._stores.agents.of_shop(seat.shop_id)
        return {each.id: each.name for each in people}
