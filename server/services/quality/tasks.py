"""What is to be reviewed. Whoever takes it first has it; who has it may leave it to others."""

from dataclasses import dataclass
from uuid import UUID

from server.protocol.errors import AlreadyTaken, Conflict, NotFound
from server.protocol.sampling import (
    ReviewTask,
    ReviewTaskItems,
    ReviewTaskPatch,
    ReviewTasksQuery,
)
from server.services.blurring import Blurring
from server.services.clock import Clock
from server.services.ids import uuid_of
from server.services.quality.faces import Names, names_of, person
from server.services.seats import AgentSeat
from storage.agents import Agents
from storage.quality.rows import TaskRow
from storage.quality.tasks import Tasks as Store


@dataclass(frozen=True, slots=True)
class Tasks:
    """The list of what is to be reviewed, for those who lead."""

    store: Store
    agents: Agents
    blurring: Blurring
    clock: Clock

    async def page(self, seat: AgentSeat, query: ReviewTasksQuery) -> ReviewTaskItems:
        """Return what is to be reviewed, the oldest first; nobody sees their own part.

        Of customers who are watched, without what the shop blurs.
        """
        seat.must_lead()
        reader = seat.shop_id, seat.agent_id
        after = None if query.after is None else uuid_of(query.after)
        rows = await self.store.page(reader, query.state, after, query.limit + 1, mine=query.mine)
        page = rows[: query.limit]
        return ReviewTaskItems(
            items=await self._faces(seat, page),
            open=await self.store.open_count(reader),
            next=str(page[-1].id) if len(rows) > query.limit else None,
        )

    async def change(self, seat: AgentSeat, task_id: UUID, patch: ReviewTaskPatch) -> ReviewTask:
        """Dismiss what need not be reviewed, or leave it to others."""
        row = await self.row(seat, task_id)
        if patch.action == "release":
            if row.review_id is not None and row.reviewer_id == seat.agent_id:
                raise Conflict(
                    "It is being reviewed. Discard the draft first.", reason="review_begun"
                )
            done = await self.store.release(row.id, seat.agent_id)
        else:
            done = await self.store.dismiss(row.id, seat.agent_id, self.clock.now())
        if not done:
            raise await self._refusal(seat, task_id)
        [face] = await self._faces(seat, [await self.row(seat, task_id)])
        return face

    async def take(self, seat: AgentSeat, task_id: UUID, of: tuple[UUID, UUID]) -> None:
        """Take what is to be reviewed: a conversation and the agent; AlreadyTaken when too late."""
        row = await self.row(seat, task_id)
        if (row.conversation_id, row.agent_id) != of:
            raise NotFound
        if not await self.store.take(row.id, seat.agent_id):
            raise await self._refusal(seat, task_id)

    async def row(self, seat: AgentSeat, task_id: UUID) -> TaskRow:
        """Return one that they may see, or say that there is none."""
        seat.must_lead()
        row = await self.store.get((seat.shop_id, seat.agent_id), task_id)
        if row is None:
            raise NotFound
        return row

    async def _faces(self, seat: AgentSeat, rows: list[TaskRow]) -> list[ReviewTask]:
        people = {each for row in rows for each in (row.agent_id, row.reviewer_id)}
        names = await names_of(self.agents, people)
        return await self.blurring.veiled(
            seat, [(row.visitor_id, _face(row, names)) for row in rows]
        )

    async def _refusal(self, seat: AgentSeat, task_id: UUID) -> Conflict:
        """Return why it cannot be theirs."""
        row = await self.row(seat, task_id)
        if row.ended_at is not None:
            return Conflict("This was reviewed or dismissed already.", reason="task_ended")
        names = await names_of(self.agents, (row.reviewer_id,))
        name = "" if row.reviewer_id is None else names.get(row.reviewer_id, "")
        return AlreadyTaken(f"{name} has taken this.", by=name)


def _face(row: TaskRow, names: Names) -> ReviewTask:
    return ReviewTask(
        id=str(row.id),
        conversation=str(row.conversation_id),
        agent=person(names, row.agent_id),
        rule=row.rule_name,
        kind=row.kind,
        scorecard=str(row.scorecard_id),
        at=row.at,
        state=row.ending or "open",
        customer=row.customer,
        score=row.score,
        reviewer=None if row.reviewer_id is None else person(names, row.reviewer_id),
        review=None if row.review_id is None else str(row.review_id),
        review_state=None
        if row.review_id is None
        else ("published" if row.review_published else "draft"),
    )
