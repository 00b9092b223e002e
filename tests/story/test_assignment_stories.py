"""A1, A7, A8, A10, A11, C1, C2, C5, C7 through the whole server."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.house import House, Refused


async def test_a1_of_two_who_take_it_at_once_one_gets_it(house: House) -> None:
    customer = await house.visitor()
    begun = await customer.begins("Who takes me?")
    conversation = begun["conversation"]["id"]
    lin = await house.agent("Lin", status="busy")
    mo = await house.agent("Mo", status="busy", node=await house.node())

    answers = await asyncio.gather(
        *(agent.asks("conversation:pick", conversation=conversation) for agent in (lin, mo))
    )

    assert sorted(answer["ok"] for answer in answers) == [False, True]
    [lost] = [answer["error"] for answer in answers if not answer["ok"]]
    assert lost["code"] == "conflict"
    assert lost["details"]["reason"] == "already_taken"
    assert lost["details"]["by"] in {"Lin", "Mo"}
    notices = [row for row in await house.transcript(conversation) if row.notice == "agent_joined"]
    assert len(notices) == 1


async def test_a7_accepting_after_the_offer_ended_is_refused(house: House) -> None:
    customer, lin = await house.visitor(), await house.agent("Lin")
    await customer.begins("Hello")
    offer = await lin.is_offered()
    mo = await house.agent("Mo")
    await lin.becomes("away")
    assert (await lin.hears("offer:ended"))["reason"] == "agent_away"
    await mo.is_offered(customer.conversation)

    with pytest.raises(Refused) as refused:
        await lin.accepts(offer)

    assert refused.value.code == "conflict"
    assert refused.value.error["details"]["reason"] in {"offer_ended", "already_taken"}
    assert (await house.row(customer.conversation)).state == "offered"


async def test_a8_the_customer_leaves_while_it_is_on_offer(house: House) -> None:
    customer, lin = await house.visitor(), await house.agent("Lin", capacity=1)
    await customer.begins("Never mind")
    offer = await lin.is_offered()

    await customer.does("conversation:end", conversation=customer.conversation)

    ended = await lin.hears("offer:ended", offer=offer["offer"])
    assert ended["reason"] == "customer_gone"
    assert (await house.row(customer.conversation)).state == "closed"
    other = await house.visitor()
    await other.begins("Is the place free?")
    await lin.accepts(await lin.is_offered(other.conversation))


async def test_a10_thirty_at_once_and_never_more_than_three_in_hand(house: House) -> None:
    second = await house.node()
    lin = await house.agent("Lin", capacity=3)
    customers = [await house.visitor((house.url, second)[each % 2]) for each in range(12)]

    await asyncio.gather(*(each.begins("Me!") for each in customers))
    for _ in range(3):
        await lin.accepts()

    held = await house.db.fetchval("SELECT count(*) FROM slot WHERE agent_id = $1", lin.row.id)
    assert held == 3
    waiting = await house.db.fetchval(
        "SELECT count(*) FROM conversation WHERE state IN ('queued', 'offered')"
    )
    assert waiting == 9
    picked = await lin.asks("conversation:pick", conversation=customers[-1].conversation)
    assert picked["ok"] or picked["error"]["details"]["reason"] == "at_capacity"


async def test_a11_a_freed_place_goes_to_whose_turn_it_is(house: House) -> None:
    lin = await house.agent("Lin", capacity=1)
    first, second, third = [await house.visitor() for _ in range(3)]
    await house.talk(first, lin)
    await second.begins("second")
    await third.begins("third")

    await lin.does("conversation:close", conversation=first.conversation)
    await lin.does("conversation:finish", conversation=first.conversation)

    offer = await lin.is_offered()
    assert offer["conversation"]["id"] == second.conversation


async def test_c1_reloading_twenty_times_changes_nothing_for_anybody(house: House) -> None:
    customer, lin = await house.visitor(), await house.agent("Lin")
    conversation = await house.talk(customer, lin)
    epoch, heard = (await house.row(conversation)).epoch, len(customer.line.events)

    for _ in range(20):
        await lin.line.pull_the_plug()
        await lin.connects()

    assert lin.started["status"] == "available"
    assert [each["id"] for each in lin.started["conversations"]] == [conversation]
    assert (await house.row(conversation)).epoch == epoch
    later = [name for name, _ in customer.line.events[heard:]]
    assert "conversation:changed" not in later
    assert "service:changed" not in later
    await customer.says("still there?")
    await lin.hears(text="still there?")


async def test_c2_who_is_away_by_choice_stays_away(house: House) -> None:
    lin = await house.agent("Lin", status="away")
    await lin.leaves()

    await lin.connects()

    assert lin.started["status"] == "away"


async def test_c5_the_two_who_wait_longest_come_first(house: House) -> None:
    customers = [await house.visitor() for _ in range(5)]
    for customer in customers:
        await customer.begins("waiting")

    lin = await house.agent("Lin", capacity=2)

    offers = [await lin.is_offered(), await lin.is_offered()]
    offered = {offer["conversation"]["id"] for offer in offers}
    assert offered == {each.conversation for each in customers[:2]}


async def test_c7_the_last_agent_leaves_and_the_widget_knows(house: House) -> None:
    lin = await house.agent("Lin")
    customer = await house.visitor()
    await lin.becomes("away")
    while (await customer.hears("service:changed"))["hours"]["service"] != "nobody":
        pass

    begun = await customer.begins("Please call me back")

    assert begun["conversation"]["state"] == "queued"
    for _ in range(20):  # every node looks again within half a second
        [seen] = (await customer.does("conversation:list"))["conversations"]
        if seen.get("service") == "nobody":
            break
        await asyncio.sleep(0.1)
    else:
        raise AssertionError("the conversation still says that somebody is there")
    await lin.becomes("available")
    await lin.accepts(await lin.is_offered(customer.conversation))


async def test_a_message_left_outside_hours_waits_with_its_age(house: House) -> None:
    await house.change_shop(hours={"weekly": {}})
    customer = await house.visitor()

    assert customer.started["hours"]["service"] == "closed"
    begun = await customer.begins("For tomorrow")

    assert begun["conversation"]["service"] == "closed"
    queued_at = (await house.row(customer.conversation)).queued_at
    lin = await house.agent("Lin")
    await lin.accepts(await lin.is_offered(customer.conversation))
    assert (await house.row(customer.conversation)).queued_at == queued_at


async def test_positions_move_up(house: House) -> None:
    lin = await house.agent("Lin", capacity=1)
    first, second, third = [await house.visitor() for _ in range(3)]
    await house.talk(first, lin)
    await second.begins("second")
    await third.begins("third")

    await third.hears("conversation:changed", position=2)
    await second.does("conversation:end", conversation=second.conversation)
    await third.hears("conversation:changed", position=1)
