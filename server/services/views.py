"""Rows → what each side sees, with the names, places and people that belong to them."""

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from msgspec.structs import replace

from routing.reasons import matched
from server.protocol.errors import NotFound
from server.protocol.shapes import (
    AgentConversation,
    Conversation,
    Handover,
    Hours,
    Matched,
    Person,
    Prospect,
    QueueRef,
    Task,
    Visitor,
    Why,
)
from server.services.assignment.places import Places, at_place
from server.services.assignment.recalled import recalled, why
from server.services.faces import (
    agent_conversation_face,
    conversation_face,
    handover_face,
    spoken_by,
    visitor_face,
)
from server.services.stores import Stores
from server.services.tasks.faces import task_face
from storage.people import VisitorRow
from storage.rows import ConversationRow

WAITING = frozenset({"new", "queued", "offered"})
HELD = frozenset({"active", "wrap_up"})
IN_HAND = frozenset({"active", "wrap_up"})


class OpeningHours(Protocol):
    """Whether anybody answers now."""

    async def hours(self, shop_id: UUID) -> Hours:
        """Return the state of the shop."""
        ...

    async def of_queues(self, shop_id: UUID) -> Mapping[str, Hours]:
        """Return by key the state of the queues that keep hours of their own."""
        ...


class VisitorsHere(Protocol):
    """Which customers have the widget open."""

    async def online(self, visitor_ids: Sequence[UUID]) -> set[UUID]:
        """Return those of ``visitor_ids`` who are here, on any node."""
        ...


class Views:
    """Makes shapes of rows, with few queries however many rows there are."""

    def __init__(
        self, stores: Stores, opening: OpeningHours, places: Places, here: VisitorsHere
    ) -> None:
        self._stores, self._opening, self._places, self._here = stores, opening, places, here

    async def row(self, conversation_id: UUID) -> ConversationRow:
        """Return a conversation by id; who may see it, the caller has decided."""
        row = await self._stores.conversations.get(conversation_id)
        if row is None:
            raise NotFound
        return row

    async def agent_conversation(
        self, conversation: UUID | ConversationRow, *, asked_by: UUID | None = None
    ) -> AgentConversation:
        """Return one conversation as agents see it."""
        row = await self.row(conversation) if isinstance(conversation, UUID) else conversation
        [view] = await self.agent_conversations([row], asked_by=asked_by)
        return view

    async def agent_conversations(
        self, rows: Sequence[ConversationRow], *, asked_by: UUID | None = None
    ) -> list[AgentConversation]:
        """Return conversations as agents see them, in the order of ``rows``.

        ``asked_by`` is the agent who will read it: of what they have in hand they learn why.
        """
        if not rows:
            return []
        whys = await self._whys(rows, asked_by)
        visitors = await self.visitors(list({row.visitor_id for row in rows}))
        queues, agents, units = await self._names(rows)
        prospects = await self._prospects(rows)
        views = [
            agent_conversation_face(
                row,
                visitors[row.visitor_id],
                queues.get(row.queue_id),
                agents.get(row.agent_id),
                whys.get(row.id),
                prospects.get(row.id, "open"),
            )
            for row in rows
        ]
        handovers, quiet = await self._handovers(rows), await self._quiet(rows)
        joined, tasks = await self.joined(rows), await self._due_in(rows)
        speakers = await self._speakers(rows)
        return [
            replace(
                view,
                preview=spoken_by(view.preview, speakers.get(row.id)),
                handover=handovers.get(view.id),
                quiet=view.id in quiet,
                units=units.get(row.queue_id, 1),
                joined=joined.get(row.id, []),
                tasks=tasks.get(row.id, []),
            )
            for view, row in zip(views, rows, strict=True)
        ]

    async def for_agents(self, conversation_ids: Sequence[UUID]) -> list[AgentConversation]:
        """Return conversations by id as agents see them."""
        rows = await self._stores.conversations.get_many(conversation_ids)
        return await self.agent_conversations(rows)

    async def visitor_conversation(self, row: ConversationRow) -> Conversation:
        """Return a conversation as its customer sees it, with their place while they wait."""
        [view] = await self._visitor_views([row])
        if row.state not in WAITING:
            return view
        places = await self._places.of([row.id])
        place = places.get(row.id)
        return view if place is None else at_place(view, place)

    async def visitor_conversations(
        self, conversation_ids: Sequence[UUID]
    ) -> list[tuple[UUID, Conversation]]:
        """Return (visitor, conversation) pairs without places, for whoever knows the places."""
        rows = await self._stores.conversations.get_many(conversation_ids)
        views = await self._visitor_views(rows)
        return [(row.visitor_id, view) for row, view in zip(rows, views, strict=True)]

    async def visitor_history(self, rows: Sequence[ConversationRow]) -> list[Conversation]:
        """Return a customer's conversations as they see them, without places."""
        return await self._visitor_views(rows)

    async def visitors(self, visitor_ids: Sequence[UUID]) -> dict[UUID, Visitor]:
        """Return customers by id: how many conversations they had, whether they are here."""
        rows = await self._stores.visitors.get_many(visitor_ids)
        summaries = await self._stores.visitors.summaries(visitor_ids)
        online = await self._here.online(visitor_ids)
        return {
            row.id: visitor_face(row, summaries.get(row.id), row.id in online)
            for row in rows.values()
        }

    async def visitor(self, row: VisitorRow) -> Visitor:
        """Return one customer."""
        return (await self.visitors([row.id]))[row.id]

    async def joined(self, rows: Sequence[ConversationRow]) -> dict[UUID, list[Person]]:
        """Return by conversation who talks beside its agent; only what is in hand can be joined."""
        active = [row.id for row in rows if row.state == "active"]
        found = await self._stores.joining.among(active) if active else {}
        return {
            each: [Person(id=str(agent_id), name=name) for agent_id, name in people]
            for each, people in found.items()
        }

    async def tasks(self, task_ids: Sequence[UUID]) -> list[Task]:
        """Return tasks by id, as the people of their shop see them."""
        rows = await self._stores.tasks.many(task_ids) if task_ids else []
        return [task_face(row) for row in rows]

    async def _due_in(self, rows: Sequence[ConversationRow]) -> dict[UUID | None, list[Task]]:
        """Return by conversation what is due in it."""
        found: dict[UUID | None, list[Task]] = {}
        for task in await self._stores.tasks.due_in([row.id for row in rows]):
            face = task_face(task, beside_customer=True)
            found.setdefault(task.due_conversation_id, []).append(face)
        return found

    async def _speakers(self, rows: Sequence[ConversationRow]) -> dict[UUID, Person]:
        """Return by conversation which of the agents spoke, where one of them spoke last."""
        spoken = [row.id for row in rows if row.last_sender == "agent"]
        found = await self._stores.messages.spoken_last(spoken) if spoken else {}
        return {each: Person(id=str(who), name=name) for each, (who, name) in found.items()}

    async def _prospects(self, rows: Sequence[ConversationRow]) -> dict[UUID, Prospect]:
        waiting = [row.id for row in rows if row.state in WAITING]
        if not waiting:
            return {}
        return {each: place.service for each, place in (await self._places.of(waiting)).items()}

    async def _whys(
        self, rows: Sequence[ConversationRow], asked_by: UUID | None
    ) -> dict[UUID, Why]:
        theirs = [row.id for row in rows if row.agent_id == asked_by and row.state in IN_HAND]
        if asked_by is None or not theirs:
            return {}
        decisions = await self._stores.decisions.in_force(theirs)
        records = {each: recalled(decision.record) for each, decision in decisions.items()}
        return {
            each: why(record, asked_by) for each, record in records.items() if record is not None
        }

    async def _matches(self, rows: Sequence[ConversationRow]) -> dict[UUID, Matched | None]:
        """Return what customers may hear of why the agent who serves them was chosen."""
        served = {row.id: str(row.agent_id) for row in rows if row.state == "active"}
        if not served:
            return {}
        decisions = await self._stores.decisions.in_force(served)
        records = {each: recalled(decision.record) for each, decision in decisions.items()}
        joined = await self.joined(rows)  # else pages would say it of whoever came last
        return {
            each: matched(record, served[each])
            for each, record in records.items()
            if record is not None and each not in joined
        }

    async def _handovers(self, rows: Sequence[ConversationRow]) -> dict[str, Handover]:
        """Return by conversation who is asked to take over; only what is in hand can be."""
        active = [row.id for row in rows if row.state == "active"]
        pending = await self._stores.handovers.pending(active) if active else {}
        return {str(each): handover_face(found) for each, found in pending.items()}

    async def _quiet(self, rows: Sequence[ConversationRow]) -> set[str]:
        """Return those that take no room: they are in hand, and nobody says anything."""
        candidates = [row.id for row in rows if row.state in HELD and row.unanswered_since is None]
        found = await self._stores.quiet.among(candidates) if candidates else set[UUID]()
        return {str(each) for each in found}

    async def _visitor_views(self, rows: Sequence[ConversationRow]) -> list[Conversation]:
        queues, agents, _ = await self._names(rows)
        matches = await self._matches(rows)
        shops = {each: await self._opening.hours(each) for each in {row.shop_id for row in rows}}
        own = await self._own_hours(rows)
        return [
            conversation_face(
                row,
                queues.get(row.queue_id),
                agents.get(row.agent_id),
                shops[row.shop_id],
                matches.get(row.id),
                own.get(row.queue_id),
            )
            for row in rows
        ]

    async def _own_hours(self, rows: Sequence[ConversationRow]) -> dict[UUID | None, Hours]:
        """Return by queue the hours of those in use that keep others than the shop."""
        found: dict[UUID | None, Hours] = {}
        for shop_id in {row.shop_id for row in rows if row.queue_id is not None}:
            own = await self._opening.of_queues(shop_id)
            for queue in await self._stores.queues.of_shop(shop_id) if own else ():
                if queue.key in own:
                    found[queue.id] = own[queue.key]
        return found

    async def _names(
        self, rows: Sequence[ConversationRow]
    ) -> tuple[dict[UUID | None, QueueRef], dict[UUID | None, Person], dict[UUID | None, int]]:
        """Return by id the queues, the agents, and what a conversation of each queue takes."""
        queues: dict[UUID | None, QueueRef] = {}
        units: dict[UUID | None, int] = {}
        for shop_id in {row.shop_id for row in rows if row.queue_id is not None}:
            for queue in await self._stores.queues.of_shop(shop_id, archived=True):
                queues[queue.id] = QueueRef(id=str(queue.id), name=queue.name)
                units[queue.id] = queue.units
        agent_ids = {row.agent_id for row in rows if row.agent_id is not None}
        found = await self._stores.agents.get_many(agent_ids) if agent_ids else {}
        agents: dict[UUID | None, Person] = {
            agent.id: Person(id=str(agent.id), name=agent.name) for agent in found.values()
        }
        return queues, agents, units
