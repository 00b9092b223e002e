"""Each change of state: who may, what is kept, how long things took."""

import pytest

from storage.agents import Agents
from storage.errors import (
    AtCapacity,
    Gone,
    Missing,
    NotYours,
    Superseded,
    Unready,
    WrongState,
)
from storage.queues import NewQueue, Queues
from tests.storage.floor import Floor, at


async def idle_since(floor: Floor, agent: object) -> object:
    return await floor.db.fetchval("SELECT idle_since FROM agent WHERE id = $1", agent)


async def test_a_whole_conversation_is_timed_as_it_happens(floor: Floor) -> None:
    agent = await floor.agent("Lin Mei")
    row = await floor.asked("Is the Longjing fresh?", 0)
    await floor.says(row, "Hello?", 4)
    offer = await floor.offered(row, agent, 5)
    await floor.offers.accept(offer.id, agent, at(8))
    first = await floor.replies(row, agent, "Yes, picked in March", 20)
    await floor.replies(row, agent, "Before the rain", 25)
    await floor.says(row, "I take 100 g", 40)
    second = await floor.replies(row, agent, "Thank you", 46)
    await floor.transitions.close(row.id, agent, "sold", at(60))
    await floor.transitions.finish(row.id, agent, None, at(65))

    done = await floor.now(row)
    assert (first.latency_ms, second.latency_ms) == (20_000, 6_000)
    assert done.waiting_ms == 8_000
    assert done.first_response_ms == 20_000
    assert (done.replies, done.reply_ms_sum, done.reply_ms_max) == (2, 26_000, 20_000)
    assert done.agent_talk_ms == (20 - 8 + 25 - 20 + 46 - 40) * 1000
    assert done.customer_talk_ms == (40 - 25) * 1000
    assert (done.handle_ms, done.wrap_up_ms) == (57_000, 5_000)
    assert (done.state, done.closed_by, done.outcome) == ("closed", "agent", "sold")
    assert (done.closed_at, done.unanswered_since) == (at(65), None)
    stream = await floor.messages.since(row.id, 0, 20, False)
    assert [message.gap_ms for message in stream] == [
        None, 4000, 4000, 12_000, 5000, 15_000, 6000, 14_000,
    ]  # fmt: skip
    assert [message.notice for message in stream if message.notice] == [
        "agent_joined",
        "ended_by_agent",
    ]
    events = await floor.conversations.events(row.id)
    assert [(event.kind, event.from_state, event.to_state, event.at) for event in events] == [
        ("started", None, "new", at(0)),
        ("queued", "new", "queued", at(0)),
        ("offered", "queued", "offered", at(5)),
        ("accepted", "offered", "active", at(8)),
        ("ended", "active", "wrap_up", at(60)),
        ("closed", "wrap_up", "closed", at(65)),
    ]
    assert [event.actor_kind for event in events] == [
        "customer", "customer", "system", "agent", "agent", "agent",
    ]  # fmt: skip
    assert await idle_since(floor, agent) == at(65)


async def test_every_change_makes_a_larger_epoch(floor: Floor) -> None:
    agent = await floor.agent()
    row = await floor.asked()
    epochs = [row.epoch]
    offer = await floor.offered(row, agent)
    epochs.append((await floor.now(row)).epoch)
    epochs.append((await floor.offers.accept(offer.id, agent, at(1))).row.epoch)
    epochs.append((await floor.transitions.close(row.id, agent, None, at(2))).row.epoch)
    epochs.append((await floor.transitions.resume(row.id, agent, at(3))).row.epoch)
    epochs.append(
        (await floor.transitions.end_by_customer(row.id, row.visitor_id, at(4))).row.epoch
    )
    epochs.append((await floor.transitions.finish(row.id, agent, None, at(5))).row.epoch)
    assert epochs == sorted(set(epochs))


async def test_closing_begins_the_wrap_up_which_ends_by_itself(floor: Floor) -> None:
    agent = await floor.agent()
    row = await floor.answered(agent)

    moved = await floor.transitions.close(row.id, agent, "solved", at(30))

    assert (moved.row.state, moved.row.wrap_up_until) == ("wrap_up", at(40))
    assert moved.freed_agent is None
    assert await floor.held(agent) == [1]
    assert await floor.transitions.wrap_ups_by(at(39)) == []
    with pytest.raises(WrongState):
        await floor.transitions.finish(row.id, None, None, at(39))
    assert await floor.transitions.wrap_ups_by(at(41)) == [(row.id, at(40))]
    done = await floor.transitions.finish(row.id, None, None, at(300))
    assert (done.row.state, done.row.closed_at, done.freed_agent) == ("closed", at(40), agent)
    assert done.row.wrap_up_ms == 10_000, "a late sweep does not lengthen the wrap-up"
    assert done.row.outcome == "solved"
    with pytest.raises(Gone):
        await floor.transitions.finish(row.id, None, None, at(301))


async def test_closing_and_finishing_again_are_the_same_and_nothing_happens_twice(
    floor: Floor,
) -> None:
    agent = await floor.agent()
    row = await floor.answered(agent)
    first = await floor.transitions.close(row.id, agent, "solved", at(30))

    again = await floor.transitions.close(row.id, agent, "solved", at(31))

    assert (again.row, again.changed, again.notices) == (first.row, False, ())
    with pytest.raises(Gone):
        await floor.transitions.close(row.id, agent, "spam", at(32))
    first = await floor.transitions.finish(row.id, agent, "solved", at(33))
    again = await floor.transitions.finish(row.id, agent, "solved", at(34))
    assert (again.row, again.changed, again.freed_agent) == (first.row, False, None)
    assert (await floor.transitions.close(row.id, agent, "solved", at(35))).row == first.row
    with pytest.raises(Gone):
        await floor.transitions.finish(row.id, agent, "spam", at(36))
    with pytest.raises(Gone):
        await floor.transitions.finish(row.id, None, None, at(37))
    kinds = [event.kind for event in await floor.conversations.events(row.id)]
    assert (kinds.count("ended"), kinds.count("closed")) == (1, 1)


async def test_what_the_customer_ended_is_not_closed_once_more(floor: Floor) -> None:
    agent = await floor.agent()
    row = await floor.answered(agent)
    await floor.transitions.end_by_customer(row.id, row.visitor_id, at(9))
    with pytest.raises(Gone):
        await floor.transitions.close(row.id, agent, None, at(10))


async def test_the_customer_ends_what_an_agent_has(floor: Floor) -> None:
    agent = await floor.agent()
    row = await floor.answered(agent)

    moved = await floor.transitions.end_by_customer(row.id, row.visitor_id, at(9))

    assert (moved.row.state, moved.row.closed_by, moved.freed_agent) == (
        "wrap_up",
        "customer",
        None,
    )
    assert [(notice.notice, notice.text) for notice in moved.notices] == [
        ("ended_by_customer", "Customer ended the conversation")
    ]
    with pytest.raises(Gone):
        await floor.transitions.end_by_customer(row.id, row.visitor_id, at(10))
    with pytest.raises(WrongState):
        await floor.transitions.resume(row.id, agent, at(10))


async def test_without_wrap_up_the_end_is_the_end(another: object, database: object) -> None:
    floor = await Floor.open(database, wrap_up_s=0)  # type: ignore[arg-type]
    agent = await floor.agent()
    row = await floor.answered(agent)
    moved = await floor.transitions.end_by_customer(row.id, row.visitor_id, at(9))
    assert (moved.row.state, moved.freed_agent, moved.row.handle_ms) == ("closed", agent, 9000)
    row = await floor.answered(agent, 10)
    moved = await floor.transitions.close(row.id, agent, None, at(12))
    assert (moved.row.state, moved.freed_agent, moved.row.wrap_up_ms) == ("closed", agent, None)
    assert await floor.held(agent) == []
    assert await idle_since(floor, agent) == at(12)


async def test_who_leaves_before_saying_anything_leaves_nothing_behind(floor: Floor) -> None:
    row = await floor.asked(text=None)
    moved = await floor.transitions.end_by_customer(row.id, row.visitor_id, at(2))
    assert (moved.row.state, moved.row.handle_ms, moved.ended_offer) == ("closed", None, None)


async def test_a_close_can_be_taken_back_by_its_agent(floor: Floor) -> None:
    agent = await floor.agent("Lin Mei")
    row = await floor.answered(agent)
    await floor.transitions.close(row.id, agent, "oops", at(5))

    moved = await floor.transitions.resume(row.id, agent, at(7))

    assert (moved.row.state, moved.row.outcome, moved.row.closed_by) == ("active", None, None)
    assert moved.notices[0].text == "Lin Mei resumed the conversation"
    assert (await floor.replies(row, agent, "Still here", 8)).status == "stored"


async def test_a_close_is_final_once_the_customer_began_anew(floor: Floor) -> None:
    agent = await floor.agent()
    row = await floor.answered(agent)
    await floor.transitions.close(row.id, agent, None, at(5))
    await floor.conversations.start(floor.asking(row.visitor_id, "New question"), at(6))
    with pytest.raises(Superseded):
        await floor.transitions.resume(row.id, agent, at(7))
    assert (await floor.now(row)).state == "wrap_up"


async def test_p6_c9_a_transfer_to_a_queue_keeps_the_age(floor: Floor) -> None:
    agent, other = await floor.agent(), await floor.agent("Wang Fang")
    returns = await Queues(floor.db).create(
        NewQueue(shop_id=floor.shop.id, key="returns", name="Returns")
    )
    row = await floor.answered(agent, 10)

    moved = await floor.transitions.transfer(row.id, agent, None, returns.id, at(25))

    assert (moved.row.state, moved.row.queue_id, moved.row.agent_id) == ("queued", returns.id, None)
    assert (moved.row.queued_at, moved.row.waiting_ms) == (at(10), 0)
    assert (moved.freed_agent, await floor.held(agent)) == (agent, [])
    assert moved.notices[0].text == "Transferred to Returns"
    assert await idle_since(floor, agent) == at(25)
    assert (await floor.replies(row, agent, "wait", 26)).status == "not_yours"
    assert (await floor.says(row, "ok", 26)).status == "stored"
    offer = await floor.offered(row, other, 30)
    taken = (await floor.offers.accept(offer.id, other, at(31))).row
    assert (taken.waiting_ms, taken.handle_ms, taken.assigned_at) == (0, 15_000, at(31))
    await floor.transitions.close(row.id, other, None, at(35))
    done = (await floor.transitions.finish(row.id, other, None, at(36))).row
    assert done.handle_ms == 20_000, "in the hands of both, waiting left out"


async def test_c10_a_transfer_to_a_person_is_theirs_to_refuse(floor: Floor) -> None:
    agent, wanted = await floor.agent(), await floor.agent("Wang Fang", capacity=1)
    row = await floor.answered(agent)

    moved = await floor.transitions.transfer(row.id, agent, wanted, None, at(5))

    assert (moved.row.wanted_agent_id, moved.row.queue_id) == (wanted, floor.queue.id)
    assert moved.notices[0].sender_name == "Wang Fang"
    offer = await floor.offered(row, wanted, 6)
    ended = await floor.offers.end(offer.id, wanted, "declined", at(7))
    assert ended is not None
    assert (ended.row.wanted_agent_id, ended.row.queued_at) == (None, row.queued_at)


async def test_c8_a_transfer_that_cannot_be_is_refused_and_nothing_moves(floor: Floor) -> None:
    agent = await floor.agent()
    away = await floor.agent("Away", away=True)
    full = await floor.agent("Full", capacity=1)
    await floor.answered(full)
    stranger = await (await Floor.open(floor.db, key="coffee")).agent()
    row = await floor.answered(agent)
    before = await floor.now(row)

    for target, reason in (
        (away, Unready),
        (agent, Unready),
        (full, AtCapacity),
        (stranger, Missing),
    ):
        with pytest.raises(reason):
            await floor.transitions.transfer(row.id, agent, target, None, at(5))
    with pytest.raises(Missing):
        await floor.transitions.transfer(row.id, agent, None, stranger, at(5))
    assert await floor.now(row) == before


async def test_p10_only_who_has_it_moves_it(floor: Floor) -> None:
    agent, colleague = await floor.agent(), await floor.agent()
    stranger = await (await Floor.open(floor.db, key="coffee")).agent()
    row = await floor.answered(agent)
    moves = floor.transitions
    for who, reason in ((colleague, NotYours), (stranger, Missing)):
        with pytest.raises(reason):
            await moves.close(row.id, who, None, at(1))
        with pytest.raises(reason):
            await moves.finish(row.id, who, None, at(1))
        with pytest.raises(reason):
            await moves.resume(row.id, who, at(1))
        with pytest.raises(reason):
            await moves.transfer(row.id, who, None, floor.queue.id, at(1))
    with pytest.raises(Missing):
        await moves.end_by_customer(row.id, await floor.visitor(), at(1))
    with pytest.raises(Missing):
        await moves.close(await floor.visitor(), agent, None, at(1))


async def test_moves_fit_the_state_or_are_refused(floor: Floor) -> None:
    agent = await floor.agent()
    row = await floor.answered(agent)
    moves = floor.transitions
    with pytest.raises(WrongState):
        await moves.resume(row.id, agent, at(1))
    with pytest.raises(WrongState):
        await moves.finish(row.id, agent, None, at(1))
    await moves.close(row.id, agent, None, at(2))
    with pytest.raises(Gone):
        await moves.close(row.id, agent, "other", at(3))
    with pytest.raises(Gone):
        await moves.transfer(row.id, agent, None, floor.queue.id, at(3))
    await moves.finish(row.id, agent, "late word", at(4))
    with pytest.raises(Gone):
        await moves.resume(row.id, agent, at(5))
    assert (await floor.now(row)).outcome == "late word"


async def test_a_customer_rates_what_was_answered_and_may_change_their_mind(floor: Floor) -> None:
    agent = await floor.agent()
    waiting, row = await floor.asked(), await floor.answered(agent)
    rate = floor.conversations.rate
    with pytest.raises(WrongState):
        await rate(waiting.id, waiting.visitor_id, 5, None, at(1))
    with pytest.raises(Missing):
        await rate(row.id, waiting.visitor_id, 1, None, at(1))
    await floor.transitions.end_by_customer(row.id, row.visitor_id, at(2))
    await rate(row.id, row.visitor_id, 2, "slow", at(3))
    rated = await rate(row.id, row.visitor_id, 5, "but right", at(4))
    assert (rated.score, rated.score_comment, rated.scored_at) == (5, "but right", at(4))
    assert (await floor.kinds(row))[-2:] == ["rated", "rated"]


async def test_becoming_available_begins_the_idle_time(floor: Floor) -> None:
    agents, agent = Agents(floor.db), await floor.agent(away=True)
    assert await agents.set_status(agent, "available", at(50)) is not None
    assert await idle_since(floor, agent) == at(50)
    await agents.set_status(agent, "available", at(60))
    await agents.set_status(agent, "busy", at(70))
    assert await idle_since(floor, agent) == at(50)


async def test_a_wrap_up_that_is_found_late_does_not_make_its_agent_idle_longer(
    floor: Floor,
) -> None:
    agent = await floor.agent()
    first, second = await floor.answered(agent), await floor.answered(agent)
    await floor.transitions.close(first.id, agent, None, at(0))
    await floor.transitions.close(second.id, agent, None, at(40))
    await floor.transitions.finish(second.id, agent, None, at(45))

    await floor.transitions.finish(first.id, None, None, at(60))  # it was over at 10

    assert await idle_since(floor, agent) == at(45)
