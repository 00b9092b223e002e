"""Everything an agent's console may ask for. Thin: who is speaking, which use case."""

from dataclasses import dataclass
from uuid import UUID

import structlog

from server.protocol.auth import AgentAuth
from server.protocol.catalogue import AGENT_COMMANDS, ConversationAnswer, Opened, Whispered
from server.protocol.commands import (
    AcceptOffer,
    AgentSince,
    AssignConversation,
    CancelTransfer,
    CloseConversation,
    DeclineOffer,
    Done,
    FinishConversation,
    JoinConversation,
    LeaveConversation,
    MessagePage,
    OpenConversation,
    PickConversation,
    PrioritizeConversation,
    RequeueConversation,
    ResumeConversation,
    SetAgentStatus,
    SetRead,
    SetStatus,
    SetTyping,
    StepOut,
    Stored,
    TellInput,
    TransferConversation,
    WatchConversation,
    WhisperToAgent,
    WriteMessage,
)
from server.protocol.errors import Forbidden
from server.protocol.live import LeaveLive, LiveBoard, WatchLive
from server.services.accounts import CHANGED, Accounts, session_room
from server.services.assignment.offers import OfferDesk
from server.services.assignment.status import Statuses
from server.services.beside import Beside
from server.services.desk import Desk, Looking
from server.services.ids import uuid_of
from server.services.inputs import Inputs
from server.services.live.view import LiveView
from server.services.overruling import Overruling
from server.services.presence import Presence
from server.services.reception import AgentReception
from server.services.rooms import (
    agent_room,
    conversation_room,
    conversations_in,
    leading_room,
    shop_room,
)
from server.services.seats import AgentSeat
from server.services.stepping_in import SteppingIn
from server.services.talk import Talk
from server.services.transfers import Transfers
from server.services.viewers import Viewers
from server.services.watching import Watching
from server.sockets.knock import Knock
from server.sockets.namespace import CommandNamespace, command
from server.sockets.session import Session
from storage.errors import StorageError

COOKIE = "kefu_session"
BY_ITSELF = frozenset(
    {
        "input:tell",
        "conversation:open",
        "conversation:watch",
        "conversation:leave",
        "live:watch",
        "live:leave",
        "message:since",
        "read:set",
    }
)
"""What consoles ask for though nobody touches them. All else is somebody's doing."""

AgentSession = Session[AgentSeat]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentUseCases:
    """What agents may do, by use case."""

    accounts: Accounts
    reception: AgentReception
    offers: OfferDesk
    statuses: Statuses
    desk: Desk
    transfers: Transfers
    stepping_in: SteppingIn
    beside: Beside
    overruling: Overruling
    looking: Looking
    viewers: Viewers
    watching: Watching
    talk: Talk
    presence: Presence
    inputs: Inputs
    live: LiveView


class AgentNamespace(CommandNamespace[AgentAuth, AgentSeat]):
    """``/agent``."""

    def __init__(self, use_cases: AgentUseCases) -> None:
        super().__init__("/agent", AGENT_COMMANDS, AgentAuth)
        self._do = use_cases

    async def enter(self, session: AgentSession, hello: AgentAuth, knock: Knock) -> AgentSeat:
        """Let an agent in. The cookie counts for our own pages only."""
        if not knock.is_own_origin:
            raise Forbidden("Consoles connect from our own pages only.", reason="origin")
        token = hello.token or knock.cookie(COOKIE) or ""
        seat = await self._do.accounts.seat_of(token)
        session.join(agent_room(seat.agent_id))
        session.join(shop_room(seat.shop_id))
        session.join(session_room(token))
        if seat.leads:
            session.join(leading_room(seat.shop_id))
        in_hand = await self._do.reception.in_hand(seat)
        for row in in_hand:
            session.join(conversation_room(row.id))
        session.greet("session:started", await self._do.reception.welcome(seat, in_hand))
        self._do.inputs.came(seat, session.id)
        try:
            await self._do.presence.came(seat, session.id)
        except BaseException:
            self._do.inputs.went(seat, session.id)
            await self._do.presence.went(seat, session.id)
            raise
        return seat

    async def leave(self, session: AgentSession, reason: str) -> None:
        """Strike them from what they had open; the presence lets a reload pass."""
        self._do.inputs.went(session.seat, session.id)
        self._do.live.gone(session.seat, session.id)
        await self._do.viewers.gone(session.id)
        await self._do.watching.gone(session.id)
        signed_out = reason == "signed_out"
        await self._do.presence.went(session.seat, session.id, signed_out=signed_out)

    async def heal(self, session: AgentSession) -> None:
        """Start anew: whatever changed meanwhile is in what a session is told first.

        Whose role has changed comes back as who they are now.
        """
        if not await self._do.accounts.is_as_seated(session.seat):
            session.end(CHANGED)
            return
        heard = conversations_in(session.rooms)
        in_hand = await self._do.reception.in_hand(session.seat)
        for row in in_hand:
            session.join(conversation_room(row.id))
        for conversation_id in {*heard} - {row.id for row in in_hand} - self._open_in(session):
            session.leave(conversation_room(conversation_id))  # it ended, or changed hands
        session.greet("session:started", await self._do.reception.welcome(session.seat, in_hand))

    def _open_in(self, session: AgentSession) -> set[UUID]:
        """Return what somebody looks at, seen or not."""
        return {*self._do.viewers.seen_in(session.id), *self._do.watching.watched_in(session.id)}

    async def attend(self, session: AgentSession, name: str) -> None:
        """Note that somebody is there; what they ask for does not depend on it."""
        if name in BY_ITSELF:
            return
        try:
            await self._do.inputs.noticed(session.seat)
        except StorageError as error:
            log.warning("input_not_noted", agent=str(session.seat.agent_id), error=repr(error))

    @command("input:tell")
    async def tell_input(self, session: AgentSession, command: TellInput) -> Done:
        """Say that somebody is there, or that it would be said."""
        self._do.inputs.tells(session.seat, session.id)
        if command.seen:
            await self._do.inputs.noticed(session.seat)
        return Done()

    @command("status:set")
    async def set_status(self, session: AgentSession, command: SetStatus) -> Done:
        """Choose whether new conversations may be offered."""
        await self._do.statuses.set(session.seat, command.status)
        return Done()

    @command("offer:accept")
    async def accept_offer(self, session: AgentSession, command: AcceptOffer) -> ConversationAnswer:
        """Take the offered conversation."""
        taken = await self._do.offers.accept(session.seat, uuid_of(command.offer))
        return ConversationAnswer(conversation=taken)

    @command("offer:decline")
    async def decline_offer(self, session: AgentSession, command: DeclineOffer) -> Done:
        """Leave it to somebody else."""
        await self._do.offers.decline(session.seat, uuid_of(command.offer), command.reason)
        return Done()

    @command("conversation:pick")
    async def pick_conversation(
        self, session: AgentSession, command: PickConversation
    ) -> ConversationAnswer:
        """Take a waiting conversation."""
        taken = await self._do.offers.pick(session.seat, uuid_of(command.conversation))
        return ConversationAnswer(conversation=taken)

    @command("conversation:open")
    async def open_conversation(self, session: AgentSession, command: OpenConversation) -> Opened:
        """Look at a conversation."""
        opened = await self._do.looking.open(session.seat, session, command)
        await self._do.watching.stopped(uuid_of(command.conversation), session.id)
        return opened

    @command("conversation:watch")
    async def watch_conversation(self, session: AgentSession, command: WatchConversation) -> Opened:
        """Look at a conversation unseen."""
        return await self._do.watching.watch(session.seat, session, command)

    @command("conversation:leave")
    async def leave_conversation(self, session: AgentSession, command: LeaveConversation) -> Done:
        """Look at it no longer."""
        left = await self._do.looking.leave(session.seat, session, command)
        await self._do.watching.stopped(uuid_of(command.conversation), session.id)
        return left

    @command("conversation:transfer")
    async def transfer_conversation(
        self, session: AgentSession, command: TransferConversation
    ) -> ConversationAnswer:
        """Hand it over."""
        return await self._do.transfers.transfer(session.seat, command)

    @command("transfer:cancel")
    async def cancel_transfer(
        self, session: AgentSession, command: CancelTransfer
    ) -> ConversationAnswer:
        """Keep it after all."""
        return await self._do.transfers.cancel(session.seat, command)

    @command("conversation:assign")
    async def assign_conversation(
        self, session: AgentSession, command: AssignConversation
    ) -> ConversationAnswer:
        """Give it to somebody."""
        return await self._do.stepping_in.assign(session.seat, command)

    @command("conversation:prioritize")
    async def prioritize_conversation(
        self, session: AgentSession, command: PrioritizeConversation
    ) -> ConversationAnswer:
        """Say how soon it is served."""
        return await self._do.stepping_in.prioritize(session.seat, command)

    @command("conversation:requeue")
    async def requeue_conversation(
        self, session: AgentSession, command: RequeueConversation
    ) -> ConversationAnswer:
        """Let it wait again."""
        return await self._do.overruling.requeue(session.seat, command)

    @command("conversation:whisper")
    async def whisper(self, session: AgentSession, command: WhisperToAgent) -> Whispered:
        """Say something to its agent alone."""
        return await self._do.beside.whisper(session.seat, command)

    @command("conversation:join")
    async def join_conversation(
        self, session: AgentSession, command: JoinConversation
    ) -> ConversationAnswer:
        """Talk with the customer, too."""
        return await self._do.beside.join(session.seat, command)

    @command("conversation:step_out")
    async def step_out(self, session: AgentSession, command: StepOut) -> ConversationAnswer:
        """Leave it to its agent."""
        return await self._do.beside.step_out(session.seat, command)

    @command("agent:set_status")
    async def set_agent_status(self, session: AgentSession, command: SetAgentStatus) -> Done:
        """Set a colleague's status."""
        return await self._do.overruling.set_status(session.seat, command)

    @command("conversation:close")
    async def close_conversation(
        self, session: AgentSession, command: CloseConversation
    ) -> ConversationAnswer:
        """End the talk."""
        if command.reason is not None:
            return await self._do.overruling.close(session.seat, command)
        return await self._do.desk.close(session.seat, command)

    @command("conversation:resume")
    async def resume_conversation(
        self, session: AgentSession, command: ResumeConversation
    ) -> ConversationAnswer:
        """Take back a close."""
        return await self._do.desk.resume(session.seat, command)

    @command("conversation:finish")
    async def finish_conversation(
        self, session: AgentSession, command: FinishConversation
    ) -> ConversationAnswer:
        """End the wrap-up."""
        return await self._do.desk.finish(session.seat, command)

    @command("message:send")
    async def write_message(self, session: AgentSession, command: WriteMessage) -> Stored:
        """Say something to the customer, or leave a note."""
        return await self._do.talk.write(session.seat, command, session.id)

    @command("message:since")
    async def messages_since(self, session: AgentSession, command: AgentSince) -> MessagePage:
        """Read what was missed."""
        return await self._do.talk.since(session.seat, command)

    @command("typing:set")
    async def set_typing(self, session: AgentSession, command: SetTyping) -> Done:
        """Show typing to the customer."""
        return await self._do.talk.typing(session.seat, command, session.id)

    @command("read:set")
    async def set_read(self, session: AgentSession, command: SetRead) -> Done:
        """Keep what was read."""
        return await self._do.talk.read(session.seat, command)

    @command("live:watch")
    async def watch_live(self, session: AgentSession, command: WatchLive) -> LiveBoard:
        """See everything that goes on in the shop."""
        return await self._do.live.watch(session.seat, session)

    @command("live:leave")
    async def leave_live(self, session: AgentSession, command: LeaveLive) -> Done:
        """See it no longer."""
        self._do.live.leave(session.seat, session)
        return Done()
