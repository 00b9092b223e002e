"""Tasks come due and are routed like anything else: to whom, where, and only once."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from server.protocol.shapes import Task
from server.services.tasks.news import TaskNews
from storage.rows import Notice
from storage.tasks.coming import Coming
from storage.tasks.rows import TaskRow
from tests.assignment.office import Office
from tests.tasks.conftest import Bringer, Todo


async def test_what_is_due_is_offered_to_its_assignee_first(office: Office, todo: Todo) -> None:
    bob = await office.agent("bob")
    row = await todo.talked(bob)
    lin = await office.agent("lin")
    task = await todo.made(bob, row, assignee=str(lin.agent_id), kind="call_back")
    await todo.comes_due(hours=0.9)
    assert office.offers(lin) == [], "its time has not come"

    await todo.comes_due(hours=0.1)
    [offer] = office.offers(lin)
    assert offer.conversation.visitor.id == str(row.visitor_id)
    [card] = offer.conversation.tasks
    assert (card.id, card.kind, card.text) == (task.id, "call_back", task.text)
    assert (card.created_by.name, card.state) == ("bob", "due")
    [due] = todo.told(lin, "task:due")
    assert due.due_conversation == offer.conversation.id
    assert await office.events(await office.row(row)) == [
        *["started", "queued", "offered", "accepted", "ended", "closed"],
        *["task_created", "task_due"],
    ]
    again = await office.stores.conversations.get(UUID(offer.conversation.id))
    assert again is not None
    assert (await office.events(again))[:3] == ["started", "queued", "task_due"]


async def test_a_busy_assignee_is_waited_for_a_little_and_then_others_have_it(
    office: Office, todo: Todo
) -> None:
    lin = await office.agent("lin")
    row = await todo.talked(lin)
    await todo.made(lin, row, assignee=str(lin.agent_id))
    await office.customer()
    await office.accepts(lin)
    bob = await office.agent("bob")

    await todo.comes_due()
    await office.passes(18)
    assert office.offers(bob) == []
    await office.passes(3)
    [offer] = office.offers(bob)
    assert [each.text for each in offer.conversation.tasks] == ["Ask whether the kettle arrived"]


async def test_where_the_assignee_is_away_others_do_it(office: Office, todo: Todo) -> None:
    lin, bob = await office.agent("lin"), await office.agent("bob")
    row = await office.customer()
    served, other = (lin, bob) if office.offers(lin) else (bob, lin)
    await office.accepts(served)
    await office.resolves(served, row)
    await todo.made(served, row, assignee=str(served.agent_id))
    await office.sets(served, "away")

    await todo.comes_due()
    [begun] = [each for each in await todo.conversations(row) if each.id != row.id]
    assert office.offered(other)[-1] == begun.id
    assert await office.accepts(other) == begun.id


async def test_a_customer_who_talks_already_is_not_talked_to_twice(
    office: Office, todo: Todo
) -> None:
    bob = await office.agent("bob")
    row = await todo.talked(bob)
    lin = await office.agent("lin", is_here=False)
    task = await todo.made(bob, row, assignee=str(lin.agent_id))
    again = await office.customer(again=row)
    await office.accepts(bob)

    await todo.comes_due()
    assert (await todo.now(bob, task)).due_conversation == str(again.id)
    assert len(await todo.conversations(row)) == 2
    assert [each.id for each in todo.told(bob, "task:due")] == [task.id], "who has it in hand"
    assert [each.id for each in todo.told(lin, "task:due")] == [task.id]
    view = await office.node.views.agent_conversation(again.id)
    assert [each.text for each in view.tasks] == [task.text]


async def test_two_nodes_that_look_at_once_begin_one_conversation(
    office: Office, todo: Todo
) -> None:
    bob = await office.agent("bob")
    row = await todo.talked(bob)
    for number in range(3):
        await todo.made(bob, row, text=f"Number {number}")
    there = Bringer(office, office.another_node())
    await office.clock.advance(3600)

    await asyncio.gather(todo.here.job.turn(), there.job.turn())
    begun, _ = await todo.conversations(row)
    view = await office.node.views.agent_conversation(begun.id)
    assert sorted(each.text for each in view.tasks) == ["Number 0", "Number 1", "Number 2"]
    assert (await office.events(begun)).count("started") == 1


@pytest.mark.parametrize("statement", range(4))
async def test_who_dies_between_two_statements_has_done_nothing(
    office: Office, todo: Todo, monkeypatch: pytest.MonkeyPatch, statement: int
) -> None:
    bob = await office.agent("bob")
    row = await todo.talked(bob)
    task = await todo.made(bob, row)
    await office.clock.advance(3600)
    places = ["insert", "notify", "write_event", "write_fact"]

    async def dies(*_: object, **__: object) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patched:
        patched.setattr(f"storage.tasks.coming.{places[statement]}", dies)
        with pytest.raises(asyncio.CancelledError):
            await todo.here.job.turn()
    assert (await todo.now(bob, task)).state == "open"
    assert len(await todo.conversations(row)) == 1

    await Bringer(office, office.another_node()).job.turn()
    assert (await todo.now(bob, task)).state == "due"
    assert len(await todo.conversations(row)) == 2


async def test_who_dies_before_a_word_of_it_leaves_it_to_be_told(
    office: Office, todo: Todo
) -> None:
    bob = await office.agent("bob")
    row = await todo.talked(bob)
    task = await todo.made(bob, row, assignee=str(bob.agent_id))
    await office.clock.advance(3600)
    assert await Coming(office.db).next_due(office.clock.now(), []) is not None

    await Bringer(office, office.another_node()).job.turn()
    await todo.here.job.turn()
    assert [each.id for each in todo.told(bob, "task:due")] == [task.id]


async def test_one_that_cannot_be_told_keeps_no_others_from_being_told(
    office: Office, todo: Todo, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = await office.agent("bob")
    other = await todo.talked(bob)
    row = await todo.talked(bob)
    bad = await todo.made(bob, other, text="Bad", assignee=str(bob.agent_id))
    good = await todo.made(bob, row, text="Good", assignee=str(bob.agent_id))
    due = TaskNews.due

    def fails_for_one(news: TaskNews, row: TaskRow, holder_id: UUID | None) -> None:
        if str(row.id) == bad.id:
            raise ValueError
        due(news, row, holder_id)

    with monkeypatch.context() as patched, capture_logs() as logs:
        patched.setattr(TaskNews, "due", fails_for_one)
        await todo.comes_due()
    assert [each.id for each in todo.told(bob, "task:due")] == [good.id]
    [line] = [each for each in logs if each["event"] == "task_not_told"]
    assert (line["task"], line["error"]) == (bad.id, "ValueError")

    await todo.here.job.turn()
    assert [each.id for each in todo.told(bob, "task:due")] == [good.id, bad.id], "by the next look"


async def test_who_only_takes_itself_for_no_host_does_nothing(office: Office, todo: Todo) -> None:
    bob = await office.agent("bob")
    task = await todo.made(bob, await todo.talked(bob))
    await todo.comes_due(Bringer(office, office.another_node(), hosts=False))
    assert (await todo.now(bob, task)).state == "open"


async def test_the_assignee_is_reminded_once_whichever_node_looks(
    office: Office, todo: Todo
) -> None:
    bob = await office.agent("bob")
    row = await todo.talked(bob)
    task = await todo.made(bob, row, assignee=str(bob.agent_id))
    await todo.made(bob, row, text="Whoever can")
    await todo.comes_due(hours=0.8)
    assert todo.told(bob, "task:reminded") == []

    await todo.comes_due(hours=0.05)
    await todo.comes_due(Bringer(office, office.another_node()), hours=0.05)
    assert [each.id for each in todo.told(bob, "task:reminded")] == [task.id]


async def test_a_line_says_why_one_writes_and_never_what_is_to_be_done(
    office: Office, todo: Todo
) -> None:
    """Everything that a customer is ever told, or may read, in any form."""
    bob = await office.agent("bob")
    row = await todo.talked(bob)
    secret = "Do not refund Otto before he calls"
    task = await todo.made(bob, row, text=secret, assignee=str(bob.agent_id))
    await todo.comes_due()
    begun = UUID((await todo.now(bob, task)).due_conversation or "")
    [line] = await office.stores.messages.since(begun, 0, 10, private=False)
    kind: Notice = "follow_up"
    assert (line.notice, line.sender_kind) == (kind, "system")

    await office.accepts(bob)
    await office.resolves(
        bob, await office.row(row) if False else (await todo.conversations(row))[0]
    )
    theirs = [
        each
        for each in office.ears.heard
        if each.room.startswith(("visitor:", "conversation:", "shop-visitors:"))
    ]
    assert theirs, "they are told of their conversations"
    assert not any(secret in repr(each.payload) for each in theirs)
    assert not any(isinstance(each.payload, Task) for each in theirs)
    for conversation in await todo.conversations(row):
        view = await office.node.views.visitor_conversation(conversation)
        said = await office.stores.messages.since(conversation.id, 0, 100, private=False)
        assert secret not in repr(view)
        assert secret not in repr(said)
