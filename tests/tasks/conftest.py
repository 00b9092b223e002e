"""An office whose people make tasks, and nodes that bring them to their time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from server.protocol.shapes import Task
from server.protocol.tasks import NewTask, TasksQuery
from server.services.access import Access
from server.services.blurring import Blurring
from server.services.rooms import agent_room
from server.services.seats import AgentSeat
from server.services.tasks.desk import TaskDesk
from server.services.tasks.job import DueTasks
from server.services.tasks.news import TaskNews
from server.services.texts import Texts
from server.settings import Settings
from storage.database import Database
from storage.rows import ConversationRow
from storage.tasks.coming import Coming
from tests.assignment.nodes import Node
from tests.assignment.office import Office
from tests.support.database import another, database, database_template, dsn

__all__ = ["another", "database", "database_template", "dsn", "office", "todo"]


@dataclass(eq=False)
class Bringer:
    """A node, as far as it brings tasks; ``hosts``: it takes itself for the host."""

    office: Office
    node: Node
    hosts: bool = True
    job: DueTasks = field(init=False)

    def __post_init__(self) -> None:
        self.job = DueTasks(
            coming=Coming(self.office.db),
            views=self.node.views,
            announce=self.node.announce,
            news=TaskNews(self.office.ears, self.node.announce),
            clock=self.office.clock,
            hosts=lambda: self.hosts,
        )


class Todo:
    """What is to be done in an office."""

    def __init__(self, office: Office) -> None:
        self.office, self.here = office, Bringer(office, office.node)
        self.desk = TaskDesk(
            stores=office.stores,
            access=Access(office.stores.conversations),
            texts=Texts(Settings()),
            blurring=Blurring(office.stores, office.clock),
            news=TaskNews(office.ears, office.node.announce),
            clock=office.clock,
        )

    def in_(self, **time: float) -> datetime:
        """Return the moment that is so far ahead."""
        return self.office.clock.now() + timedelta(**time)

    async def talked(self, seat: AgentSeat) -> ConversationRow:
        """A customer comes, is served by ``seat`` and goes."""
        row = await self.office.customer()
        await self.office.accepts(seat)
        await self.office.resolves(seat, row)
        return await self.office.row(row)

    async def made(self, seat: AgentSeat, row: ConversationRow, **more: Any) -> Task:
        """Somebody notes what is to be done, in an hour unless said otherwise."""
        given = {"text": "Ask whether the kettle arrived", "due_at": self.in_(hours=1), **more}
        return await self.desk.create(seat, NewTask(conversation=str(row.id), **given))

    async def comes_due(self, *bringers: Bringer, hours: float = 1) -> None:
        """Let the time come, and the routing do what follows."""
        await self.office.clock.advance(hours * 3600)
        await self.office.node.presence.renew()
        await self.office.node.inputs.renew()
        for each in bringers or (self.here,):
            await each.job.turn()
        await self.office.turn()

    async def now(self, seat: AgentSeat, task: Task) -> Task:
        """Return a task as it is by now."""
        return await self.desk.one(seat, UUID(task.id))

    async def listed(self, seat: AgentSeat, **query: Any) -> list[str]:
        """Return the texts of what somebody sees in a list."""
        page = await self.desk.page(seat, TasksQuery(**query))
        return [each.text for each in page.items]

    def told(self, seat: AgentSeat, event: str) -> list[Task]:
        """Return what the pages of an agent were told."""
        heard = self.office.ears.of(agent_room(seat.agent_id), event)
        return [each for each in heard if isinstance(each, Task)]

    async def conversations(self, row: ConversationRow) -> list[ConversationRow]:
        """Return all conversations of a customer, the newest first."""
        return await self.office.stores.conversations.of_visitor(row.visitor_id, None, 100)


@pytest.fixture
async def office(database: Database, redis_url: str) -> AsyncIterator[Office]:
    """An open shop with one node and nobody at work yet."""
    async with Office.open(database, redis_url) as opened:
        yield opened


@pytest.fixture
def todo(office: Office) -> Todo:
    """What is to be done in that shop."""
    return Todo(office)
