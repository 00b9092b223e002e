"""Who hears a conversation: those who take part, and nobody once it is closed."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from server.protocol.shapes import Task
from server.services.rooms import agent_room, conversation_room, visitor_room
from tests.assignment.office import Office


async def test_both_sides_hear_it_until_it_is_closed(office: Office) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    await office.accepts(ann)
    here = office.ears.gathered[conversation_room(row.id)]
    assert here == {agent_room(ann.agent_id), visitor_room(row.visitor_id)}

    await office.resolves(ann, row)

    assert here == set()


async def test_nobody_stays_in_what_is_closed_while_its_beginning_is_told(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    views = office.node.views
    tasks = views.tasks

    async def tasks_slowly(task_ids: Sequence[UUID]) -> list[Task]:
        monkeypatch.setattr(views, "tasks", tasks)
        await office.resolves(ann, row)
        return await tasks(task_ids)

    monkeypatch.setattr(views, "tasks", tasks_slowly)
    await office.accepts(ann)

    assert (await office.row(row)).state == "closed"
    assert office.ears.gathered[conversation_room(row.id)] == set()
