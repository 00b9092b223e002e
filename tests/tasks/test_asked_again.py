"""Whoever asks for a task again, because no answer came, has it once, and as they meant it."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from server.protocol.errors import Conflict
from server.protocol.tasks import TaskEnd, TaskPatch
from tests.assignment.office import Office
from tests.tasks.conftest import Todo


async def test_a_task_that_is_asked_for_again_is_made_once(office: Office, todo: Todo) -> None:
    bob = await office.agent("bob")
    row = await todo.talked(bob)
    name = "0123456789abcdef"
    first, *others = await asyncio.gather(
        *(todo.made(bob, row, client_id=name) for _ in range(3)),
    )
    assert {each.id for each in others} == {first.id}
    await todo.desk.end(bob, UUID(first.id), TaskEnd(version=1))
    again = await todo.made(bob, row, client_id=name)
    assert (again.id, again.state) == (first.id, "done")

    await office.sets(bob, "busy")
    ann = await office.agent("ann")
    theirs = await todo.made(ann, await todo.talked(ann), client_id=name)
    assert theirs.id != first.id, "a name is its author's own"
    made = await office.events(row)
    assert made.count("task_created") == 1


async def test_a_correction_of_what_was_made_already_is_refused_and_not_lost_in_silence(
    office: Office, todo: Todo
) -> None:
    bob, lin = await office.agent("bob"), await office.agent("lin", is_here=False)
    row = await todo.talked(bob)
    asked = {"client_id": "0123456789abcdef", "due_at": todo.in_(hours=1)}
    first = await todo.made(bob, row, **asked)
    corrections = (
        {"text": "Said otherwise"},
        {"due_at": todo.in_(hours=2)},
        {"kind": "call_back"},
        {"assignee": str(lin.agent_id)},
        {"queue": str(office.queue.id)},
    )
    for corrected in corrections:
        with pytest.raises(Conflict) as refused:
            await todo.made(bob, row, **asked | corrected)
        assert refused.value.details == {"reason": "task_made", "task": first.id}
    assert await todo.listed(bob, conversation=str(row.id)) == [first.text]
    assert await todo.now(bob, first) == first

    patch = TaskPatch(version=1, text="Said otherwise")
    changed = await todo.desk.change(bob, UUID(first.id), patch)
    assert await todo.made(bob, row, **asked, text=changed.text) == changed


async def test_of_two_that_come_at_once_by_one_name_and_differ_one_is_made_and_one_refused(
    office: Office, todo: Todo
) -> None:
    bob = await office.agent("bob")
    row = await todo.talked(bob)
    asked = {"client_id": "0123456789abcdef", "due_at": todo.in_(hours=1)}
    outcomes = await asyncio.gather(
        todo.made(bob, row, **asked),
        todo.made(bob, row, **asked, text="Said otherwise"),
        return_exceptions=True,
    )
    [lost] = [each for each in outcomes if isinstance(each, BaseException)]
    assert isinstance(lost, Conflict)
    assert lost.details["reason"] == "task_made"
    assert len(await todo.listed(bob, conversation=str(row.id))) == 1


async def test_the_same_again_is_answered_also_when_its_time_has_come(
    office: Office, todo: Todo
) -> None:
    bob, lin = await office.agent("bob"), await office.agent("lin", is_here=False)
    row = await todo.talked(bob)
    asked = {
        "client_id": "0123456789abcdef",
        "due_at": todo.in_(hours=1),
        "assignee": str(bob.agent_id),
    }
    first = await todo.made(bob, row, **asked)
    await todo.comes_due(hours=2)
    again = await todo.made(bob, row, **asked)
    assert (again.id, again.state) == (first.id, "due")

    theirs = await todo.made(
        bob, row, client_id="fedcba9876543210", due_at=todo.in_(hours=1), assignee=str(lin.agent_id)
    )
    await office.stores.agents.deactivate(office.shop.id, lin.agent_id, office.clock.now())
    with pytest.raises(Conflict) as refused:
        await todo.made(
            bob, row, client_id="fedcba9876543210", due_at=theirs.due_at, assignee=str(lin.agent_id)
        )
    assert refused.value.details["task"] == theirs.id, "it is for whoever can by now"
