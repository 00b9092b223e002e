"""The live view tells what PostgreSQL says, twice a second at most, and only to who leads."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from uuid import UUID

import pytest

from server.protocol.errors import Forbidden
from server.protocol.live import LiveAgent, LiveTalk
from server.services.live.board import Board
from server.services.live.reading import Reading
from server.services.live.view import (
    BEAT_S,
    KEPT_S,
    OVERLAP_TICKS,
    SLOW_TICKS,
    TICK_S,
    WHOLE_TICKS,
)
from server.services.rooms import live_room
from storage.errors import StorageUnavailable
from storage.live import Live
from tests.assignment.office import Office
from tests.live.conftest import NODE, Session, Watch
from tests.sockets.waiting import until


def talk(watch: Watch, conversation: UUID) -> LiveTalk:
    found = watch.known[str(conversation)]
    assert isinstance(found, LiveTalk)
    return found


def is_told(office: Office, before: int) -> bool:
    return len(office.ears.heard) > before


def agent(watch: Watch, agent_id: UUID) -> LiveAgent:
    found = watch.known[str(agent_id)]
    assert isinstance(found, LiveAgent)
    return found


async def test_whoever_comes_sees_who_waits_who_is_served_and_who_works(
    office: Office, watch: Watch
) -> None:
    ann = await office.agent("ann", capacity=1)
    served, waits = await office.customer(), await office.customer()
    await office.accepts(ann)

    board = await watch.begins()

    assert {(each.id, each.state, each.agent) for each in board.talks} == {
        (str(served.id), "active", str(ann.agent_id)),
        (str(waits.id), "queued", None),
    }
    [row] = board.agents
    assert (row.name, row.status, row.here, row.taken, row.capacity) == (
        "ann",
        "available",
        True,
        1,
        1,
    )
    [queue] = board.queues
    assert (queue.answered, queue.in_time, queue.abandoned) == (1, 1, 0)
    assert (queue.waiting, queue.oldest, queue.in_hand) == (1, waits.queued_at, 1)


async def test_g4_each_step_of_a_talk_is_told_once_and_ends_in_its_absence(
    office: Office, watch: Watch
) -> None:
    ann = await office.agent("ann")
    await watch.begins()
    row = await office.customer()
    await watch.ticks()
    assert (talk(watch, row.id).state, watch.queue.waiting) == ("offered", 1)

    await office.accepts(ann)
    await watch.ticks()
    assert (talk(watch, row.id).state, watch.queue.waiting) == ("active", 0)

    assert not any(each.talks for each in await watch.ticks(2 * OVERLAP_TICKS)), "told again"
    await office.resolves(ann, row)
    await watch.ticks()
    assert str(row.id) not in watch.known


async def test_g4_two_hundred_changes_in_a_second_are_told_twice(
    office: Office, watch: Watch
) -> None:
    running = asyncio.create_task(watch.view.run())
    await watch.begins()
    for _ in range(2):
        for _ in range(20):
            await office.customer(turn=False)
        before = len(office.ears.heard)
        ticked = office.clock.monotonic() + TICK_S
        while office.clock.monotonic() < ticked:
            await office.clock.advance(TICK_S / 100)
        await until(partial(is_told, office, before))  # it is being read from PostgreSQL
    news = watch.told()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert [len(each.talks) for each in news] == [20, 20]
    assert watch.queue.waiting == 40


async def test_an_event_that_is_stored_later_than_its_number_says_is_seen(
    office: Office, watch: Watch
) -> None:
    """Numbers are drawn before transactions end, so a smaller one may appear after a larger."""
    slow, quick = await office.customer(), await office.customer()
    await watch.begins()
    change = "UPDATE conversation SET priority = 5 WHERE id = $1"
    event = (
        "INSERT INTO conversation_event (conversation_id, kind, actor_kind)"
        " VALUES ($1, 'prioritized', 'agent')"
    )
    async with office.db.transaction() as late:
        await late.execute(change, slow.id)
        await late.execute(event, slow.id)
        await office.db.execute(change, quick.id)
        await office.db.execute(event, quick.id)
        await watch.ticks(OVERLAP_TICKS - 2)
        assert (talk(watch, quick.id).priority, talk(watch, slow.id).priority) == (5, 0)

    await watch.ticks()
    assert talk(watch, slow.id).priority == 5


async def test_what_leaves_no_event_at_all_is_seen_when_everything_is_read_again(
    office: Office, watch: Watch
) -> None:
    row = await office.customer()
    await watch.begins()
    await office.db.execute("UPDATE conversation SET priority = 7 WHERE id = $1", row.id)

    await watch.ticks(WHOLE_TICKS - 1)
    assert talk(watch, row.id).priority == 0
    await watch.ticks()
    assert talk(watch, row.id).priority == 7


async def test_a_customer_who_is_owed_an_answer_is_seen_within_two_seconds(
    office: Office, watch: Watch
) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    await office.accepts(ann)
    await watch.begins()
    await office.db.execute(
        "UPDATE conversation SET unanswered_since = $2 WHERE id = $1", row.id, office.clock.now()
    )

    await watch.ticks(SLOW_TICKS)

    assert talk(watch, row.id).unanswered_since == office.clock.now()


async def test_who_goes_and_who_takes_a_break_is_seen(office: Office, watch: Watch) -> None:
    ann = await office.agent("ann")
    await watch.begins()
    await office.sets(ann, "busy")
    await office.node.presence.went(ann, "ann", signed_out=True)

    await watch.ticks(SLOW_TICKS)

    assert (agent(watch, ann.agent_id).status, agent(watch, ann.agent_id).here) == ("busy", False)
    await office.db.execute("UPDATE agent SET deactivated_at = now()")
    await watch.ticks(SLOW_TICKS)
    assert str(ann.agent_id) not in watch.known


async def test_the_day_counts_who_was_answered_in_time_and_who_left(
    office: Office, watch: Watch
) -> None:
    await office.sets_queue(target_s=30)
    ann = await office.agent("ann", capacity=2)
    await office.customer()
    await office.accepts(ann)
    late, left = await office.customer(), await office.customer(turn=False)
    await office.clock.advance(31)
    await office.node.presence.renew()
    await office.turn()
    await office.moved(
        await office.stores.transitions.end_by_customer(
            left.id, left.visitor_id, office.clock.now()
        )
    )
    await office.node.desk.pick(replace(ann, role="supervisor"), late.id)

    await watch.begins()

    queue = watch.queue
    assert (queue.target_s, queue.answered, queue.in_time, queue.abandoned) == (30, 2, 1, 1)
    await office.db.execute(
        "UPDATE conversation SET created_at = created_at - interval '1 day',"
        " queued_at = queued_at - interval '1 day'"
    )
    await watch.ticks(SLOW_TICKS)
    assert (watch.queue.answered, watch.queue.in_time, watch.queue.abandoned) == (0, 0, 0)


async def test_an_agent_is_refused_and_hears_nothing(office: Office, watch: Watch) -> None:
    session = Session()
    with pytest.raises(Forbidden):
        await watch.view.watch(replace(watch.lead, role="agent"), session)
    assert session.rooms == set()


async def test_who_leads_another_shop_sees_that_one(office: Office, watch: Watch) -> None:
    await office.customer()
    other = await office.stores.shops.create("other", "Other", "-")
    session = Session()

    board = await watch.view.watch(replace(watch.lead, shop_id=other.id), session)

    assert (board.talks, board.agents, board.queues) == ([], [], [])
    assert session.rooms == {live_room(other.id, NODE)}


async def test_when_nobody_watches_any_more_nothing_is_read(office: Office, watch: Watch) -> None:
    await watch.begins()
    watch.view.leave(watch.lead, watch.session)
    other = Session()
    await watch.view.watch(watch.lead, other)
    watch.view.gone(watch.lead, other.id)
    await office.clock.advance(KEPT_S)
    await office.customer()

    assert await watch.ticks(SLOW_TICKS) == []
    assert watch.session.rooms == set()


async def test_whose_line_broke_comes_back_to_what_is_known_already(
    office: Office, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a node is short of breath all come back at once: nothing is read for them anew."""
    await watch.begins()
    watch.view.gone(watch.lead, watch.session.id)
    row = await office.customer()
    await watch.ticks(2)

    async def never(*_: object) -> None:
        raise AssertionError("everything was read again")

    monkeypatch.setattr(Reading, "whole", never)
    await office.clock.advance(KEPT_S - 1)
    board = await watch.view.watch(watch.lead, Session())
    assert [each.id for each in board.talks] == [str(row.id)]
    await office.clock.advance(KEPT_S)
    await watch.ticks()
    assert board.version < watch.version, "and it goes on"


async def test_news_wait_for_nothing_that_takes_longer_to_read(
    office: Office, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = await office.customer()
    await watch.begins()
    gate, read = asyncio.Event(), Reading.slow

    async def slowly(reading: Reading, shop_id: UUID, board: Board) -> None:
        await gate.wait()
        await read(reading, shop_id, board)

    monkeypatch.setattr(Reading, "slow", slowly)
    for _ in range(SLOW_TICKS - 1):
        await watch.view.tick()
        await watch.view.settle()
    for _ in range(SLOW_TICKS):  # with a slow reading on its way
        await watch.view.tick()
    await office.node.desk.pick(replace(await office.agent("ann"), role="supervisor"), row.id)
    await watch.view.tick()
    watch.told()
    assert talk(watch, row.id).state == "active"
    await office.clock.advance(BEAT_S)
    await watch.view.tick()
    assert watch.told(), "and it beats, though nothing has changed"

    gate.set()
    await watch.ticks()
    assert watch.queue.answered == 1


async def test_what_happens_while_nothing_can_be_read_is_seen_afterwards(
    office: Office, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = await office.customer()
    await watch.begins()
    await office.moved(
        await office.stores.transitions.end_by_customer(row.id, row.visitor_id, office.clock.now())
    )
    with monkeypatch.context() as broken:

        async def away(*_: object) -> list[object]:
            raise StorageUnavailable

        broken.setattr(Reading, "changed", away)
        for _ in range(2 * OVERLAP_TICKS):
            with pytest.raises(StorageUnavailable):
                await watch.view.tick()

    await watch.view.tick()
    watch.told()
    assert str(row.id) not in watch.known


async def test_a_shop_that_surprises_takes_neither_its_own_news_nor_the_node(
    office: Office, watch: Watch
) -> None:
    """Such as one whose time zone this machine does not know."""
    await watch.begins()
    await office.db.execute("UPDATE shop SET time_zone = 'Nowhere/Never'")
    row = await office.customer()

    await watch.ticks(SLOW_TICKS)

    assert talk(watch, row.id).state == "queued"


async def test_a_look_that_surprises_does_not_end_the_node(
    office: Office, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    await watch.begins()
    row = await office.customer()
    before, failed = len(office.ears.heard), asyncio.Event()

    async def surprises(*_: object) -> int:
        failed.set()
        raise ValueError("nobody foresaw this")

    with monkeypatch.context() as broken:
        broken.setattr(Reading, "newest", surprises)
        job = asyncio.create_task(watch.view.run())
        await office.clock.advance(TICK_S)
        await failed.wait()
        await office.clock.settle()
        assert not job.done()
    await office.clock.advance(TICK_S)
    await until(lambda: is_told(office, before))
    job.cancel()
    watch.told()
    assert talk(watch, row.id).state == "queued"


async def test_two_who_watch_share_one_reading_and_know_the_same(
    office: Office, watch: Watch
) -> None:
    await watch.begins()
    await office.customer()
    await watch.ticks()

    board = await watch.view.watch(watch.lead, Session())

    assert board.version == watch.version
    assert {each.id for each in (*board.queues, *board.agents, *board.talks)} == set(watch.known)


async def test_after_a_day_of_changes_it_says_what_postgresql_says(
    office: Office, watch: Watch
) -> None:
    ann, bob = await office.agent("ann", capacity=2), await office.agent("bob", capacity=1)
    await watch.begins()
    for number in range(12):
        row = await office.customer()
        if number % 3 == 0:
            await office.moved(
                await office.stores.transitions.end_by_customer(
                    row.id, row.visitor_id, office.clock.now()
                )
            )
        for seat in (ann, bob):
            if number % 3 and office.offered(seat)[-1:] == [row.id]:
                await office.accepts(seat)
                if number % 2:
                    await office.resolves(seat, row)
        await office.passes(1)
        await watch.ticks()
    await watch.ticks(SLOW_TICKS)

    rows = {str(each.id): each for each in await Live(office.db).open_talks(office.shop.id)}
    known = {each.id: each for each in watch.known.values() if isinstance(each, LiveTalk)}
    assert {key: (each.state, each.agent_id) for key, each in rows.items()} == {
        key: (each.state, each.agent and UUID(each.agent)) for key, each in known.items()
    }
    waiting = [each for each in rows.values() if each.state in ("queued", "offered")]
    assert (watch.queue.waiting, watch.queue.in_hand) == (len(waiting), len(rows) - len(waiting))
    assert {each.state for each in rows.values()} >= {"queued", "active"}, "too quiet a day"
