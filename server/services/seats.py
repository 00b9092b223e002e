"""Who speaks. Made once, when somebody has proved who they are; goes with every call."""

from dataclasses import dataclass
from uuid import UUID

from server.protocol.errors import Forbidden
from server.protocol.shapes import Role


@dataclass(frozen=True, slots=True)
class VisitorSeat:
    """A customer of one shop, and the address they come from."""

    visitor_id: UUID
    shop_id: UUID
    locale: str
    address: str


@dataclass(frozen=True, slots=True)
class AgentSeat:
    """Somebody who works for one shop."""

    agent_id: UUID
    shop_id: UUID
    name: str
    role: Role

    @property
    def leads(self) -> bool:
        """Whether they may change agents, skills, queues and the shop."""
        return self.role != "agent"

    def may_pick(self, agents_may_pick: bool) -> bool:
        """Whether they may take who waits, without an offer; who leads always may."""
        return agents_may_pick or self.leads

    def must_lead(self) -> None:
        """Refuse everybody but supervisors and administrators."""
        if not self.leads:
            raise Forbidden
