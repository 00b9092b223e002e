"""Messages: stored before they are answered, exactly once, in one order without holes."""

import asyncio
from collections import Counter
from dataclasses import replace
from uuid import uuid4

import pytest

from storage.appending import append_all
from storage.errors import Overloaded, StorageUnavailable, Unstorable
from storage.messages import Messages
from storage.rows import Appended, ConversationRow, Draft
from tests.storage.floor import Floor, at, fresh
from tests.support.database import Another


async def test_p1_what_was_acknowledged_is_committed(floor: Floor, another: Another) -> None:
    row = await floor.asked("Is it loose leaf?")
    onlooker = floor.on(await another())

    for number in range(2, 30):
        answer = await floor.says(row, f"line {number}")
        seen = await onlooker.messages.since(row.id, number - 1, 1, False)
        assert (answer.seq, seen[0].text) == (number, f"line {number}")


async def test_p2_a_retry_answers_with_the_first_row_on_any_node(
    floor: Floor, another: Another
) -> None:
    row = await floor.asked()
    elsewhere = floor.on(await another())
    draft = floor.from_customer(row, "Only once, please", seconds=5)

    first = await floor.messages.append(draft)
    again = [await node.messages.append(draft) for node in (floor, elsewhere) * 3]

    assert first == Appended("stored", seq=2, at=at(5))
    assert again == [replace(first, status="duplicate")] * 6
    assert await floor.numbers(row) == [1, 2]


async def test_p2_concurrent_retries_store_one(floor: Floor, another: Another) -> None:
    row = await floor.asked()
    nodes = [floor, floor.on(await another())]
    draft = floor.from_customer(row, "Now!")

    answers = await asyncio.gather(*(node.messages.append(draft) for node in nodes * 10))

    assert Counter(answer.status for answer in answers) == {"stored": 1, "duplicate": 19}
    assert {answer.seq for answer in answers} == {2}


async def test_p2_a_retry_is_answered_after_the_conversation_closed(floor: Floor) -> None:
    row = await floor.asked()
    draft = floor.from_customer(row, "Did this arrive?")
    first = await floor.messages.append(draft)
    await floor.transitions.end_by_customer(row.id, row.visitor_id, at(9))

    assert await floor.messages.append(draft) == replace(first, status="duplicate")
    assert (await floor.says(row, "And this?")).status == "closed"


async def test_p3_two_nodes_number_one_conversation_without_holes(
    floor: Floor, another: Another
) -> None:
    agent = await floor.agent()
    rows = [await floor.answered(agent) for _ in range(3)]
    nodes = [floor, floor.on(await another())]

    def drafts(node: Floor) -> list[Draft]:
        return [
            draft
            for index in range(40)
            for row in rows
            for draft in (
                node.from_customer(row, f"c{index}"),
                node.from_agent(row, agent, f"a{index}"),
            )
        ]

    answers = await asyncio.gather(
        *(node.messages.append(draft) for node in nodes for draft in drafts(node))
    )

    assert {answer.status for answer in answers} == {"stored"}
    for row in rows:
        head = (await floor.now(row)).head
        assert head == 2 + 2 * 80  # the question and "Lin Mei joined" before
        assert await floor.numbers(row) == list(range(1, head + 1))


async def test_d12_a_hundred_messages_in_one_instant_have_one_order(
    floor: Floor, another: Another
) -> None:
    agent = await floor.agent()
    row = await floor.answered(agent)
    other = floor.on(await another())

    answers = await asyncio.gather(
        *(floor.messages.append(floor.from_customer(row, f"c{n}", 7)) for n in range(50)),
        *(other.messages.append(other.from_agent(row, agent, f"a{n}", 7)) for n in range(50)),
    )

    assert sorted(answer.seq or 0 for answer in answers) == list(range(3, 103))
    stream = await other.messages.since(row.id, 0, 200, False)
    assert stream == await floor.messages.since(row.id, 0, 200, False)
    assert [m.text for m in stream if m.text[0] == "c" and m.text[1:].isdigit()] == [
        f"c{n}" for n in range(50)
    ], "each side keeps its own order"


async def test_time_never_runs_backwards_in_a_conversation(floor: Floor) -> None:
    row = await floor.asked(seconds=10)
    assert (await floor.says(row, "from a node whose clock is late", 4)).at == at(10)
    assert (await floor.says(row, "later", 11)).at == at(11)


async def test_p10_a_stranger_finds_no_conversation(floor: Floor) -> None:
    row = await floor.asked()
    stranger = floor.from_customer(row, "Let me in")
    elsewhere = await Floor.open(floor.db, key="coffee")
    draft = floor.from_customer(row, "x")

    for intruder in (
        replace(stranger, sender_id=await floor.visitor()),
        replace(draft, shop_id=elsewhere.shop.id),
        replace(draft, conversation_id=uuid4()),
        floor.from_agent(replace(row, shop_id=elsewhere.shop.id), await elsewhere.agent(), "x"),
    ):
        assert (await floor.messages.append(intruder)).status == "missing"
    assert await floor.numbers(row) == [1]


async def test_p10_a_retry_of_somebody_elses_message_tells_nothing(floor: Floor) -> None:
    agent = await floor.agent()
    row = await floor.answered(agent)
    note = floor.from_agent(row, agent, "he is rude", private=True, client_id="guessable")
    await floor.messages.append(note)

    probe = floor.from_customer(row, "?", client_id="guessable")
    assert await floor.messages.append(probe) == Appended("not_yours")
    stranger = replace(probe, sender_id=await floor.visitor())
    assert await floor.messages.append(stranger) == Appended("missing")


async def test_only_the_agent_in_charge_speaks_but_every_colleague_may_note(floor: Floor) -> None:
    agent, colleague = await floor.agent(), await floor.agent("Wang Fang")
    row = await floor.answered(agent)

    assert (await floor.replies(row, colleague, "Me too")).status == "not_yours"
    note = floor.from_agent(row, colleague, "Try the invoice", private=True)
    assert await floor.messages.append(note) == Appended("stored", seq=1, at=at(0), after=2)
    await floor.transitions.close(row.id, agent, "solved", at(8))
    assert (await floor.replies(row, agent, "One more thing")).status == "closed"
    later = await floor.messages.append(replace(note, client_id=fresh()))
    assert (later.status, later.seq) == ("stored", 2)


async def test_notes_have_numbers_of_their_own(floor: Floor) -> None:
    agent = await floor.agent()
    row = await floor.answered(agent)
    for number in range(1, 6):
        await floor.messages.append(floor.from_agent(row, agent, f"note {number}", private=True))
        await floor.replies(row, agent, f"line {number}")

    assert await floor.numbers(row) == list(range(1, 8))
    assert await floor.numbers(row, private=True) == list(range(1, 6))
    assert await floor.messages.heads([row.id, uuid4()]) == {row.id: (7, 5)}
    newest = await floor.messages.last(row.id, 2)
    assert [message.text for message in newest] == ["line 4", "line 5"]


async def test_the_first_words_put_a_new_conversation_in_the_queue(floor: Floor) -> None:
    row = await floor.asked(text=None)
    assert (row.state, row.queued_at) == ("new", None)

    first, second = await asyncio.gather(
        floor.says(row, "Hello", 5), floor.says(row, "Anybody?", 5)
    )

    assert (first.became_queued, second.became_queued) == (True, False)
    queued = await floor.now(row)
    assert (queued.state, queued.queued_at, queued.epoch) == ("queued", at(5), row.epoch + 1)
    assert await floor.kinds(row) == ["started", "queued"]


@pytest.mark.parametrize("text", ["nul \0 byte", "half \ud83d a pair"], ids=["nul", "half"])
async def test_what_cannot_be_stored_is_refused_before_it_spoils_a_batch(
    floor: Floor, text: str
) -> None:
    row = await floor.asked()
    with pytest.raises(Unstorable):
        await floor.says(row, text)
    assert (await floor.says(row, "fine")).seq == 2


async def test_a_poisoned_draft_does_not_fail_its_neighbours(floor: Floor) -> None:
    row, neighbour = await floor.asked(), await floor.asked()
    poison = replace(floor.from_customer(row, "x"), sender_name="nul \0")
    drafts = [
        floor.from_customer(row, "one"),
        poison,
        floor.from_customer(row, "two"),
        floor.from_customer(neighbour, "three"),
    ]

    answers = await asyncio.gather(*map(floor.messages.append, drafts), return_exceptions=True)

    assert isinstance(answers[1], Unstorable)
    stored = [answer for answer in answers if isinstance(answer, Appended)]
    assert [answer.seq for answer in stored] == [2, 3, 2]


async def test_a_huge_burst_leaves_in_bounded_batches(floor: Floor) -> None:
    rows = [await floor.asked() for _ in range(5)]
    text = "很" * 10_000
    messages = Messages(floor.db, batch_max=50)

    answers = await asyncio.gather(
        *(messages.append(floor.from_customer(row, text)) for row in rows for _ in range(60))
    )

    assert {answer.status for answer in answers} == {"stored"}
    for row in rows:
        assert await floor.numbers(row) == list(range(1, 62))
    assert len((await floor.now(rows[0])).last_text or "") == 200


async def test_p13_a_full_queue_refuses_at_once(floor: Floor) -> None:
    row = await floor.asked()
    messages = Messages(floor.db, batch_max=2, queue_max=3)
    answers = await asyncio.gather(
        *(messages.append(floor.from_customer(row, str(n))) for n in range(6)),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [Appended] * 3 + [Overloaded] * 3
    assert (await messages.append(floor.from_customer(row, "later"))).seq == 5


async def test_who_gives_up_waiting_loses_nobody_else(floor: Floor) -> None:
    row = await floor.asked()
    sends = [asyncio.create_task(floor.says(row, f"{n}")) for n in range(10)]
    await asyncio.sleep(0)
    for impatient in sends[::2]:
        impatient.cancel()
    answers = await asyncio.gather(*sends, return_exceptions=True)

    patient = [answer for answer in answers if isinstance(answer, Appended)]
    assert len(patient) == 5
    numbers = await floor.numbers(row)
    assert numbers == list(range(1, len(numbers) + 1))
    assert {answer.seq for answer in patient} <= set(numbers)


async def test_a_conversation_that_is_held_does_not_hold_up_the_others(
    floor: Floor, another: Another
) -> None:
    held, free = await floor.asked(), await floor.asked()
    db = await another()
    await db.execute("SET lock_timeout = '50ms'")
    node = floor.on(db)
    async with floor.db.transaction() as tx:
        await tx.execute("SELECT FROM conversation WHERE id = $1 FOR UPDATE", held.id)
        answers = await asyncio.gather(
            node.says(held, "stuck"), node.says(free, "free"), return_exceptions=True
        )
    assert isinstance(answers[0], StorageUnavailable)
    assert isinstance(answers[1], Appended)
    assert answers[1].seq == 2
    assert (await node.says(held, "stuck no more")).seq == 2


async def test_a_batch_answers_twins_with_the_same_row(floor: Floor) -> None:
    row = await floor.asked()
    draft = floor.from_customer(row, "twin")
    first, twin, other = await asyncio.gather(
        floor.messages.append(draft), floor.messages.append(draft), floor.says(row, "next")
    )
    assert (first.status, twin.status) == ("stored", "duplicate")
    assert (first.seq, twin.seq, other.seq) == (2, 2, 3)


async def test_closing_waits_for_what_is_under_way(floor: Floor) -> None:
    row = await floor.asked()
    sends = [asyncio.create_task(floor.says(row, f"{n}")) for n in range(20)]
    await asyncio.sleep(0)
    await floor.messages.close()
    assert all([(await send).status == "stored" for send in sends])


async def test_two_nodes_whose_batches_cross_never_wait_for_each_other(
    floor: Floor, another: Another
) -> None:
    there = floor.on(await another())
    rows = [await floor.asked() for _ in range(20)]

    async def batches(node: Floor, order: list[ConversationRow]) -> None:
        for _ in range(20):
            drafts = [node.from_customer(row, "at once") for row in order]
            stored = await append_all(node.db, drafts)
            assert [each.status for each in stored] == ["stored"] * len(order)

    await asyncio.gather(batches(floor, rows), batches(there, rows[::-1]))

    heads = await floor.messages.heads(row.id for row in rows)
    assert {head for head, _ in heads.values()} == {41}
