"""`/tasks`: what is to be done for customers later."""

from server.http.endpoint import Call, Endpoint, Nothing, endpoint
from server.protocol.shapes import Task
from server.protocol.tasks import NewTask, TaskEnd, TaskItems, TaskPatch, TasksQuery
from server.services.tasks.desk import TaskDesk


class TasksResource:
    """Everybody who works for the shop."""

    def __init__(self, desk: TaskDesk) -> None:
        self._desk = desk

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        all_, one = "/tasks", "/tasks/{id}"
        return [
            endpoint("GET", all_, self.list, takes=TasksQuery, gives=TaskItems),
            endpoint("POST", all_, self.create, takes=NewTask, gives=Task, status=201),
            endpoint("GET", one, self.one, takes=Nothing, gives=Task),
            endpoint("PATCH", one, self.change, takes=TaskPatch, gives=Task),
            endpoint("POST", f"{one}/end", self.end, takes=TaskEnd, gives=Task),
        ]

    async def list(self, call: Call, given: TasksQuery) -> TaskItems:
        """List what is to be done, or was done, or what belongs to a conversation."""
        return await self._desk.page(call.seat, given)

    async def create(self, call: Call, given: NewTask) -> Task:
        """Note what is to be done for the customer of a conversation."""
        return await self._desk.create(call.seat, given)

    async def one(self, call: Call, _: Nothing) -> Task:
        """Return a task."""
        return await self._desk.one(call.seat, call.id)

    async def change(self, call: Call, given: TaskPatch) -> Task:
        """Change a task, or put it off."""
        return await self._desk.change(call.seat, call.id, given)

    async def end(self, call: Call, given: TaskEnd) -> Task:
        """Say that a task is done, or not to be done."""
        return await self._desk.end(call.seat, call.id, given)
