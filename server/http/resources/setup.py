"""`/skills`, `/queues`, `/canned_replies` and `/shop`: how the shop is set up."""

from server.http.endpoint import Call, Endpoint, NoContent, Nothing, endpoint
from server.protocol.setup.canned_replies import (
    CannedReply,
    CannedReplyItems,
    CannedReplyPatch,
    NewCannedReply,
)
from server.protocol.setup.hours import HoursAhead, HoursQuery
from server.protocol.setup.queues import NewQueue, QueueItems, QueuePatch, QueueRecord, QueuesQuery
from server.protocol.setup.shop import IdentitySecret, ShopPatch, ShopRecord
from server.protocol.setup.skills import NewSkill, SkillItems, SkillPatch, SkillRecord
from server.services.admin.canned_replies import CannedRepliesAdmin
from server.services.admin.hours import HoursPreview
from server.services.admin.queues import QueuesAdmin
from server.services.admin.shop import ShopAdmin
from server.services.admin.skills import SkillsAdmin


class SkillsResource:
    """What agents may know and queues may need."""

    def __init__(self, skills: SkillsAdmin) -> None:
        self._skills = skills

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        all_, one = "/skills", "/skills/{id}"
        return [
            endpoint("GET", all_, self.list, takes=Nothing, gives=SkillItems),
            endpoint("POST", all_, self.create, takes=NewSkill, gives=SkillRecord, status=201),
            endpoint("GET", one, self.one, takes=Nothing, gives=SkillRecord),
            endpoint("PATCH", one, self.update, takes=SkillPatch, gives=SkillRecord),
            endpoint("DELETE", one, self.delete, takes=Nothing, gives=NoContent),
        ]

    async def list(self, call: Call, _: Nothing) -> SkillItems:
        """List the skills."""
        return await self._skills.list(call.seat)

    async def create(self, call: Call, given: NewSkill) -> SkillRecord:
        """Add a skill."""
        return await self._skills.create(call.seat, given)

    async def one(self, call: Call, _: Nothing) -> SkillRecord:
        """Show a skill."""
        return await self._skills.one(call.seat, call.id)

    async def update(self, call: Call, given: SkillPatch) -> SkillRecord:
        """Change a skill."""
        return await self._skills.update(call.seat, call.id, given)

    async def delete(self, call: Call, _: Nothing) -> NoContent:
        """Remove a skill, from agents and queues too."""
        await self._skills.delete(call.seat, call.id)
        return NoContent()


class QueuesResource:
    """Where conversations wait."""

    def __init__(self, queues: QueuesAdmin) -> None:
        self._queues = queues

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        all_, one = "/queues", "/queues/{id}"
        return [
            endpoint("GET", all_, self.list, takes=QueuesQuery, gives=QueueItems),
            endpoint("POST", all_, self.create, takes=NewQueue, gives=QueueRecord, status=201),
            endpoint("GET", one, self.one, takes=Nothing, gives=QueueRecord),
            endpoint("PATCH", one, self.update, takes=QueuePatch, gives=QueueRecord),
            endpoint("DELETE", one, self.archive, takes=Nothing, gives=NoContent),
        ]

    async def list(self, call: Call, given: QueuesQuery) -> QueueItems:
        """List the queues."""
        return await self._queues.list(call.seat, given)

    async def create(self, call: Call, given: NewQueue) -> QueueRecord:
        """Add a queue."""
        return await self._queues.create(call.seat, given)

    async def one(self, call: Call, _: Nothing) -> QueueRecord:
        """Show a queue."""
        return await self._queues.one(call.seat, call.id)

    async def update(self, call: Call, given: QueuePatch) -> QueueRecord:
        """Change a queue."""
        return await self._queues.update(call.seat, call.id, given)

    async def archive(self, call: Call, _: Nothing) -> NoContent:
        """Archive a queue; who waits in it moves to `general`, which itself stays."""
        await self._queues.archive(call.seat, call.id)
        return NoContent()


class CannedRepliesResource:
    """Prepared answers."""

    def __init__(self, replies: CannedRepliesAdmin) -> None:
        self._replies = replies

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        all_, one = "/canned_replies", "/canned_replies/{id}"
        return [
            endpoint("GET", all_, self.list, takes=Nothing, gives=CannedReplyItems),
            endpoint(
                "POST", all_, self.create, takes=NewCannedReply, gives=CannedReply, status=201
            ),
            endpoint("GET", one, self.one, takes=Nothing, gives=CannedReply),
            endpoint("PATCH", one, self.update, takes=CannedReplyPatch, gives=CannedReply),
            endpoint("DELETE", one, self.delete, takes=Nothing, gives=NoContent),
        ]

    async def list(self, call: Call, _: Nothing) -> CannedReplyItems:
        """List the prepared answers."""
        return await self._replies.list(call.seat)

    async def create(self, call: Call, given: NewCannedReply) -> CannedReply:
        """Add a prepared answer."""
        return await self._replies.create(call.seat, given)

    async def one(self, call: Call, _: Nothing) -> CannedReply:
        """Show a prepared answer."""
        return await self._replies.one(call.seat, call.id)

    async def update(self, call: Call, given: CannedReplyPatch) -> CannedReply:
        """Change a prepared answer."""
        return await self._replies.update(call.seat, call.id, given)

    async def delete(self, call: Call, _: Nothing) -> NoContent:
        """Remove a prepared answer."""
        await self._replies.delete(call.seat, call.id)
        return NoContent()


class ShopResource:
    """The shop itself."""

    def __init__(self, shop: ShopAdmin, preview: HoursPreview) -> None:
        self._shop, self._preview = shop, preview

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        secret, preview = "/shop/identity_secret", "/shop/hours/preview"
        return [
            endpoint("GET", "/shop", self.one, takes=Nothing, gives=ShopRecord),
            endpoint("PATCH", "/shop", self.update, takes=ShopPatch, gives=ShopRecord),
            endpoint("POST", preview, self.hours_ahead, takes=HoursQuery, gives=HoursAhead),
            endpoint("GET", secret, self.secret, takes=Nothing, gives=IdentitySecret),
            endpoint("POST", secret, self.rotate_secret, takes=Nothing, gives=IdentitySecret),
        ]

    async def one(self, call: Call, _: Nothing) -> ShopRecord:
        """Show the shop."""
        return await self._shop.one(call.seat)

    async def update(self, call: Call, given: ShopPatch) -> ShopRecord:
        """Change the shop."""
        return await self._shop.update(call.seat, given)

    async def hours_ahead(self, call: Call, given: HoursQuery) -> HoursAhead:
        """Show what opening hours would mean for the next two weeks, without keeping them."""
        return await self._preview.ahead(call.seat, given)

    async def secret(self, call: Call, _: Nothing) -> IdentitySecret:
        """Show the key with which the shop signs identities. Administrators only."""
        return await self._shop.secret(call.seat)

    async def rotate_secret(self, call: Call, _: Nothing) -> IdentitySecret:
        """Make a new key; identities signed with the old one are refused from now on."""
        return await self._shop.rotate_secret(call.seat)
