"""What people do over the engine's head, on any node of an office."""

from dataclasses import dataclass
from uuid import UUID

from server.protocol.commands import (
    AssignConversation,
    CancelTransfer,
    PrioritizeConversation,
    Target,
    TransferConversation,
)
from server.protocol.shapes import AgentConversation
from server.services.access import Access
from server.services.blurring import Blurring
from server.services.seats import AgentSeat
from server.services.stepping_in import SteppingIn
from server.services.texts import Texts
from server.services.transfers import Transfers
from storage.rows import ConversationRow
from tests.assignment.nodes import Node
from tests.assignment.office import Office


@dataclass(frozen=True)
class Bounds:
    """Limits of texts."""

    message_text_max_chars: int = 8000
    comment_max_chars: int = 2000
    attributes_max: int = 50
    attribute_value_max_chars: int = 500


class People:
    """The hands of an office's people, on one node."""

    def __init__(self, office: Office, node: Node | None = None) -> None:
        self._office = office
        node = node or office.node
        texts = Texts(Bounds())
        self._transfers = Transfers(
            stores=office.stores,
            texts=texts,
            views=node.views,
            announce=node.announce,
            fanout=office.ears,
            router=node.pokes,
            online=node.presence,
            clock=office.clock,
        )
        self._stepping_in = SteppingIn(
            stores=office.stores,
            access=Access(office.stores.conversations),
            texts=texts,
            views=node.views,
            blurring=Blurring(office.stores, office.clock),
            announce=node.announce,
            online=node.presence,
            clock=office.clock,
        )

    async def assigns(
        self,
        lead: AgentSeat,
        row: ConversationRow,
        to: AgentSeat,
        reason: str = "She knows them",
        epoch: int | None = None,
    ) -> AgentConversation:
        command = AssignConversation(
            conversation=str(row.id), agent=str(to.agent_id), reason=reason, epoch=epoch
        )
        return (await self._stepping_in.assign(lead, command)).conversation

    async def prioritizes(
        self,
        lead: AgentSeat,
        row: ConversationRow,
        priority: int,
        *,
        emergency: bool | None = None,
        reason: str | None = None,
        was: int | None = None,
    ) -> AgentConversation:
        command = PrioritizeConversation(
            conversation=str(row.id),
            priority=priority,
            emergency=emergency,
            reason=reason,
            was=was,
        )
        return (await self._stepping_in.prioritize(lead, command)).conversation

    async def asks(
        self, seat: AgentSeat, row: ConversationRow, to: AgentSeat, note: str | None = None
    ) -> AgentConversation:
        """Ask a colleague to take over."""
        return await self._hands(seat, row, Target(agent=str(to.agent_id)), note, warm=True)

    async def hands(
        self, seat: AgentSeat, row: ConversationRow, to: AgentSeat, note: str | None = None
    ) -> AgentConversation:
        return await self._hands(seat, row, Target(agent=str(to.agent_id)), note)

    async def hands_to_queue(
        self, seat: AgentSeat, row: ConversationRow, queue: UUID
    ) -> AgentConversation:
        return await self._hands(seat, row, Target(queue=str(queue)))

    async def hands_back(
        self, seat: AgentSeat, row: ConversationRow, *, warm: bool = False
    ) -> AgentConversation:
        return await self._hands(seat, row, Target(back=True), warm=warm)

    async def cancels(self, seat: AgentSeat, row: ConversationRow) -> AgentConversation:
        command = CancelTransfer(conversation=str(row.id))
        return (await self._transfers.cancel(seat, command)).conversation

    async def _hands(
        self,
        seat: AgentSeat,
        row: ConversationRow,
        to: Target,
        note: str | None = None,
        *,
        warm: bool = False,
    ) -> AgentConversation:
        command = TransferConversation(conversation=str(row.id), to=to, note=note, warm=warm)
        return (await self._transfers.transfer(seat, command)).conversation
