"""The table of commands: name → what is asked, what is answered. Docs and types come from it."""

from msgspec import Struct

from server.protocol import commands as c
from server.protocol.live import LeaveLive, LiveBoard, WatchLive
from server.protocol.shapes import (
    AgentConversation,
    Conversation,
    Message,
    Person,
    Shape,
    Whisper,
)


class Started(Shape, frozen=True):
    """The conversation that is open now, and the first message if there was one."""

    conversation: Conversation
    message: Message | None = None


class ConversationAnswer(Shape, frozen=True):
    """The conversation after the command."""

    conversation: AgentConversation


class VisitorConversationAnswer(Shape, frozen=True):
    """The conversation after the command, as its customer sees it."""

    conversation: Conversation


class ConversationList(Shape, frozen=True):
    """Conversations, newest first; ``next`` continues the list."""

    conversations: list[Conversation]
    next: str | None = None


class Opened(Shape, frozen=True):
    """A conversation with its newest messages, its notes and who else looks at it.

    ``whispers``: those that are for whoever opens it. ``blurred``: personal data is unreadable,
    because one watches and the shop says so.
    """

    conversation: AgentConversation
    messages: list[Message]
    notes: list[Message]
    viewers: list[Person]
    whispers: list[Whisper] = []
    blurred: bool = False


class Whispered(Shape, frozen=True):
    """The whisper as it was stored."""

    whisper: Whisper


VISITOR_COMMANDS: dict[str, tuple[type[Struct], type[Struct]]] = {
    "conversation:start": (c.StartConversation, Started),
    "conversation:list": (c.ListConversations, ConversationList),
    "conversation:end": (c.EndConversation, VisitorConversationAnswer),
    "conversation:rate": (c.RateConversation, VisitorConversationAnswer),
    "message:send": (c.SendMessage, c.Stored),
    "message:since": (c.Since, c.MessagePage),
    "typing:set": (c.SetTyping, c.Done),
    "read:set": (c.SetRead, c.Done),
    "user:set": (c.SetUser, c.Done),
}

AGENT_COMMANDS: dict[str, tuple[type[Struct], type[Struct]]] = {
    "status:set": (c.SetStatus, c.Done),
    "input:tell": (c.TellInput, c.Done),
    "offer:accept": (c.AcceptOffer, ConversationAnswer),
    "offer:decline": (c.DeclineOffer, c.Done),
    "conversation:pick": (c.PickConversation, ConversationAnswer),
    "conversation:open": (c.OpenConversation, Opened),
    "conversation:watch": (c.WatchConversation, Opened),
    "conversation:leave": (c.LeaveConversation, c.Done),
    "conversation:transfer": (c.TransferConversation, ConversationAnswer),
    "transfer:cancel": (c.CancelTransfer, ConversationAnswer),
    "conversation:assign": (c.AssignConversation, ConversationAnswer),
    "conversation:prioritize": (c.PrioritizeConversation, ConversationAnswer),
    "conversation:whisper": (c.WhisperToAgent, Whispered),
    "conversation:join": (c.JoinConversation, ConversationAnswer),
    "conversation:step_out": (c.StepOut, ConversationAnswer),
    "conversation:requeue": (c.RequeueConversation, ConversationAnswer),
    "agent:set_status": (c.SetAgentStatus, c.Done),
    "conversation:close": (c.CloseConversation, ConversationAnswer),
    "conversation:resume": (c.ResumeConversation, ConversationAnswer),
    "conversation:finish": (c.FinishConversation, ConversationAnswer),
    "message:send": (c.WriteMessage, c.Stored),
    "message:since": (c.AgentSince, c.MessagePage),
    "typing:set": (c.SetTyping, c.Done),
    "read:set": (c.SetRead, c.Done),
    "live:watch": (WatchLive, LiveBoard),
    "live:leave": (LeaveLive, c.Done),
}
