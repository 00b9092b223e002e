"""D17, D19, P13, D18: sudden silence, deaf clients, too much, and a restart."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.house import House, Refused, once


async def test_d17_who_vanishes_while_typing_is_seen_to_be_gone(house: House) -> None:
    customer, agent = await house.visitor(), await house.agent()
    conversation = await house.talk(customer, agent)
    await customer.does("typing:set", conversation=conversation, on=True)
    await agent.hears("typing:changed", on=True)

    await customer.line.pull_the_plug()

    while (await agent.hears("visitor:changed"))["visitor"].get("online", False):
        pass


async def test_d19_a_deaf_agent_is_cut_off_and_the_customer_never_notices(house: House) -> None:
    node = await house.node(outbox_max_bytes=65_536, outbox_max_packets=64)
    customer = await house.visitor(node)
    agent, deaf = await house.agent(node=node), await house.agent("Deaf", status="away", node=node)
    conversation = await house.talk(customer, agent)
    await deaf.does("conversation:open", conversation=conversation)
    deaf.line.stops_reading()

    for _ in range(8):
        await asyncio.gather(*(customer.says("x" * 10_000) for _ in range(100)))

    head = (await house.row(conversation)).head
    assert head >= 800
    await deaf.line.close()
    await deaf.connects()
    opened = await deaf.does("conversation:open", conversation=conversation)
    assert opened["conversation"]["head"] == head
    assert opened["messages"][-1]["seq"] == head


async def test_p13_more_commands_than_allowed_are_refused_by_name(house: House) -> None:
    node = await house.node(commands_per_s=1.0, commands_burst=5)
    customer = await house.visitor(node)

    answers = [await customer.asks("conversation:list") for _ in range(7)]

    refused = [answer["error"] for answer in answers if not answer["ok"]]
    assert len(refused) == 2
    assert refused[0]["code"] == "too_many"
    assert refused[0]["details"]["setting"] == "commands_per_s"


async def test_d18_a_node_that_stops_says_when_to_come_back(house: House) -> None:
    customer, agent = await house.visitor(), await house.agent()
    conversation = await house.talk(customer, agent)
    await house.stops_first_node()

    ended = await customer.hears("session:ended")
    assert ended["code"] == "shutdown"
    assert ended["retry_after_ms"] > 0
    await customer.line.until_closed()
    await customer.connects(await house.node())
    assert customer.started["conversation"]["id"] == conversation


async def test_two_first_words_without_text_wait_for_the_first_message(house: House) -> None:
    agent, customer = await house.agent(), await house.visitor()
    begun = await customer.begins(topic="returns")
    assert begun["conversation"]["state"] == "new"
    with pytest.raises(Refused):
        await agent.does("conversation:pick", conversation=customer.conversation)

    await customer.does(
        "message:send", conversation=customer.conversation, client_id=once(), text="It is broken"
    )

    offer = await agent.is_offered(customer.conversation)
    assert offer["conversation"]["topic"] == "returns"
    assert offer["conversation"]["preview"]["text"] == "It is broken"


async def test_a_transfer_is_told_even_if_its_note_cannot_be_stored(house: House) -> None:
    customer, agent = await house.visitor(), await house.agent()
    conversation = await house.talk(customer, agent)
    await agent.becomes("away")
    await house.db.execute("ALTER TABLE message ADD CONSTRAINT out_of_paper CHECK (NOT private)")

    answer = await agent.asks(
        "conversation:transfer",
        conversation=conversation,
        to={"queue": str(house.queue.id)},
        note="She has paid.",
    )

    assert not answer["ok"]
    row = await house.row(conversation)
    assert (row.state, row.agent_id) == ("queued", None)
    await agent.hears("conversation:changed", epoch=row.epoch)
    await customer.hears("conversation:changed", epoch=row.epoch)
