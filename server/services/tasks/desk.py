"""What people do with tasks: make, look, change, end.

Whoever may see a conversation may see its tasks, and that is everybody of the shop; lists of those
who do not lead hold what concerns them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec import UNSET

from server.protocol.errors import Conflict, Invalid, NotFound
from server.protocol.shapes import Task
from server.protocol.tasks import NewTask, TaskEnd, TaskItems, TaskPatch, TasksQuery
from server.services.access import Access
from server.services.blurring import Blurring
from server.services.clock import Clock
from server.services.ids import uuid_at, uuid_of
from server.services.seats import AgentSeat
from server.services.stores import Stores
from server.services.tasks.faces import task_face
from server.services.tasks.moments import coming
from server.services.tasks.news import TaskNews
from server.services.texts import Texts
from storage.errors import Changed
from storage.rows import Moved
from storage.tasks import keeping
from storage.tasks.keeping import OPEN_MAX, Plan, Wanted
from storage.tasks.rows import TaskRow

TEXT_MAX = 1000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDesk:
    """Tasks by hand. Everybody of the shop hears of every change."""

    stores: Stores
    access: Access
    texts: Texts
    blurring: Blurring
    news: TaskNews
    clock: Clock

    async def page(self, seat: AgentSeat, query: TasksQuery) -> TaskItems:
        """Return some; of customers who are watched, without what the shop blurs."""
        now = self.clock.now()
        overdue = await self.stores.tasks.overdue_count(seat.shop_id, seat.agent_id, now)
        if query.conversation is not None:
            row = await self.access.open_for(seat, query.conversation)
            rows = await self.stores.tasks.of_conversation(row.id)
            return TaskItems(items=await self._faces(seat, rows), overdue=overdue)
        wanted = Wanted(
            shop_id=seat.shop_id,
            reader_id=None if seat.leads else seat.agent_id,
            mine_of=seat.agent_id if query.whose == "mine" else None,
            overdue_at=now if query.which == "overdue" else None,
            after=None if query.after is None else _place(query.after),
            limit=query.limit + 1,
        )
        is_ended = query.which == "ended"
        rows = await (
            self.stores.tasks.ended(wanted) if is_ended else self.stores.tasks.to_do(wanted)
        )
        page = rows[: query.limit]
        return TaskItems(
            items=await self._faces(seat, page),
            overdue=overdue,
            next=_resume(page[-1], is_ended=is_ended) if len(rows) > query.limit else None,
        )

    async def one(self, seat: AgentSeat, task_id: UUID) -> Task:
        """Return one of the shop's."""
        return await self._face(seat, await self.stores.tasks.get(seat.shop_id, task_id))

    async def create(self, seat: AgentSeat, given: NewTask) -> Task:
        """Note what is to be done for the customer of a conversation.

        Whoever asks the same again is answered with the task that was made then, also when its
        time has come since; whoever asks for something else by that name is refused.
        """
        conversation = await self.access.open_for(seat, given.conversation)
        if given.client_id is not None:
            known = await self.stores.tasks.known(seat.agent_id, given.client_id)
            if known is not None:
                return await self._again(seat, known, given)
        now = self.clock.now()
        new = keeping.NewTask(
            shop_id=seat.shop_id,
            conversation_id=conversation.id,
            kind=given.kind,
            text=self._text(given.text),
            due_at=coming(given.due_at, now, "due_at"),
            queue_id=await self._queue(seat, given.queue),
            assignee_id=await self._assignee(seat, given.assignee),
            created_by=seat.agent_id,
            client_id=given.client_id,
        )
        row = await self.stores.tasks.create(new, now)
        if row is None:
            raise Conflict(
                f"You have made {OPEN_MAX} tasks that are not done. Please end some of them first.",
                reason="tasks_max",
                limit=OPEN_MAX,
            )
        self.news.changed(row)
        return await self._again(seat, row, given)  # two of the same may come at once

    async def change(self, seat: AgentSeat, task_id: UUID, patch: TaskPatch) -> Task:
        """Change what was seen; Changed when somebody else has meanwhile."""
        seen = await self._seen(seat, task_id, patch.version)
        now = self.clock.now()
        due_at = seen.due_at
        if patch.due_at is not UNSET and patch.due_at != due_at:
            due_at = coming(patch.due_at, now, "due_at")
        text = seen.text
        if patch.text is not UNSET:
            both = self._text(patch.text), seen.text
            text = await self.blurring.written(seat, seen.visitor_id, both, "text")
        plan = Plan(
            text=text,
            due_at=due_at,
            queue_id=seen.queue_id
            if patch.queue is UNSET
            else await self._queue(seat, patch.queue),
            assignee_id=seen.assignee_id
            if patch.assignee is UNSET
            else await self._assignee(seat, patch.assignee),
        )
        row, moved = await self.stores.tasks.change(seen, plan, seat.agent_id, now)
        await self._told(seen, row, moved)
        return await self._face(seat, row)

    async def end(self, seat: AgentSeat, task_id: UUID, given: TaskEnd) -> Task:
        """Say that it is done, or not to be done; of two who say so the second is told.

        Who says it again, because the answer was lost, is answered as before.
        """
        seen = await self.stores.tasks.get(seat.shop_id, task_id)
        if (seen.state, seen.done_by) == (given.state, seat.agent_id):
            return await self._face(seat, seen)
        if seen.version != given.version:
            raise Changed(seen.state)
        outcome = None
        if given.outcome is not None:
            outcome = self.texts.short(given.outcome.strip(), "outcome", TEXT_MAX) or None
        row, moved = await self.stores.tasks.end(
            seen, given.state, outcome, seat.agent_id, self.clock.now()
        )
        await self._told(seen, row, moved)
        return await self._face(seat, row)

    async def _seen(self, seat: AgentSeat, task_id: UUID, version: int) -> TaskRow:
        row = await self.stores.tasks.get(seat.shop_id, task_id)
        if row.version != version:
            raise Changed(row.state)
        return row

    async def _told(self, seen: TaskRow, row: TaskRow, moved: Moved | None) -> None:
        self.news.changed(row)
        if moved is not None:
            await self.news.moved(moved)
        elif seen.due_conversation_id is not None:
            await self.news.conversation(seen.due_conversation_id)

    async def _again(self, seat: AgentSeat, row: TaskRow, given: NewTask) -> Task:
        """Return the task that was made by this name, if it is what is asked for."""
        if not _is_asked_for(row, given):
            raise Conflict(
                "This task was made already, and says something else. Please change it there.",
                reason="task_made",
                task=str(row.id),
            )
        return await self._face(seat, row)

    async def _face(self, seat: AgentSeat, row: TaskRow) -> Task:
        [face] = await self._faces(seat, [row])
        return face

    async def _faces(self, seat: AgentSeat, rows: list[TaskRow]) -> list[Task]:
        return await self.blurring.veiled(seat, [(row.visitor_id, task_face(row)) for row in rows])

    def _text(self, text: str) -> str:
        if not text.strip():
            raise Invalid("Please say what is to be done.", field="text")
        return self.texts.short(text.strip(), "text", TEXT_MAX)

    async def _queue(self, seat: AgentSeat, queue: str | None) -> UUID | None:
        if queue is None:
            return None
        queue_id = uuid_at(queue, "queue")
        if queue_id not in {row.id for row in await self.stores.queues.of_shop(seat.shop_id)}:
            raise Invalid("There is no such queue.", field="queue")
        return queue_id

    async def _assignee(self, seat: AgentSeat, assignee: str | None) -> UUID | None:
        if assignee is None:
            return None
        agent = await self.stores.agents.get(uuid_at(assignee, "assignee"))
        if agent is None or agent.shop_id != seat.shop_id or agent.deactivated_at is not None:
            raise Invalid("Nobody by that name works here.", field="assignee")
        return agent.id


def _is_asked_for(row: TaskRow, given: NewTask) -> bool:
    """Tell whether a task is, as it is planned by now, what somebody asks for."""
    asked = (
        uuid_at(given.conversation, "conversation"),
        given.kind,
        given.text.strip(),
        given.due_at,
        None if given.queue is None else uuid_at(given.queue, "queue"),
        None if given.assignee is None else uuid_at(given.assignee, "assignee"),
    )
    is_planned = row.conversation_id, row.kind, row.text, row.due_at, row.queue_id, row.assignee_id
    return asked == is_planned


def _resume(row: TaskRow, *, is_ended: bool) -> str:
    """Return where a list goes on behind a row: its moment and its id."""
    at = row.done_at if is_ended else row.due_at
    assert at is not None
    return f"{(at - EPOCH) // MICROSECOND}:{row.id}"


def _place(after: str) -> tuple[datetime, UUID]:
    at, _, task_id = after.partition(":")
    try:
        return EPOCH + int(at) * MICROSECOND, uuid_of(task_id)
    except (ValueError, OverflowError, NotFound):
        raise Invalid("This is no place in the list.", field="after") from None
