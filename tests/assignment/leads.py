"""What those who lead an office take from others, on any node."""

from server.protocol.commands import CloseConversation, RequeueConversation, SetAgentStatus
from server.protocol.shapes import AgentConversation, Status
from server.services.access import Access
from server.services.blurring import Blurring
from server.services.overruling import Overruling
from server.services.seats import AgentSeat
from server.services.texts import Texts
from storage.people import QueueRow
from storage.rows import ConversationRow
from tests.assignment.nodes import Node
from tests.assignment.office import Office
from tests.assignment.people import Bounds


class Leads:
    """The hands of an office's supervisors, on one node."""

    def __init__(self, office: Office, node: Node | None = None) -> None:
        node = node or office.node
        self._overruling = Overruling(
            stores=office.stores,
            access=Access(office.stores.conversations),
            texts=Texts(Bounds()),
            views=node.views,
            blurring=Blurring(office.stores, office.clock),
            announce=node.announce,
            statuses=node.statuses,
            clock=office.clock,
        )

    async def requeues(
        self,
        lead: AgentSeat,
        row: ConversationRow,
        queue: QueueRow | None = None,
        reason: str = "Somebody else must see to it",
        epoch: int | None = None,
    ) -> AgentConversation:
        command = RequeueConversation(
            conversation=str(row.id),
            reason=reason,
            queue=None if queue is None else str(queue.id),
            epoch=epoch,
        )
        return (await self._overruling.requeue(lead, command)).conversation

    async def closes(
        self,
        lead: AgentSeat,
        row: ConversationRow,
        reason: str = "Nothing but insults",
        epoch: int | None = None,
        held_by: AgentSeat | None = None,
    ) -> AgentConversation:
        command = CloseConversation(
            conversation=str(row.id),
            outcome="spam",
            reason=reason,
            epoch=epoch,
            held_by=None if held_by is None else str(held_by.agent_id),
        )
        return (await self._overruling.close(lead, command)).conversation

    async def sets(
        self,
        lead: AgentSeat,
        of: AgentSeat,
        status: Status,
        reason: str = "Gone home",
        was: Status | None = None,
    ) -> None:
        command = SetAgentStatus(agent=str(of.agent_id), status=status, reason=reason, was=was)
        await self._overruling.set_status(lead, command)
