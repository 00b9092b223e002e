"""Handing a conversation over: at once, after asking, or back to who had it before."""

from typing import Protocol
from uuid import UUID

from server.protocol.catalogue import ConversationAnswer
from server.protocol.commands import CancelTransfer, Target, TransferConversation
from server.protocol.errors import Conflict, Invalid, NobodyThere, NotFound
from server.services.announce import Announce
from server.services.assignment.cards import asked_card
from server.services.clock import Clock
from server.services.faces import fresh_message_face
from server.services.fanout import Fanout
from server.services.ids import uuid_of
from server.services.refusals import blaming
from server.services.rooms import agent_room
from server.services.router import Router
from server.services.seats import AgentSeat
from server.services.stores import Stores
from server.services.texts import Texts
from server.services.views import Views
from storage.errors import Missing
from storage.handovers import Question
from storage.rows import Draft, Moved, OfferRow


class Online(Protocol):
    """Which agents are here."""

    async def online(self, shop_id: UUID) -> set[UUID]:
        """Return the agents of a shop who are connected, to any node."""
        ...


class Transfers:
    """An agent's ways to hand over what they have in hand. The customer's age is kept."""

    def __init__(  # noqa: PLR0913 - collaborators
        self,
        *,
        stores: Stores,
        texts: Texts,
        views: Views,
        announce: Announce,
        fanout: Fanout,
        router: Router,
        online: Online,
        clock: Clock,
    ) -> None:
        self._stores, self._texts, self._views = stores, texts, views
        self._announce, self._fanout, self._router = announce, fanout, router
        self._online, self._clock = online, clock

    async def transfer(self, seat: AgentSeat, command: TransferConversation) -> ConversationAnswer:
        """Hand it to a colleague or a queue, or ask a colleague first; the note goes along."""
        to = command.to
        if [to.agent is None, to.queue is None, not to.back].count(False) != 1:
            raise Invalid("Name an agent, or a queue, or the way back.", field="to")
        if to.queue is not None and command.warm:
            raise Invalid("Only a person can be asked first.", field="warm")
        note = self._texts.message(command.note, "note") if command.note else None
        conversation_id = uuid_of(command.conversation)
        agent_id = await self._agent(seat, conversation_id, command)
        if agent_id is not None and command.warm:
            question = Question(
                conversation_id=conversation_id,
                agent_id=seat.agent_id,
                to_agent=agent_id,
                note=note,
            )
            with blaming(_field(to)):
                return await self._ask(seat, question)
        queue_id = None if to.queue is None else uuid_of(to.queue)
        if queue_id is not None:
            await self._must_be_served(seat, queue_id)
        with blaming(_field(to)):
            moved = await self._stores.transitions.transfer(
                conversation_id, seat.agent_id, agent_id, queue_id, self._clock.now()
            )
        try:
            if note is not None:
                await self._note(seat, moved, note)
        finally:  # handed over it is, with its note or without
            answer = await self._told(seat, moved)
        return answer

    async def cancel(self, seat: AgentSeat, command: CancelTransfer) -> ConversationAnswer:
        """Take the question back; when it is over already nothing changes."""
        conversation_id = uuid_of(command.conversation)
        moved = await self._stores.handovers.cancel(
            conversation_id, seat.agent_id, self._clock.now()
        )
        return await self._told(seat, moved)

    async def _agent(
        self, seat: AgentSeat, conversation_id: UUID, command: TransferConversation
    ) -> UUID | None:
        """Return the person it goes to, who must be here; None when it goes to a queue."""
        field = _field(command.to)
        if command.to.agent is not None:
            agent_id = uuid_of(command.to.agent)
            await self._must_be_here(seat, agent_id, field)
            return agent_id
        if not command.to.back:
            return None
        before = await self._stores.handovers.holder_before(conversation_id, seat.agent_id)
        if before is None:
            raise Conflict("Nobody had it before you.", field=field, reason="nobody_before")
        await self._must_be_here(seat, before, field)
        return before

    async def _must_be_here(self, seat: AgentSeat, agent_id: UUID, field: str) -> None:
        """Refuse to hand over to somebody who is not connected; the rest storage checks."""
        if agent_id == seat.agent_id:
            raise Invalid("It is in your hands already.", field=field)
        colleague = await self._stores.agents.get(agent_id)
        if colleague is None or colleague.shop_id != seat.shop_id:
            raise NotFound(field=field)
        if agent_id not in await self._online.online(seat.shop_id):
            raise Conflict(f"{colleague.name} is not here now.", field=field, reason="offline")

    async def _must_be_served(self, seat: AgentSeat, queue_id: UUID) -> None:
        """Refuse a queue where nobody is ready, unless it takes transfers even so."""
        try:
            fits = await self._stores.handovers.fits(seat.shop_id, queue_id, seat.agent_id)
        except Missing:
            raise NotFound(field="to.queue") from None
        if fits.takes_when_empty or fits.able & await self._online.online(seat.shop_id):
            return
        raise NobodyThere(field="to.queue")

    async def _ask(self, seat: AgentSeat, question: Question) -> ConversationAnswer:
        moved, offer = await self._stores.handovers.ask(question, self._clock.now())
        answer = await self._told(seat, moved)
        self._router.agent_touched(seat.shop_id, offer.agent_id)
        await self._show(offer)
        return answer

    async def _show(self, offer: OfferRow) -> None:
        """Show the card to whoever is asked."""
        view = await self._views.agent_conversation(offer.conversation_id)
        card = asked_card(offer, view)
        if card is not None:
            self._fanout.tell(agent_room(offer.agent_id), "offer:made", card, audience="agents")

    async def _note(self, seat: AgentSeat, moved: Moved, text: str) -> None:
        draft = Draft(
            conversation_id=moved.row.id,
            shop_id=seat.shop_id,
            client_id=f"transfer:{moved.row.epoch}",  # no client may use a colon
            sender_kind="agent",
            sender_id=seat.agent_id,
            sender_name=seat.name,
            text=text,
            now=self._clock.now(),
            private=True,
        )
        appended = await self._stores.messages.append(draft)
        if appended.status == "stored":
            self._announce.message(fresh_message_face(draft, appended))

    async def _told(self, seat: AgentSeat, moved: Moved) -> ConversationAnswer:
        await self._announce.moved(moved)
        view = await self._views.agent_conversation(moved.row, asked_by=seat.agent_id)
        return ConversationAnswer(conversation=view)


def _field(to: Target) -> str:
    """Name the field that says where it goes."""
    return "to.back" if to.back else "to.agent" if to.queue is None else "to.queue"
