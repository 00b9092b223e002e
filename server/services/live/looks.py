"""How people look at the live view, saved by name. Everybody sees and changes their own only."""

from uuid import UUID

import msgspec

from server.protocol.errors import Conflict, NotFound
from server.protocol.live_looks import (
    LiveLook,
    LiveLookItems,
    LiveLookPatch,
    LiveLookRecord,
    NewLiveLook,
)
from server.services.seats import AgentSeat
from storage.live_looks import LiveLookRow, LiveLooks

LOOKS_MAX = 20


class Looks:
    """For those who may see the live view."""

    def __init__(self, looks: LiveLooks) -> None:
        self._looks = looks

    async def list(self, seat: AgentSeat) -> LiveLookItems:
        """Return one's own."""
        seat.must_lead()
        rows = await self._looks.of_agent(seat.agent_id)
        return LiveLookItems(items=[_record(row) for row in rows])

    async def create(self, seat: AgentSeat, new: NewLiveLook) -> LiveLookRecord:
        """Save one."""
        seat.must_lead()
        row = await self._looks.create(seat.agent_id, new.name, _stored(new.look), LOOKS_MAX)
        if row is None:
            raise Conflict(f"At most {LOOKS_MAX} views can be saved.", reason="views_full")
        return _record(row)

    async def update(self, seat: AgentSeat, look_id: UUID, patch: LiveLookPatch) -> LiveLookRecord:
        """Change one's own."""
        seat.must_lead()
        name = patch.name if isinstance(patch.name, str) else None
        look = _stored(patch.look) if isinstance(patch.look, LiveLook) else None
        row = await self._looks.update(seat.agent_id, look_id, name, look)
        if row is None:
            raise NotFound
        return _record(row)

    async def delete(self, seat: AgentSeat, look_id: UUID) -> None:
        """Forget one's own."""
        seat.must_lead()
        if not await self._looks.delete(seat.agent_id, look_id):
            raise NotFound


def _stored(look: LiveLook) -> dict[str, object]:
    return msgspec.to_builtins(look)


def _record(row: LiveLookRow) -> LiveLookRecord:
    try:
        look = msgspec.convert(row.look, LiveLook)
    except msgspec.ValidationError:  # saved by a newer program
        look = LiveLook()
    return LiveLookRecord(id=str(row.id), name=row.name, look=look)
