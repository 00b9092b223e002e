"""P2 and P3, D1-D3, D12-D14: exactly once, gapless, the same for everybody."""

from __future__ import annotations

import asyncio

from tests.support.house import House, once


async def test_p2_d2_saying_it_six_times_stores_it_once(house: House) -> None:
    customer, agent = await house.visitor(), await house.agent()
    conversation = await house.talk(customer, agent)
    client_id = once()

    acks = [await customer.says("Hello again?", client_id) for _ in range(6)]

    assert len({ack["seq"] for ack in acks}) == 1
    texts = [row.text for row in await house.transcript(conversation)]
    assert texts.count("Hello again?") == 1
    await agent.hears(text="Hello again?")
    assert (
        len(
            [each for each in agent.line.heard("message:created") if each["text"] == "Hello again?"]
        )
        == 1
    )


async def test_p2_a_retry_on_another_node_answers_with_the_first(house: House) -> None:
    customer, agent = await house.visitor(), await house.agent()
    await house.talk(customer, agent)
    client_id = once()
    first = await customer.says("Once.", client_id)

    await customer.leaves()
    await customer.connects(await house.node())
    again = await customer.says("Once.", client_id)

    assert again == first


async def test_p2_a_retry_after_the_end_still_answers_with_the_first(house: House) -> None:
    customer, agent = await house.visitor(), await house.agent()
    await house.talk(customer, agent)
    client_id = once()
    first = await customer.says("Last words.", client_id)
    await agent.does("conversation:close", conversation=agent.conversation)

    assert await customer.says("Last words.", client_id) == first


async def test_d3_two_first_messages_on_two_nodes_open_one_conversation(house: House) -> None:
    laptop = await house.visitor()
    phone = await house.visitor(await house.node(), token=laptop.started["token"])

    one, two = await asyncio.gather(laptop.begins("First"), phone.begins("Second"))

    assert one["conversation"]["id"] == two["conversation"]["id"]
    texts = {row.text for row in await house.transcript(laptop.conversation)}
    assert texts == {"First", "Second"}
    assert sorted([one["message"]["seq"], two["message"]["seq"]]) == [1, 2]


async def test_d14_starting_twenty_times_at_once_opens_one(house: House) -> None:
    customer = await house.visitor()

    begun = await asyncio.gather(*(customer.begins(f"hello {each}") for each in range(20)))

    assert len({each["conversation"]["id"] for each in begun}) == 1
    seqs = [row.seq for row in await house.transcript(customer.conversation)]
    assert seqs == list(range(1, 21))


async def test_d12_a_hundred_messages_at_once_have_one_order_for_all(house: House) -> None:
    customer, agent = await house.visitor(), await house.agent()
    conversation = await house.talk(customer, agent)
    head = (await house.row(conversation)).head

    acks = await asyncio.gather(
        *(customer.says(f"c{each}") for each in range(50)),
        *(agent.says(f"a{each}") for each in range(50)),
    )

    assert sorted(ack["seq"] for ack in acks) == list(range(head + 1, head + 101))
    stored = [row.text for row in await house.transcript(conversation)]
    for person in (customer, agent):
        seen = (await person.reads(0))["messages"]
        assert [each["text"] for each in seen] == stored
        assert [each["seq"] for each in seen] == list(range(1, head + 101))


async def test_d13_what_one_tab_says_the_other_hears(house: House) -> None:
    one = await house.visitor()
    two = await house.visitor(token=one.started["token"])
    agent = await house.agent()
    await house.talk(one, agent)
    await two.hears("conversation:changed", state="active")

    ack = await one.says("From tab one")

    assert (await two.hears(text="From tab one"))["seq"] == ack["seq"]
    await one.does("conversation:end", conversation=one.conversation)
    assert (await two.hears("conversation:changed", closed_by="customer"))["id"] == one.conversation
    again = await one.begins("Once more")
    assert (await two.hears("message:created", text="Once more"))["conversation"] == (
        again["conversation"]["id"]
    )


async def test_p3_who_was_away_reads_the_gap(house: House) -> None:
    customer, agent = await house.visitor(), await house.agent()
    await house.talk(customer, agent)
    seen = (await customer.says("before"))["seq"]
    await customer.line.pull_the_plug()
    for each in range(5):
        await agent.says(f"missed {each}")

    await customer.connects()

    assert customer.started["conversation"]["head"] == seen + 5
    gap = (await customer.reads(seen))["messages"]
    assert [each["text"] for each in gap] == [f"missed {each}" for each in range(5)]


async def test_p3_pages_of_a_long_transcript_leave_nothing_out(house: House) -> None:
    customer, agent = await house.visitor(), await house.agent()
    await house.talk(customer, agent)
    await asyncio.gather(*(customer.says(f"{each}") for each in range(25)))

    after, seen = 0, []
    while True:
        page = await customer.reads(after, limit=10)
        if not page["messages"]:
            break
        seen += [each["seq"] for each in page["messages"]]
        after = seen[-1]

    assert seen == list(range(1, page["head"] + 1))


async def test_d1_said_across_two_nodes_is_heard_at_once(house: House) -> None:
    customer = await house.visitor()
    agent = await house.agent(node=await house.node())
    await house.talk(customer, agent)

    await agent.says("from the other node")
    assert (await customer.hears(text="from the other node"))["sender"]["name"] == "Lin"
    await customer.says("and back")
    assert (await agent.hears(text="and back"))["sender"]["kind"] == "customer"
