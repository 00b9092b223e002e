"""A1, A7, A8, A10, A11, C1, C2, C5, C7 through the whole server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from storage.offers import Offers
from tests.support.house import Agent, House, Refused, open_house


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


async def test_accepting_again_because_the_answer_was_lost_tells_again(house: House) -> None:
    customer, lin = await house.visitor(), await house.agent("Lin")
    begun = await customer.begins("Hello?")
    offer = await lin.is_offered(begun["conversation"]["id"])
    # As if the node had died between the commit and the first word of it.
    await Offers(house.db).accept(UUID(offer["offer"]), lin.row.id, house.now())

    await lin.accepts(offer)

    changed = await customer.hears("conversation:changed", state="active")
    assert changed["agent"]["name"] == "Lin"
    assert (await customer.says("You are there"))["seq"] == changed["head"] + 1
    assert (await lin.hears(text="You are there"))["seq"] == changed["head"] + 1


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


# Whoever takes a slot holds the agent's row until it is committed, so these counts are exact.
COUNT_SLOTS = """
CREATE TABLE slots_seen (taken bigint);
CREATE FUNCTION see_slots() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO slots_seen SELECT count(*) FROM slot WHERE agent_id = new.agent_id;
    RETURN NULL;
END $$;
CREATE TRIGGER seen AFTER INSERT ON slot FOR EACH ROW EXECUTE FUNCTION see_slots();
"""


async def grab(consoles: list[Agent], waiting: list[str]) -> list[str]:
    """Take all at once, each from two consoles, while they are offered too; return what is held."""
    asked = [
        (each, console)
        for at, each in enumerate(waiting)
        for console in (consoles[at % 3], consoles[(at + 1) % 3])
    ]
    answers = await asyncio.gather(
        *(console.asks("conversation:pick", conversation=each) for each, console in asked)
    )
    refused = {answer["error"]["details"]["reason"] for answer in answers if not answer["ok"]}
    assert refused <= {"at_capacity"}
    return list({each for (each, _), answer in zip(asked, answers, strict=True) if answer["ok"]})


async def serve(console: Agent, conversation: str) -> None:
    """Close and finish; the place is free."""
    await console.does("conversation:close", conversation=conversation)
    await console.does("conversation:finish", conversation=conversation)


@pytest.mark.timeout(90)
async def test_a10_fifty_at_once_on_three_nodes_and_never_more_than_three_in_hand(
    house: House,
) -> None:
    await house.db.execute(COUNT_SLOTS)
    nodes = [house.url, await house.node(), await house.node()]
    customers = [await house.visitor(nodes[each % 3]) for each in range(50)]
    lin = await house.agent("Lin", capacity=3)
    consoles = [lin, *(house.console(lin, node) for node in nodes[1:])]
    for console in consoles[1:]:
        await console.connects()

    await asyncio.gather(*(each.begins("Me!") for each in customers))
    waiting = [each.conversation for each in customers]
    while waiting:
        held = await grab(consoles, waiting)
        assert 1 <= len(held) <= 3
        await asyncio.gather(*map(serve, consoles, held))
        waiting = [each for each in waiting if each not in held]

    assert await house.db.fetchval("SELECT max(taken) FROM slots_seen") == 3
    assert await house.db.fetchval("SELECT count(*) FROM slot") == 0
    taken = await house.db.fetch(
        "SELECT conversation_id, count(*) AS times FROM conversation_event"
        " WHERE to_state = 'active' GROUP BY 1"
    )
    assert [row["times"] for row in taken] == [1] * 50


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


@pytest.fixture
async def patient_house(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """Open a house that waits for whoever reloads as long as a real one does."""
    async with open_house(dsn, redis_url, tmp_path, presence_grace_s=10.0) as opened:
        yield opened


async def test_c1_reloading_twenty_times_changes_nothing_for_anybody(patient_house: House) -> None:
    house = patient_house
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
