"""Prepared answers."""

from typing import cast
from uuid import UUID

from server.protocol.errors import NotFound
from server.protocol.setup.canned_replies import (
    CannedReply,
    CannedReplyItems,
    CannedReplyPatch,
    NewCannedReply,
)
from server.services.admin.changes import given
from server.services.seats import AgentSeat
from server.services.texts import Texts
from storage.canned_replies import CannedReplies, CannedReplyChanges
from storage.people import CannedReplyRow


class CannedRepliesAdmin:
    """Anybody who works here may look and change."""

    def __init__(self, replies: CannedReplies, texts: Texts) -> None:
        self._replies, self._texts = replies, texts

    async def list(self, seat: AgentSeat) -> CannedReplyItems:
        """Return all."""
        rows = await self._replies.of_shop(seat.shop_id)
        return CannedReplyItems(items=[_record(row) for row in rows])

    async def one(self, seat: AgentSeat, reply_id: UUID) -> CannedReply:
        """Return one."""
        row = await self._replies.get(seat.shop_id, reply_id)
        if row is None:
            raise NotFound
        return _record(row)

    async def create(self, seat: AgentSeat, new: NewCannedReply) -> CannedReply:
        """Add one."""
        text = self._texts.message(new.text)
        return _record(await self._replies.create(seat.shop_id, new.shortcut, new.locale, text))

    async def update(self, seat: AgentSeat, reply_id: UUID, patch: CannedReplyPatch) -> CannedReply:
        """Change one."""
        if isinstance(patch.text, str):
            self._texts.message(patch.text)
        changes = cast("CannedReplyChanges", given(patch))
        row = await self._replies.update(seat.shop_id, reply_id, changes)
        if row is None:
            raise NotFound
        return _record(row)

    async def delete(self, seat: AgentSeat, reply_id: UUID) -> None:
        """Remove one."""
        if not await self._replies.delete(seat.shop_id, reply_id):
            raise NotFound


def _record(row: CannedReplyRow) -> CannedReply:
    return CannedReply(id=str(row.id), shortcut=row.shortcut, locale=row.locale, text=row.text)
