"""The main job, whole: a customer asks, an agent answers, it ends well and is rated."""

from __future__ import annotations

from tests.support.house import House


async def test_a_customer_asks_an_agent_answers_and_it_is_rated(house: House) -> None:
    lin = await house.agent("Lin")
    customer = await house.visitor(locale="zh", page={"url": "https://shop.example/cup"})

    begun = await customer.begins("我的订单在哪里？")
    assert begun["conversation"]["state"] in {"queued", "offered"}
    offer = await lin.is_offered()
    assert offer["conversation"]["visitor"]["page"]["url"] == "https://shop.example/cup"
    assert offer["why"]["sentence"]
    await lin.accepts(offer)
    changed = await customer.hears("conversation:changed", state="active")
    assert changed["agent"]["name"] == "Lin"

    said = await lin.says("Let me look.")
    heard = await customer.hears(text="Let me look.")
    assert heard["seq"] == said["seq"]
    assert heard["sender"] == {"kind": "agent", "id": str(lin.row.id), "name": "Lin"}

    await customer.says("谢谢")
    assert (await lin.hears(text="谢谢"))["sender"]["kind"] == "customer"

    closed = await lin.does("conversation:close", conversation=lin.conversation, outcome="resolved")
    assert closed["conversation"]["state"] == "wrap_up"
    await customer.hears("conversation:changed", state="wrap_up")
    rated = await customer.does(
        "conversation:rate", conversation=customer.conversation, score=5, comment="quick!"
    )
    assert rated["conversation"]["rating"]["score"] == 5
    assert (await lin.hears("conversation:changed", rating=rated["conversation"]["rating"]))["id"]

    finished = await lin.does("conversation:finish", conversation=lin.conversation)
    assert finished["conversation"]["state"] == "closed"

    row = await house.row(customer.conversation)
    assert row.score == 5
    assert row.outcome == "resolved"
    assert row.first_response_ms is not None
    assert row.waiting_ms is not None
    transcript = await house.transcript(customer.conversation)
    assert [each.seq for each in transcript] == list(range(1, len(transcript) + 1))
