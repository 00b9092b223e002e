"""Tags: those who lead keep the shop's list, and anybody who works there puts them on."""

from dataclasses import dataclass
from uuid import UUID

from msgspec import UNSET

from server.protocol.errors import NotFound
from server.protocol.tags import ConversationTags, NewTag, Tag, TagItems, TagPatch
from server.services.access import Access
from server.services.clock import Clock
from server.services.ids import uuid_at
from server.services.seats import AgentSeat
from server.services.texts import Texts
from storage.quality.rows import TagRow
from storage.quality.tags import Tags as Store


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of a shop and of its conversations."""

    store: Store
    access: Access
    texts: Texts
    clock: Clock

    async def list(self, seat: AgentSeat) -> TagItems:
        """Return the shop's, by name."""
        rows = await self.store.of_shop(seat.shop_id)
        return TagItems(items=[tag_face(row) for row in rows])

    async def create(self, seat: AgentSeat, new: NewTag) -> Tag:
        """Make one."""
        seat.must_lead()
        name = self.texts.name(new.name.strip(), "name")
        return tag_face(await self.store.create(seat.shop_id, name))

    async def change(self, seat: AgentSeat, tag_id: UUID, patch: TagPatch) -> Tag:
        """Rename one, or take it out of use."""
        seat.must_lead()
        row = await self.store.change(
            seat.shop_id,
            tag_id,
            None if patch.name is UNSET else self.texts.name(patch.name.strip(), "name"),
            archived=None if patch.archived is UNSET else patch.archived,
            now=self.clock.now(),
        )
        if row is None:
            raise NotFound
        return tag_face(row)

    async def of_conversation(self, seat: AgentSeat, conversation_id: UUID) -> TagItems:
        """Return what a conversation bears."""
        row = await self.access.open_for(seat, str(conversation_id))
        return TagItems(items=[tag_face(tag) for tag in await self.store.of_conversation(row.id)])

    async def put(
        self, seat: AgentSeat, conversation_id: UUID, given: ConversationTags
    ) -> TagItems:
        """Put tags on a conversation, and take others off; what it bears then is returned."""
        row = await self.access.open_for(seat, str(conversation_id))
        add = [uuid_at(each, "add") for each in given.add]
        remove = [uuid_at(each, "remove") for each in given.remove]
        await self.store.put(row, add, remove, seat.agent_id, self.clock.now())
        return await self.of_conversation(seat, row.id)


def tag_face(row: TagRow) -> Tag:
    """Return a tag."""
    return Tag(id=str(row.id), name=row.name, archived=row.archived_at is not None)
