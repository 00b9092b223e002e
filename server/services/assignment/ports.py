"""What assignment needs of storage and of the other services."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from server.protocol.shapes import AgentConversation
from storage.handling import Handled, Traffic
from storage.people import AgentFacts, QueueFacts, ShopFacts, ShopRow, WaitingFacts
from storage.rows import ConversationRow, DecisionRow, Heard, Lease, Moved, OfferEnd, OfferRow
from storage.speeds import KeptSpeeds


class Offers(Protocol):
    """Where offers are made and ended, by compare-and-set."""

    async def make(
        self,
        conversation_id: UUID,
        agent_ids: Sequence[UUID],
        expires_at: datetime,
        now: datetime,
        record_: dict[str, object],
        lease: Lease | None,
        /,
    ) -> tuple[OfferRow, ...]:
        """Offer; none when the race is lost, nobody has a slot, or the lease is stale."""
        ...

    async def accept(self, offer_id: UUID, agent_id: UUID, now: datetime, /) -> Moved:
        """Take the offered conversation."""
        ...

    async def end(
        self,
        offer_id: UUID,
        agent_id: UUID | None,
        reason: OfferEnd,
        now: datetime,
        decline_reason: str | None = None,
        /,
    ) -> Moved | None:
        """End a live offer; None when it was over."""
        ...

    async def pick(self, conversation_id: UUID, agent_id: UUID, now: datetime, /) -> Moved:
        """Take a waiting conversation without an offer."""
        ...

    async def get(self, offer_id: UUID, /) -> OfferRow | None:
        """Return an offer, live or not."""
        ...

    async def live_of_agent(self, agent_id: UUID, /) -> list[OfferRow]:
        """Return an agent's live offers."""
        ...


class Transitions(Protocol):
    """Where wrap-ups end."""

    async def wrap_ups_by(self, when: datetime, /) -> list[tuple[UUID, datetime]]:
        """Return conversations whose wrap-up ends by a time, and when, soonest first."""
        ...

    async def finish(
        self, conversation_id: UUID, agent_id: UUID | None, outcome: str | None, now: datetime, /
    ) -> Moved:
        """Close for good and free the slot."""
        ...


class Facts(Protocol):
    """Where the engine's facts are read."""

    async def shop(self, shop_id: UUID, /) -> ShopFacts:
        """Return everything of one shop."""
        ...

    async def queues(self, shop_id: UUID, /) -> list[QueueFacts]:
        """Return the queues of one shop."""
        ...

    async def agents(self, ids: Sequence[UUID], /) -> list[AgentFacts]:
        """Return some agents."""
        ...

    async def waiting(self, ids: Sequence[UUID], /) -> list[WaitingFacts]:
        """Return those of some conversations that wait or are on offer."""
        ...

    async def offers(self, ids: Sequence[UUID], /) -> list[OfferRow]:
        """Return the live offers of some conversations."""
        ...


class Shops(Protocol):
    """Where shops are read."""

    async def get(self, shop_id: UUID, /) -> ShopRow | None:
        """Return a shop."""
        ...

    async def all(self) -> list[ShopRow]:
        """Return all shops."""
        ...


class HandleTimes(Protocol):
    """How many conversations come, and how long they hold a slot."""

    async def traffic(self, shop_id: UUID, now: datetime, /) -> dict[UUID, Traffic]:
        """Return what each queue has to do."""
        ...

    async def by_agent(self, shop_id: UUID, now: datetime, /) -> list[Handled]:
        """Return how long each agent took for each queue lately."""
        ...


class Speeds(Protocol):
    """Where it is kept how fast agents are: learnt by one node, read by all."""

    async def keep(
        self, shop_id: UUID, speeds: Mapping[str, Mapping[str, float]], now: datetime, /
    ) -> int | None:
        """Keep what was learnt by now and return its version; None: another learnt later."""
        ...

    async def other_than(self, shop_id: UUID, version: int | None, /) -> KeptSpeeds | None:
        """Return what is kept, unless it is what the reader has."""
        ...


class Decisions(Protocol):
    """Where the records of decisions are kept."""

    async def of_offers(self, offer_ids: Sequence[UUID], /) -> Mapping[UUID, DecisionRow]:
        """Return the decision behind each offer."""
        ...


class AgentsHere(Protocol):
    """Who is connected."""

    async def until(self, shop_id: UUID, /) -> dict[UUID, float]:
        """Return until when each agent counts as here, in seconds since 1970."""
        ...


class AgentViews(Protocol):
    """Conversations as agents see them."""

    async def agent_conversation(
        self, conversation: UUID, /, *, asked_by: UUID | None = None
    ) -> AgentConversation:
        """Return one conversation; ``asked_by`` learns why, if they have it in hand."""
        ...


class Announce(Protocol):
    """How everybody hears what changed."""

    async def conversation(self, conversation: UUID | ConversationRow, /) -> None:
        """Tell both sides how a conversation stands."""
        ...

    async def moved(self, moved: Moved, /, *, by: str | None = None) -> None:
        """Tell both sides and the routing host of a change of state."""
        ...

    def heard(self, shop_id: UUID, heard: Heard, /) -> None:
        """Tell an agent that nothing more is offered, or that it is again."""
        ...
