"""A16 in the database: who is quiet holds no slot, and how long that was is no work."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from storage.demand import DemandStore
from storage.errors import Taken
from storage.handling import Handling
from storage.quiet import Quiet
from storage.routing_facts import RoutingFacts
from storage.rows import ConversationRow
from storage.stepping_in import Assignment, SteppingIn
from storage.traffic import PastTraffics
from tests.storage.floor import Floor, at


async def gone_quiet(floor: Floor, agent: UUID) -> ConversationRow:
    """A conversation that was accepted at 0 s, answered at 10 s and has gone quiet at 110 s."""
    await floor.sets_queue(quiet_after_s=100)
    row = await floor.answered(agent)
    await floor.replies(row, agent, "Anything else?", 10)
    assert await Quiet(floor.db).rest(row.id, at(109)) is None, "not yet"
    assert await Quiet(floor.db).due(at(110), 9) == [row.id]
    moved = await Quiet(floor.db).rest(row.id, at(110))
    assert moved is not None
    assert (moved.row.state, moved.freed_agent, moved.row.epoch) == ("active", agent, row.epoch + 1)
    return moved.row


async def test_who_is_quiet_holds_no_slot_and_is_told_to_the_engine(floor: Floor) -> None:
    agent, quiet = await floor.agent(), Quiet(floor.db)
    row = await gone_quiet(floor, agent)
    assert await floor.held(agent) == []
    assert (await quiet.all(), await quiet.among([row.id])) == ([row.id], {row.id})
    assert (await quiet.due(at(999), 9), await quiet.rest(row.id, at(999))) == ([], None)
    [facts] = await RoutingFacts(floor.db).agents([agent])
    assert (facts.in_hand, facts.quiet, facts.held) == (0, 1, ())
    assert await floor.kinds(row) == ["started", "queued", "offered", "accepted", "gone_quiet"]


async def test_who_is_owed_an_answer_is_never_due(floor: Floor) -> None:
    agent, quiet = await floor.agent(), Quiet(floor.db)
    await floor.sets_queue(quiet_after_s=100)
    row = await floor.answered(agent)
    assert await quiet.due(at(500), 9) == []
    assert await quiet.rest(row.id, at(500)) is None
    assert await floor.held(agent) == [1]


async def test_who_is_quiet_leaves_their_agent_where_there_is_no_wrap_up(floor: Floor) -> None:
    agent = await floor.agent()
    row = await gone_quiet(floor, agent)
    await floor.sets_queue(wrap_up_s=0)
    closed = await floor.transitions.close(row.id, agent, None, at(120))
    assert (closed.row.state, closed.freed_agent) == ("closed", agent)


async def test_who_is_waited_for_is_not_awake(floor: Floor) -> None:
    agent, quiet = await floor.agent(), Quiet(floor.db)
    row = await gone_quiet(floor, agent)
    assert await quiet.awake([row.id], at(200), 9) == []
    assert await quiet.wake(row.id, at(200)) is None
    await floor.says(row, "Yes!", 201)
    assert await quiet.awake([row.id], at(201), 9) == [row.id]
    assert await quiet.wake(row.id, at(201)) is not None
    assert (await floor.held(agent), await quiet.wake(row.id, at(201))) == ([1], None)


async def test_who_is_owed_an_answer_wakes_first(floor: Floor) -> None:
    agent, quiet = await floor.agent(capacity=3), Quiet(floor.db)
    rows = [await gone_quiet(floor, agent) for _ in range(3)]
    await floor.replies(rows[0], agent, "Still there?", 200)
    await floor.says(rows[2], "Yes!", 205)
    await floor.says(rows[1], "Hello?", 204)
    ids = [row.id for row in rows]
    assert await quiet.awake(ids, at(210), 9) == [rows[1].id, rows[2].id, rows[0].id]
    assert await quiet.awake(ids, at(210), 1) == [rows[1].id]


async def test_a16_however_many_wake_at_once_each_takes_its_own_room(floor: Floor) -> None:
    agent, quiet = await floor.agent(capacity=1), Quiet(floor.db)
    rows = [await gone_quiet(floor, agent) for _ in range(4)]
    for row in rows:
        await floor.says(row, "Yes!", 200)

    async with asyncio.TaskGroup() as group:
        waking = [group.create_task(quiet.wake(each.id, at(200))) for each in rows * 2]

    assert sum(each.result() is not None for each in waking) == 4
    assert await floor.held(agent) == [1, 2, 3, 4]
    events = [(await floor.conversations.events(row.id))[-1] for row in rows]
    assert sorted(event.data["over"] for event in events) == [False, True, True, True]


async def test_who_has_a_quiet_conversation_is_named_to_whoever_wants_it(floor: Floor) -> None:
    agent, other = await floor.agent(), await floor.agent("Fang")
    row = await gone_quiet(floor, agent)
    with pytest.raises(Taken) as taken:
        await floor.offers.pick(row.id, other, at(120))
    assert taken.value.agent_id == agent


async def test_a_quiet_conversation_leaves_its_agent_like_any_other(floor: Floor) -> None:
    agent, other = await floor.agent(), await floor.agent("Fang")
    row = await gone_quiet(floor, agent)
    given = Assignment(
        shop_id=row.shop_id, conversation_id=row.id, agent_id=other, by=agent, reason="Knows them"
    )
    moved = await SteppingIn(floor.db).assign(given, at(120))
    assert moved.also_freed == (agent,), "they hear of it no longer"
    assert (await floor.held(agent), await floor.held(other)) == ([], [1])
    assert await Quiet(floor.db).all() == []


async def test_a_quiet_conversation_that_is_closed_holds_nothing(floor: Floor) -> None:
    agent = await floor.agent()
    row = await gone_quiet(floor, agent)
    ended = await floor.transitions.close(row.id, agent, None, at(120))
    assert (ended.row.state, await Quiet(floor.db).all()) == ("wrap_up", [row.id])
    closed = await floor.transitions.finish(row.id, agent, None, at(125))
    assert (closed.row.state, closed.freed_agent) == ("closed", agent)
    assert await Quiet(floor.db).all() == []


async def test_how_long_it_was_quiet_is_no_work(floor: Floor) -> None:
    agent = await floor.agent()
    row = await gone_quiet(floor, agent)
    await floor.says(row, "Yes!", 310)
    await Quiet(floor.db).wake(row.id, at(310))
    await floor.transitions.close(row.id, agent, None, at(400))
    closed = await floor.transitions.finish(row.id, agent, None, at(400))
    assert closed.row.handle_ms == 400_000, "as people see it"

    await floor.sets_queue(quiet_after_s=None)  # which was quiet all the same
    traffic = (await Handling(floor.db).traffic(floor.shop.id, at(500)))[floor.queue.id]
    [of_agent] = await Handling(floor.db).by_agent(floor.shop.id, at(500))
    assert (traffic.mean_s, of_agent.mean_s, of_agent.queue_mean_s) == (200.0, 200.0, 200.0)
    [came] = (await PastTraffics(floor.db).between(floor.shop.id, at(-1), at(500))).customers
    assert came.handle_ms == 200_000
    [demand] = await DemandStore(floor.db).of_shop(floor.shop.id, at(-1800), at(1800), at(500))
    assert demand.handle_ms_sum == 200_000
