"""What a console must know: why me, how long is too long, what I may take, how much at once."""

from __future__ import annotations

import pytest

from tests.support.house import House, Refused


async def test_p8_why_you_outlives_a_reload(house: House) -> None:
    customer, lin = await house.visitor(), await house.agent("Lin")
    await customer.begins("Why Lin?")
    offer = await lin.is_offered()

    taken = await lin.accepts(offer)
    await lin.connects()

    [in_hand] = lin.started["conversations"]
    opened = await lin.does("conversation:open", conversation=customer.conversation)
    assert offer["why"]["facts"]["decided_by"] == "only"
    assert taken["why"] == in_hand["why"] == opened["conversation"]["why"] == offer["why"]
    async with house.rest(lin) as rest:
        [mine] = (await rest.get("/conversations?view=mine"))["items"]
        assert mine["why"] == offer["why"]


async def test_p8_why_you_is_told_to_nobody_else(house: House) -> None:
    customer, lin = await house.visitor(), await house.agent("Lin")
    tom = await house.agent("Tom", status=None, role="supervisor")
    conversation = await house.talk(customer, lin)

    changed = await tom.hears("conversation:changed", state="active")
    opened = await tom.does("conversation:open", conversation=conversation)

    assert "why" not in changed
    assert "why" not in opened["conversation"]


async def test_p8_after_a_transfer_the_reason_is_that_of_the_transfer(house: House) -> None:
    customer, lin = await house.visitor(), await house.agent("Lin")
    conversation = await house.talk(customer, lin)
    tom = await house.agent("Tom")
    await lin.does(
        "conversation:transfer", conversation=conversation, to={"agent": str(tom.row.id)}
    )
    await tom.accepts()

    await tom.connects()

    [in_hand] = tom.started["conversations"]
    assert in_hand["why"]["facts"]["decided_by"] == "wanted"
    closed = await tom.does("conversation:close", conversation=conversation)
    assert closed["conversation"]["why"] == in_hand["why"]


async def test_p8_who_took_it_unasked_was_nobodys_decision(house: House) -> None:
    customer, lin = await house.visitor(), await house.agent("Lin")
    await customer.begins("Hello")
    await lin.does("offer:decline", offer=(await lin.is_offered())["offer"])

    await lin.does("conversation:pick", conversation=customer.conversation)
    await lin.connects()

    [in_hand] = lin.started["conversations"]
    assert "why" not in in_hand


async def test_after_how_long_a_wait_is_too_long_is_for_the_shop_to_say(house: House) -> None:
    ada = await house.agent("Ada", role="admin", status=None)
    limits = ada.started["limits"]
    assert (limits["wait_notice_s"], limits["wait_urgent_s"]) == (60, 180)

    async with house.rest(ada) as rest:
        status, shop = await rest.ask("PATCH", "/shop", {"wait_notice_s": 30, "wait_urgent_s": 90})
        assert (status, shop["wait_notice_s"], shop["wait_urgent_s"]) == (200, 30, 90)
        for change in ({"wait_notice_s": 90}, {"wait_notice_s": 60, "wait_urgent_s": 60}):
            status, problem = await rest.ask("PATCH", "/shop", change)
            assert (status, problem["field"]) == (422, "wait_urgent_s")
        status, problem = await rest.ask("PATCH", "/shop", {"wait_notice_s": 0})
        assert (status, problem["field"]) == (422, "wait_notice_s")

    await ada.connects()
    limits = ada.started["limits"]
    assert (limits["wait_notice_s"], limits["wait_urgent_s"]) == (30, 90)


async def test_where_agents_may_not_pick_those_who_lead_still_may(house: House) -> None:
    lin = await house.agent("Lin", status="busy")
    assert lin.started["may_pick"] is True
    ada = await house.agent("Ada", role="admin", status=None)
    async with house.rest(ada) as rest:
        status, shop = await rest.ask("PATCH", "/shop", {"agents_may_pick": False})
        assert (status, shop["agents_may_pick"]) == (200, False)
    customer = await house.visitor()
    await customer.begins("Anybody?")

    await lin.connects()
    with pytest.raises(Refused) as refused:
        await lin.does("conversation:pick", conversation=customer.conversation)

    assert lin.started["may_pick"] is False
    assert refused.value.code == "forbidden"
    for role in ("supervisor", "admin"):
        assert (await house.agent(role, role=role, status=None)).started["may_pick"] is True
    await ada.does("conversation:pick", conversation=customer.conversation)


async def test_one_console_has_only_so_many_conversations_open(house: House) -> None:
    node = await house.node(open_conversations_per_session=2)
    lin = await house.agent("Lin", status=None, node=node)
    customers = [await house.visitor() for _ in range(3)]
    for customer in customers:
        await customer.begins("Hello")
    first, second, third = [each.conversation for each in customers]
    for conversation in (first, second, first):
        await lin.does("conversation:open", conversation=conversation)

    with pytest.raises(Refused) as refused:
        await lin.does("conversation:open", conversation=third)

    assert refused.value.code == "too_many"
    details = refused.value.error["details"]
    assert (details["setting"], details["limit"]) == ("open_conversations_per_session", 2)
    await customers[2].says("Not for Lin")
    await lin.does("conversation:leave", conversation=first)
    opened = await lin.does("conversation:open", conversation=third)
    assert [each["text"] for each in opened["messages"]] == ["Hello", "Not for Lin"]
    heard = [data["text"] for name, data in lin.line.events if name == "message:created"]
    assert "Not for Lin" not in heard
