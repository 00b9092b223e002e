"""Starting a conversation: idempotent, and one open conversation a customer at most."""

import asyncio
from collections import Counter

import pytest

from storage.errors import Unstorable
from tests.storage.floor import Floor, at
from tests.support.database import Another


async def test_a_question_waits_from_the_moment_it_was_asked(floor: Floor) -> None:
    new = floor.asking(await floor.visitor(), "Do you ship to Chengdu?")
    start = await floor.conversations.start(new, at(3))

    assert start.created
    assert start.first is not None
    assert (start.first.status, start.first.seq, start.first.became_queued) == ("stored", 1, True)
    assert (start.row.state, start.row.queued_at, start.row.head) == ("queued", at(3), 1)
    assert (start.row.last_text, start.row.unanswered_since) == (new.text, at(3))
    assert await floor.kinds(start.row) == ["started", "queued"]


async def test_p2_a_retried_start_answers_with_the_first(floor: Floor, another: Another) -> None:
    new = floor.asking(await floor.visitor(), "Hello?")
    elsewhere = floor.on(await another())

    starts = [
        await node.conversations.start(new, at(n)) for n, node in enumerate([floor, elsewhere] * 2)
    ]

    assert [start.created for start in starts] == [True, False, False, False]
    assert [start.first and start.first.status for start in starts[1:]] == ["duplicate"] * 3
    assert {start.row.id for start in starts} == {starts[0].row.id}
    assert await floor.numbers(starts[0].row) == [1]


async def test_d3_two_first_messages_on_two_nodes_open_one_conversation(
    floor: Floor, another: Another
) -> None:
    visitor = await floor.visitor()
    nodes = [floor, floor.on(await another())]
    one, two = await asyncio.gather(
        *(
            node.conversations.start(floor.asking(visitor, text), at(moment))
            for node, text, moment in zip(nodes, ["first", "second"], [0, 0.2], strict=True)
        )
    )

    assert one.row.id == two.row.id
    assert Counter([one.created, two.created]) == {True: 1, False: 1}
    stream = await floor.messages.since(one.row.id, 0, 10, False)
    assert sorted(message.text for message in stream) == ["first", "second"]
    assert [message.seq for message in stream] == [1, 2]


async def test_d14_two_tabs_that_start_at_once_share_one_conversation(
    floor: Floor, another: Another
) -> None:
    visitor = await floor.visitor()
    nodes = [floor, floor.on(await another()), floor.on(await another())]

    starts = await asyncio.gather(
        *(
            node.conversations.start(floor.asking(visitor, None if n % 2 else f"tab {n}"), at(0))
            for n, node in enumerate(nodes * 6)
        )
    )

    assert len({start.row.id for start in starts}) == 1
    assert [start.created for start in starts].count(True) == 1
    assert await floor.numbers(starts[0].row) == list(range(1, 10))


async def test_a_text_that_joined_another_start_is_not_said_again_after_the_end(
    floor: Floor,
) -> None:
    row = await floor.asked()
    late = floor.asking(row.visitor_id, "me too")
    joined = await floor.conversations.start(late, at(1))
    await floor.transitions.end_by_customer(row.id, row.visitor_id, at(2))

    again = await floor.conversations.start(late, at(3))

    assert again.row.id == joined.row.id == row.id
    assert again.first is not None
    assert (again.first.status, again.first.seq) == ("duplicate", 2)


async def test_after_the_end_the_next_start_opens_a_new_one_and_knows_the_agent(
    floor: Floor,
) -> None:
    agent = await floor.agent()
    row = await floor.answered(agent)
    await floor.transitions.close(row.id, agent, None, at(5))

    start = await floor.conversations.start(floor.asking(row.visitor_id, "One more"), at(6))

    assert start.created
    assert start.row.id != row.id
    assert start.row.last_agent_id == agent
    history = await floor.conversations.of_visitor(row.visitor_id, None, 10)
    assert [conversation.id for conversation in history] == [start.row.id, row.id]


async def test_joining_races_with_closing_and_nobody_is_turned_away(
    floor: Floor, another: Another
) -> None:
    elsewhere = floor.on(await another())
    for _ in range(10):
        row = await floor.asked()
        new = floor.asking(row.visitor_id, "again")
        _, start = await asyncio.gather(
            floor.transitions.end_by_customer(row.id, row.visitor_id, at(1)),
            elsewhere.conversations.start(new, at(1)),
        )
        assert start.first is not None
        assert start.first.status == "stored"


async def test_an_impossible_text_begins_nothing(floor: Floor) -> None:
    visitor = await floor.visitor()
    with pytest.raises(Unstorable):
        await floor.conversations.start(floor.asking(visitor, "\0"), at(0))
    assert await floor.conversations.open_of(visitor) is None


async def test_reading_moves_forward_only_and_never_past_the_end(floor: Floor) -> None:
    row = await floor.asked()
    for number in range(3):
        await floor.says(row, str(number))
    set_read = floor.conversations.set_read

    delivered = await set_read(row.id, "delivered", 2)
    assert (delivered.customer, delivered.delivered, delivered.changed) == (0, 2, True)
    read = await set_read(row.id, "customer", 3)
    assert (read.customer, read.delivered, read.agent) == (3, 3, 0)
    assert not (await set_read(row.id, "customer", 1)).changed
    beyond = await set_read(row.id, "agent", 99)
    assert (beyond.agent, beyond.customer, beyond.delivered) == (4, 3, 3)


async def test_lists_show_who_waits_what_is_in_hand_and_what_is_closed(floor: Floor) -> None:
    agent = await floor.agent(capacity=9)
    waiting = [await floor.asked(f"waiting {n}", 50 - n) for n in range(3)]
    active = await floor.answered(agent, 60)
    closed = [await floor.answered(agent, 70 + n) for n in range(5)]
    for n, row in enumerate(closed):
        await floor.transitions.close(row.id, agent, "done", at(100 + n))
        await floor.transitions.finish(row.id, agent, None, at(200 + n))
    lists, shop = floor.conversations, floor.shop.id

    assert [row.id for row in await lists.waiting(shop)] == [row.id for row in reversed(waiting)]
    assert [row.id for row in await lists.in_hand(agent)] == [active.id]
    for who in (None, agent):
        first = await lists.closed(shop, who, None, 3)
        rest = await lists.closed(shop, who, first[-1].id, 3)
        assert [row.id for row in first + rest] == [row.id for row in reversed(closed)]
    everything = await lists.all_of_shop(shop, None, 100)
    assert len(everything) == 9
    assert await lists.all_of_shop(shop, everything[3].id, 100) == everything[4:]
    assert (await lists.get_many([active.id]))[0].id == active.id
    assert await lists.closed(shop, await floor.agent(), None, 5) == []
