"""Tasks by hand: made, seen, changed, ended; who may, and who was quicker."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from server.protocol.commands import CloseConversation
from server.protocol.errors import AppError, Conflict, Invalid, NotFound
from server.protocol.tasks import TaskEnd, TaskPatch, TasksQuery
from server.services.desk import Desk
from server.services.seats import AgentSeat
from server.services.texts import Texts
from server.settings import Settings
from storage.errors import Changed, Missing
from storage.tasks import keeping
from tests.assignment.office import Office
from tests.tasks.conftest import Todo


def desk_of(office: Office) -> Desk:
    node = office.node
    return Desk(office.stores, Texts(Settings()), node.views, node.announce, office.clock)


async def test_a_task_is_done_with_the_conversation_it_is_due_in(
    office: Office, todo: Todo
) -> None:
    bob = await office.agent("bob")
    row = await todo.talked(bob)
    task = await todo.made(bob, row)
    await todo.comes_due()
    begun = await office.accepts(bob)

    answer = await desk_of(office).close(bob, CloseConversation(conversation=str(begun)))
    assert answer.conversation.tasks == []
    done = await todo.now(bob, task)
    assert (done.state, done.done_at) == ("done", office.clock.now())
    assert done.done_by is not None
    assert done.done_by.name == "bob"
    [place] = [each for each in await todo.conversations(row) if each.id == begun]
    assert "task_done" in await office.events(row)
    assert "task_done" in await office.events(place)

    await office.moved(
        await office.stores.transitions.resume(begun, bob.agent_id, office.clock.now())
    )
    assert (await todo.now(bob, task)).state == "due", "the talk goes on, and so does the task"
    await desk_of(office).close(bob, CloseConversation(conversation=str(begun)))
    assert (await todo.now(bob, task)).state == "done"


async def test_who_ends_the_talk_may_do_it_later(office: Office, todo: Todo) -> None:
    bob = await office.agent("bob")
    row = await todo.talked(bob)
    task = await todo.made(bob, row, assignee=str(bob.agent_id))
    await todo.comes_due()
    begun = await office.accepts(bob)
    later = todo.in_(hours=24)
    close = CloseConversation(conversation=str(begun), later=later)
    await desk_of(office).close(bob, close)
    put_off = await todo.now(bob, task)
    assert (put_off.state, put_off.due_at, put_off.due_conversation) == ("open", later, None)
    await office.moved(
        await office.stores.transitions.finish(begun, bob.agent_id, None, office.clock.now())
    )

    await todo.comes_due(hours=24)
    again = await todo.now(bob, task)
    assert again.state == "due"
    assert again.due_conversation not in {str(begun), None}
    assert UUID(again.due_conversation or "") in office.offered(bob)
    past = CloseConversation(conversation=str(begun), later=todo.in_(hours=-1))
    with pytest.raises(Invalid) as refused:
        await desk_of(office).close(bob, past)
    assert refused.value.field == "later"


async def test_of_two_who_end_it_at_once_one_wins_and_the_other_is_told(
    office: Office, todo: Todo
) -> None:
    bob, lin = await office.agent("bob"), await office.agent("lin", is_here=False)
    task = await todo.made(bob, await todo.talked(bob))
    ends = TaskEnd(version=task.version, outcome="It arrived")
    outcomes = await asyncio.gather(
        todo.desk.end(bob, UUID(task.id), ends),
        todo.desk.end(lin, UUID(task.id), ends),
        return_exceptions=True,
    )
    [lost] = [each for each in outcomes if isinstance(each, BaseException)]
    assert isinstance(lost, Changed)
    assert lost.now == "done"
    done = await todo.now(bob, task)
    assert (done.state, done.outcome) == ("done", "It arrived")
    assert done.done_by is not None
    winner = bob if done.done_by.name == "bob" else lin
    assert await todo.desk.end(winner, UUID(task.id), ends) == done, "whose answer was lost"


async def test_what_is_changed_reaches_every_page_and_the_timeline(
    office: Office, todo: Todo
) -> None:
    bob, lin = await office.agent("bob"), await office.agent("lin", is_here=False)
    row = await todo.talked(bob)
    task = await todo.made(bob, row)
    patch = TaskPatch(version=1, assignee=str(lin.agent_id), due_at=todo.in_(hours=5))
    changed = await todo.desk.change(bob, UUID(task.id), patch)
    assert (changed.version, changed.text) == (2, task.text)
    told = office.ears.of(f"shop:{office.shop.id}", "task:changed")
    assert told[-1] == changed
    fact = (await office.stores.conversations.events(row.id))[-1]
    assert (fact.kind, fact.data["agent"]) == ("task_changed", str(lin.agent_id))
    assert fact.to_state is None
    assert task.text not in repr(fact.data)
    with pytest.raises(Changed):
        await todo.desk.change(bob, UUID(task.id), patch)


async def test_what_is_done_before_anybody_takes_it_is_offered_no_longer(
    office: Office, todo: Todo
) -> None:
    bob = await office.agent("bob")
    row = await todo.talked(bob)
    first, second = await todo.made(bob, row), await todo.made(bob, row, text="And this")
    await todo.comes_due()
    begun, _ = await todo.conversations(row)
    await todo.desk.end(bob, UUID(first.id), TaskEnd(version=2))
    assert (await office.row(begun)).state == "offered", "there is more to do in it"

    await todo.desk.end(bob, UUID(second.id), TaskEnd(version=2, state="cancelled"))
    closed = await office.row(begun)
    assert (closed.state, closed.closed_by) == ("closed", "system")
    assert len(office.endings(bob)) == 2, "of the first talk, and of this offer"
    assert await office.slots(bob) == 0
    await office.turn()
    assert office.offered(bob).count(begun.id) == 1


async def test_what_nobody_had_in_hand_is_not_done(office: Office, todo: Todo) -> None:
    bob = await office.agent("bob")
    row = await todo.talked(bob)
    task = await todo.made(bob, row)
    await office.sets(bob, "away")
    await todo.comes_due()
    begun, _ = await todo.conversations(row)
    await office.moved(
        await office.stores.transitions.end_by_customer(
            begun.id, row.visitor_id, office.clock.now()
        )
    )
    assert (await todo.now(bob, task)).state == "due"
    assert await todo.listed(bob, which="overdue") == [task.text]
    patch = TaskPatch(version=2, due_at=todo.in_(hours=1))
    put_off = await todo.desk.change(bob, UUID(task.id), patch)
    assert (put_off.state, put_off.due_conversation) == ("open", None)
    await todo.comes_due()
    assert len(await todo.conversations(row)) == 3


async def test_who_leaves_the_shop_leaves_their_tasks_to_whoever_can(
    office: Office, todo: Todo
) -> None:
    bob, lin = await office.agent("bob"), await office.agent("lin", is_here=False)
    row = await todo.talked(bob)
    task = await todo.made(bob, row, assignee=str(lin.agent_id))
    await office.stores.agents.deactivate(office.shop.id, lin.agent_id, office.clock.now())
    assert (await todo.now(bob, task)).assignee is None
    assert (await office.events(row))[-1] == "task_changed"
    await todo.comes_due()
    assert len(office.offers(bob)) == 2


async def test_lists_hold_what_concerns_whom_and_go_on_page_by_page(
    office: Office, todo: Todo
) -> None:
    bob, lin = await office.agent("bob"), await office.agent("lin", is_here=False)
    lea = AgentSeat(uuid4(), office.shop.id, "Lea", "supervisor")
    row = await todo.talked(bob)
    await todo.made(bob, row, text="Bob's", assignee=str(bob.agent_id))
    await todo.made(bob, row, text="Anybody's", due_at=todo.in_(hours=2))
    at_last = todo.in_(hours=3)
    await todo.made(bob, row, text="For Lin", assignee=str(lin.agent_id), due_at=at_last)
    own = await todo.made(lin, row, text="Lin's", assignee=str(lin.agent_id), due_at=at_last)
    everything = ["Bob's", "Anybody's", "For Lin", "Lin's"]

    assert await todo.listed(bob) == ["Bob's", "Anybody's"]
    assert await todo.listed(lin) == ["For Lin", "Lin's"]
    assert await todo.listed(lin, whose="everybody") == ["Anybody's", "For Lin", "Lin's"]
    assert await todo.listed(lea, whose="everybody") == everything
    assert await todo.listed(lin, conversation=str(row.id)) == everything
    seen: list[str] = []
    after: str | None = None
    for _ in range(4):
        page = await todo.desk.page(lea, TasksQuery(whose="everybody", limit=1, after=after))
        seen += [each.text for each in page.items]
        after = page.next
    assert (seen, after) == (everything, None)

    await office.sets(bob, "away")
    await todo.comes_due()
    assert await todo.listed(bob, which="overdue") == ["Bob's"]
    assert (await todo.desk.page(bob, TasksQuery())).overdue == 1
    await todo.desk.end(lin, UUID(own.id), TaskEnd(version=1, state="cancelled"))
    assert await todo.listed(lin, which="ended") == ["Lin's"]


async def test_what_cannot_be_is_refused_with_the_field(office: Office, todo: Todo) -> None:
    bob = await office.agent("bob")
    row = await todo.talked(bob)
    wrong = {
        "text": {"text": "  "},
        "due_at": {"due_at": office.clock.now()},
        "assignee": {"assignee": str(office.queue.id)},
        "queue": {"queue": str(bob.agent_id)},
    }
    for field, given in wrong.items():
        with pytest.raises(AppError) as refused:
            await todo.made(bob, row, **given)
        assert refused.value.field == field
    with pytest.raises(Invalid):
        await todo.made(bob, row, due_at=office.clock.now() + timedelta(days=367))
    with pytest.raises(Invalid):
        await todo.desk.page(bob, TasksQuery(after="nonsense"))


async def test_nobody_makes_more_than_can_be_done(
    office: Office, todo: Todo, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = await office.agent("bob")
    row = await todo.talked(bob)
    monkeypatch.setattr(keeping, "OPEN_MAX", 2)
    made = [await todo.made(bob, row) for _ in range(2)]
    with pytest.raises(Conflict) as refused:
        await todo.made(bob, row)
    assert refused.value.details["reason"] == "tasks_max"
    await todo.desk.end(bob, UUID(made[0].id), TaskEnd(version=1))
    await todo.made(bob, row)


@pytest.mark.parametrize("role", ["agent", "supervisor", "admin"])
async def test_for_another_shop_there_are_no_tasks(office: Office, todo: Todo, role: str) -> None:
    bob = await office.agent("bob")
    row = await todo.talked(bob)
    task = await todo.made(bob, row)
    spy = AgentSeat(uuid4(), uuid4(), "Spy", role)  # type: ignore[arg-type]
    assert await todo.listed(spy, whose="everybody") == []
    for asked in (
        todo.desk.one(spy, UUID(task.id)),
        todo.desk.change(spy, UUID(task.id), TaskPatch(version=1, text="Mine")),
        todo.desk.end(spy, UUID(task.id), TaskEnd(version=1)),
        todo.desk.page(spy, TasksQuery(conversation=str(row.id))),
        todo.made(spy, row),
    ):
        with pytest.raises((NotFound, Missing)):
            await asked
    assert (await todo.now(bob, task)).version == 1
