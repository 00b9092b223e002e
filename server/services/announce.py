"""After something is stored, everybody concerned hears of it. One way for each kind of news."""

from collections.abc import Sequence
from uuid import UUID

from server.protocol.events import (
    OfferEnded,
    ReadChanged,
    SessionEnded,
    StatusChanged,
    TypingChanged,
    VisitorChanged,
)
from server.protocol.shapes import Message, Read, Visitor, Whisper
from server.services.clock import Clock
from server.services.faces import message_face
from server.services.fanout import Fanout
from server.services.rooms import (
    agent_room,
    conversation_room,
    leads_room,
    shop_room,
    visitor_room,
)
from server.services.router import Router
from server.services.views import WAITING, Views
from storage.rows import ConversationRow, Heard, Moved, OfferEnd, OfferRow

SIGNED_IN = SessionEnded(
    code="replaced", message="The customer has signed in elsewhere.", retry_after_ms=500
)


class Announce:
    """Tells both sides and the routing host. Nothing here decides; nothing here stores."""

    def __init__(self, views: Views, fanout: Fanout, router: Router, clock: Clock) -> None:
        self._views, self._fanout, self._router, self._clock = views, fanout, router, clock

    async def conversation(self, conversation: UUID | ConversationRow) -> None:
        """Tell the customer and the agents of the shop how a conversation stands now."""
        if isinstance(conversation, UUID):
            conversation = await self._views.row(conversation)
        self._keep_rooms(conversation)
        await self._stands(conversation)

    async def _stands(self, row: ConversationRow) -> None:
        theirs = await self._views.visitor_conversation(row)
        self._fanout.tell(
            visitor_room(row.visitor_id), "conversation:changed", theirs, audience="visitors"
        )
        if row.state == "new":  # nothing was said yet: no concern of the agents
            return
        ours = await self._views.agent_conversation(row)
        self._fanout.tell(shop_room(row.shop_id), "conversation:changed", ours, audience="agents")

    async def moved(self, moved: Moved, *, by: str | None = None) -> None:
        """Tell everybody of a change of state; ``by`` names the agent who took the conversation.

        A retry that found it done (``changed`` is false) tells again how things stand: whoever did
        it may have died before a word of it. The notices are then found by their numbers.
        """
        row = moved.row
        if row.state != "closed":
            # Before the notices: those who come hear them, and those who go too. Not later again:
            # it may be closed by then, and nothing would take anybody out any more.
            self._keep_rooms(row)
        for notice in moved.notices:
            self.message(message_face(notice))
        for offer in (moved.ended_offer, *moved.also_ended):
            if offer is not None and offer.end_reason is not None:
                self._offer_ended(offer, offer.end_reason, by)
        if moved.heard is not None:
            self.heard(row.shop_id, moved.heard)
        self._poke(moved)
        await self.tasks(row.shop_id, moved.tasks)
        self._let_go(moved)
        await self._stands(row)

    async def tasks(self, shop_id: UUID, task_ids: Sequence[UUID]) -> None:
        """Tell the shop how tasks stand now."""
        for task in await self._views.tasks(task_ids):
            self._fanout.tell(shop_room(shop_id), "task:changed", task, audience="agents")

    def _offer_ended(self, offer: OfferRow, reason: OfferEnd, by: str | None) -> None:
        self._fanout.tell(
            agent_room(offer.agent_id),
            "offer:ended",
            OfferEnded(
                offer=str(offer.id), conversation=str(offer.conversation_id), reason=reason, by=by
            ),
            audience="agents",
        )

    def heard(self, shop_id: UUID, heard: Heard) -> None:
        """Tell an agent that nothing more is offered, or that it is again."""
        self._fanout.tell(
            agent_room(heard.agent_id),
            "status:changed",
            StatusChanged(status=heard.status, responding=heard.responding, idle=heard.idle),
            audience="agents",
        )
        self._router.status_changed(shop_id, heard.agent_id)

    def message(self, message: Message, *, but: str | None = None) -> None:
        """Tell everybody in the conversation what was said; notes are for agents only."""
        self._fanout.tell(
            conversation_room(message.conversation),
            "message:created",
            message,
            audience="agents" if message.private else "everyone",
            but=but,
        )

    def whisper(self, whisper: Whisper) -> None:
        """Tell the agent to whom it was said, and those who lead and look on. Nobody else."""
        for room in (agent_room(whisper.to.id), leads_room(whisper.conversation)):
            self._fanout.tell(room, "whisper:created", whisper, audience="agents")

    def typing(self, typing: TypingChanged, *, but: str) -> None:
        """Tell the others in the conversation who is typing."""
        self._fanout.tell(conversation_room(typing.conversation), "typing:changed", typing, but=but)

    def read(self, conversation_id: UUID, read: Read) -> None:
        """Tell both sides how far the other has read."""
        self._fanout.tell(
            conversation_room(conversation_id),
            "read:changed",
            ReadChanged(conversation=str(conversation_id), read=read),
        )

    async def visitor(self, visitor_id: UUID, conversation_id: UUID) -> None:
        """Tell agents in the conversation what is known of its customer now."""
        seen = (await self._views.visitors([visitor_id])).get(visitor_id)
        if seen is not None:
            self.visitor_seen(seen, conversation_id)

    def visitor_seen(self, seen: Visitor, conversation_id: UUID) -> None:
        """Tell agents in the conversation how its customer has just been seen."""
        self._fanout.tell(
            conversation_room(conversation_id),
            "visitor:changed",
            VisitorChanged(visitor=seen, at=self._clock.now()),
            audience="agents",
        )

    def became(self, stranger_id: UUID) -> None:
        """End the sessions of a stranger whose conversation is now that of a signed customer."""
        self._fanout.end(visitor_room(stranger_id), SIGNED_IN)

    def arrived(self, row: ConversationRow) -> None:
        """Let the customer's tabs hear the conversation, and let the router look at it."""
        self._keep_rooms(row)
        if row.state == "queued":
            self._router.arrived(row.shop_id, row.id)

    async def queued(self, conversation_id: UUID) -> None:
        """Tell of a conversation whose customer has just said the first words."""
        row = await self._views.row(conversation_id)
        self.arrived(row)
        await self.conversation(row)

    def _keep_rooms(self, row: ConversationRow) -> None:
        """Whoever takes part hears it; once it is closed nobody needs to."""
        room = conversation_room(row.id)
        if row.state == "closed":
            self._fanout.scatter(visitor_room(row.visitor_id), room)
            if row.agent_id is not None:
                self._fanout.scatter(agent_room(row.agent_id), room)
            return
        self._fanout.gather(visitor_room(row.visitor_id), room)
        if row.agent_id is not None:
            self._fanout.gather(agent_room(row.agent_id), room)

    def _let_go(self, moved: Moved) -> None:
        """Whoever takes part no longer does not hear it any more; nobody does what is closed."""
        row = moved.row
        for freed in (moved.freed_agent, *moved.also_freed):
            if freed is not None and freed != row.agent_id:
                self._fanout.scatter(agent_room(freed), conversation_room(row.id))
        if row.state == "closed":
            self._keep_rooms(row)

    def _poke(self, moved: Moved) -> None:
        row = moved.row
        if row.state in WAITING:
            self._router.arrived(row.shop_id, row.id)
        else:
            self._router.left(row.shop_id, row.id)
        taken_by = row.agent_id if row.state == "active" else None
        for freed in (moved.freed_agent, *moved.also_freed, taken_by):
            if freed is not None:
                self._router.agent_touched(row.shop_id, freed)
