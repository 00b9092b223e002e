"""Why this agent, why not me, why still waiting: for the people of the shop, each their part."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from uuid import UUID

from routing.explain import Record
from routing.waiting import Waiting, why_waiting
from server.protocol.decisions import Act, Decision, DecisionItems, WaitingReasons
from server.protocol.errors import NotWaiting
from server.services.access import Access
from server.services.act_faces import act_face
from server.services.assignment.lookout import Lookout
from server.services.assignment.recalled import recalled
from server.services.blur import through
from server.services.blurring import Blurring
from server.services.clock import Clock
from server.services.routing_faces import decision_face, own_decision_face, waiting_face
from server.services.seats import AgentSeat
from server.services.stores import Stores
from storage.rows import DecisionRow, OfferRow

WAITING = frozenset({"queued", "offered"})
ACTS = frozenset({"assigned", "prioritized", "picked"})


class Explanations:
    """Explains the routing of one conversation. Leads see all, agents their own part."""

    def __init__(
        self, stores: Stores, access: Access, blurring: Blurring, lookout: Lookout, clock: Clock
    ) -> None:
        self._stores, self._access, self._blurring = stores, access, blurring
        self._lookout, self._clock = lookout, clock

    async def decisions(self, seat: AgentSeat, conversation_id: UUID) -> DecisionItems:
        """Return why it was offered to whom, oldest first."""
        row = await self._access.open_for(seat, str(conversation_id))
        decisions = _together(await self._stores.decisions.of_conversation(row.id))
        offers = await self._stores.decisions.offers_of(row.id)
        records = [recalled(each.record) for each in decisions]
        names = await self._names(_people(records, offers))

        def face(each: DecisionRow, record: Record | None) -> Decision:
            made = _offers_of(each, offers)
            if seat.leads:
                return decision_face(each, record, made, names)
            return own_decision_face(each, record, made, names, str(seat.agent_id))

        items = DecisionItems(
            items=list(map(face, decisions, records)), acts=await self._acts(row.id)
        )
        return through(await self._blurring.reading(seat, row), items)

    async def waiting(self, seat: AgentSeat, conversation_id: UUID) -> WaitingReasons:
        """Return why its customer still waits; refused where nobody does."""
        row = await self._access.open_for(seat, str(conversation_id))
        if row.state not in WAITING:
            raise NotWaiting
        board = await self._lookout.board(row.shop_id, knows=row.id)
        if board is None or str(row.id) not in board.engine.tasks:
            raise NotWaiting
        why = why_waiting(board.engine, str(row.id), self._clock.now().timestamp())
        ends = (each.expires_at for each in board.offers.values() if each.conversation_id == row.id)
        return waiting_face(
            why,
            await self._names(_of_waiting(why)),
            leads=seat.leads,
            agent_id=str(seat.agent_id),
            offer_until=min(ends, default=None),
        )

    async def _acts(self, conversation_id: UUID) -> list[Act]:
        """Return what people did themselves."""
        events = await self._stores.conversations.events(conversation_id)
        acts = [each for each in events if each.kind in ACTS]
        people = {str(each.actor_id) for each in acts}
        people |= {str(each.data.get(name)) for each in acts for name in ("agent", "from")}
        names = await self._names(people)
        return [act_face(each, names) for each in acts]

    async def _names(self, agent_ids: Iterable[str]) -> dict[str, str]:
        """Return the names of agents, in one query."""
        known: set[UUID] = set()
        for agent_id in agent_ids:
            with suppress(ValueError):
                known.add(UUID(agent_id))
        found = await self._stores.agents.get_many(known) if known else {}
        return {str(agent.id): agent.name for agent in found.values()}


def _people(records: Sequence[Record | None], offers: Sequence[OfferRow]) -> set[str]:
    """Return everybody who is named in records and offers."""
    people = {str(offer.agent_id) for offer in offers}
    for record in records:
        if record is not None:
            people |= {*record.chosen, *record.removed_agents}
            people |= {candidate.subject.agent.id for candidate in record.candidates}
    return people


def _of_waiting(why: Waiting) -> set[str]:
    asked = {change.agent for change in why.changes if change.agent is not None}
    return {*why.agents, *why.named, *asked}


def _together(decisions: Sequence[DecisionRow]) -> list[DecisionRow]:
    """Return each decision once: a queue that asks several at once keeps it with every offer."""
    return list({each.at: each for each in reversed(decisions)}.values())[::-1]


def _offers_of(decision: DecisionRow, offers: Sequence[OfferRow]) -> list[OfferRow]:
    """Return the offers that a decision led to: several where a queue asks several at once."""
    return [each for each in offers if each.id == decision.offer_id or each.made_at == decision.at]
