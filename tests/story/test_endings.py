"""D9, D10, wrap-up, resume, rating, transfer: how conversations end and change hands."""

from __future__ import annotations

import pytest

from storage.queues import NewQueue, Queues
from tests.support.house import House, Refused


async def test_d10_who_speaks_after_the_end_is_refused_and_may_start_anew(house: House) -> None:
    customer, agent = await house.visitor(), await house.agent()
    first = await house.talk(customer, agent)
    await agent.does("conversation:close", conversation=first)

    with pytest.raises(Refused) as refused:
        await customer.says("Wait!")
    assert refused.value.code == "conflict"
    assert refused.value.error["details"]["reason"] == "conversation_closed"

    begun = await customer.begins("A new question")
    assert begun["conversation"]["id"] != first


async def test_d9_ended_while_away_is_seen_on_return(house: House) -> None:
    customer, agent = await house.visitor(), await house.agent()
    conversation = await house.talk(customer, agent)
    await customer.leaves()
    await agent.does("conversation:close", conversation=conversation)
    await agent.does("conversation:finish", conversation=conversation)

    await customer.connects()

    assert customer.started["conversation"]["id"] == conversation
    assert customer.started["conversation"]["state"] == "closed"
    with pytest.raises(Refused) as refused:
        await customer.says("Hello?")
    assert refused.value.error["details"]["reason"] == "conversation_closed"


async def test_an_agent_takes_back_a_close_while_the_wrap_up_lasts(house: House) -> None:
    customer, agent = await house.visitor(), await house.agent()
    conversation = await house.talk(customer, agent)
    closed = await agent.does("conversation:close", conversation=conversation)
    assert closed["conversation"]["wrap_up_until"]

    await agent.does("conversation:resume", conversation=conversation)

    await customer.hears("conversation:changed", state="wrap_up")
    await customer.hears("conversation:changed", state="active")
    await customer.says("Good that you are still there")
    await agent.hears(text="Good that you are still there")


async def test_no_taking_back_once_the_customer_has_begun_anew(house: House) -> None:
    customer, agent = await house.visitor(), await house.agent()
    conversation = await house.talk(customer, agent)
    await agent.does("conversation:close", conversation=conversation)
    await customer.begins("Something else")

    with pytest.raises(Refused) as refused:
        await agent.does("conversation:resume", conversation=conversation)

    assert refused.value.error["details"]["reason"] == "superseded"


async def test_ending_as_the_customer_leaves_the_agent_the_wrap_up(house: House) -> None:
    customer, agent = await house.visitor(), await house.agent()
    conversation = await house.talk(customer, agent)

    ended = await customer.does("conversation:end", conversation=conversation)

    assert ended["conversation"]["closed_by"] == "customer"
    seen = await agent.hears("conversation:changed", id=conversation, state="wrap_up")
    assert seen["closed_by"] == "customer"
    notice = await agent.hears(notice="ended_by_customer")
    assert notice["sender"]["kind"] == "system"


async def test_wrap_up_ends_by_itself(house: House) -> None:
    await Queues(house.db).update(house.shop.id, house.queue.id, {"wrap_up_s": 1})
    customer, agent = await house.visitor(), await house.agent()
    conversation = await house.talk(customer, agent)
    await agent.does("conversation:close", conversation=conversation)

    closed = await agent.hears("conversation:changed", id=conversation, state="closed")

    assert closed["timing"]["wrap_up_s"] >= 1.0


async def test_a_rating_may_be_changed_but_has_five_steps(house: House) -> None:
    customer, agent = await house.visitor(), await house.agent()
    conversation = await house.talk(customer, agent)
    await customer.does("conversation:end", conversation=conversation)

    await customer.does("conversation:rate", conversation=conversation, score=2)
    await customer.does("conversation:rate", conversation=conversation, score=4, comment="ok <b>")
    for score in (0, 6, "5", 4.5):
        answer = await customer.asks("conversation:rate", conversation=conversation, score=score)
        assert answer["error"]["code"] == "invalid"
    long = await customer.asks(
        "conversation:rate", conversation=conversation, score=4, comment="x" * 2001
    )

    assert long["error"]["details"]["setting"] == "comment_max_chars"
    row = await house.row(conversation)
    assert (row.score, row.score_comment) == (4, "ok <b>")


async def test_transfer_to_a_colleague_with_a_note(house: House) -> None:
    customer, lin = await house.visitor(), await house.agent("Lin")
    conversation = await house.talk(customer, lin)
    queued_at = (await house.row(conversation)).queued_at
    mo = await house.agent("Mo")

    await lin.does(
        "conversation:transfer",
        conversation=conversation,
        to={"agent": str(mo.row.id)},
        note="wants a refund",
    )
    await mo.accepts(await mo.is_offered(conversation))

    await customer.hears(notice="transferred")
    await customer.hears("conversation:changed", state="active", agent=_person(mo))
    opened = await mo.does("conversation:open", conversation=conversation)
    assert [note["text"] for note in opened["notes"]] == ["wants a refund"]
    assert not any("refund" in each["text"] for each in (await customer.reads())["messages"])
    assert (await house.row(conversation)).queued_at == queued_at
    with pytest.raises(Refused) as refused:
        await lin.says("still here?")
    assert refused.value.error["details"]["reason"] == "not_yours"


async def test_c8_transfer_to_somebody_who_cannot_is_refused_and_the_chat_stays(
    house: House,
) -> None:
    customer, lin = await house.visitor(), await house.agent("Lin")
    conversation = await house.talk(customer, lin)
    away = await house.agent("Away", status="away")
    gone = await house.agent("Gone", connect=False)

    for agent, reason in ((away, "unready"), (gone, "offline")):
        with pytest.raises(Refused) as refused:
            await lin.does(
                "conversation:transfer", conversation=conversation, to={"agent": str(agent.row.id)}
            )
        assert refused.value.error["details"]["reason"] == reason

    await lin.says("I am still here")
    await customer.hears(text="I am still here")


async def test_c9_transfer_to_a_queue_where_nobody_is_free_waits_with_its_age(
    house: House,
) -> None:
    returns = await Queues(house.db).create(
        NewQueue(shop_id=house.shop.id, key="returns", name="Returns")
    )
    customer, lin = await house.visitor(), await house.agent("Lin")
    conversation = await house.talk(customer, lin)
    before = await house.row(conversation)
    await lin.becomes("away")

    await lin.does(
        "conversation:transfer", conversation=conversation, to={"queue": str(returns.id)}
    )

    where = {"id": str(returns.id), "name": "Returns"}
    await customer.hears("conversation:changed", state="queued", queue=where)
    row = await house.row(conversation)
    assert (row.queued_at, row.queue_id, row.agent_id) == (before.queued_at, returns.id, None)


async def test_two_who_look_at_the_same_conversation_see_each_other(house: House) -> None:
    customer, lin = await house.visitor(), await house.agent("Lin")
    conversation = await house.talk(customer, lin)
    mo = await house.agent("Mo", status="away", node=await house.node())

    await lin.does("conversation:open", conversation=conversation)
    opened = await mo.does("conversation:open", conversation=conversation)
    assert [each["name"] for each in opened["viewers"]] == ["Lin", "Mo"]
    await lin.hears("viewers:changed", viewers=opened["viewers"])

    await customer.says("both hear me")
    await mo.hears(text="both hear me")
    await mo.line.pull_the_plug()
    left = await lin.hears("viewers:changed", viewers=[_person(lin)])
    assert left["conversation"] == conversation


async def test_notes_never_reach_the_customer(house: House) -> None:
    customer, agent = await house.visitor(), await house.agent()
    conversation = await house.talk(customer, agent)

    note = await agent.says("difficult customer", private=True)
    said = await agent.says("Hello!")

    assert note["seq"] == 1
    assert (await customer.hears(text="Hello!"))["seq"] == said["seq"]
    assert not any(
        each["text"] == "difficult customer" for _, each in customer.line.events if "text" in each
    )
    assert all(not each.get("private") for each in (await customer.reads())["messages"])
    notes = await agent.reads(private=True)
    assert [each["text"] for each in notes["messages"]] == ["difficult customer"]
    assert notes["messages"][0]["after"] == said["seq"] - 1
    assert (await house.row(conversation)).head == said["seq"]


async def test_read_and_typing_are_seen_by_the_other_side(house: House) -> None:
    customer, agent = await house.visitor(), await house.agent()
    conversation = await house.talk(customer, agent)
    said = await agent.says("Read me")

    await customer.does("typing:set", conversation=conversation, on=True)
    assert (await agent.hears("typing:changed"))["kind"] == "customer"
    await customer.does("read:set", conversation=conversation, seq=said["seq"], delivered=True)
    assert (await agent.hears("read:changed"))["read"]["delivered"] == said["seq"]
    await customer.does("read:set", conversation=conversation, seq=999_999)
    assert (await agent.hears("read:changed"))["read"]["customer"] == said["seq"]
    await agent.does("typing:set", conversation=conversation, on=True)
    assert (await customer.hears("typing:changed"))["name"] == "Lin"


def _person(agent: object) -> dict[str, str]:
    return {"id": str(agent.row.id), "name": agent.row.name}  # type: ignore[attr-defined]
