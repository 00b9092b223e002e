"""P8 through the whole server: why this agent, why not me, why still waiting."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import orjson

from tests.support.house import Agent, House, Rest
from tests.support.line import Json

OLD = {"at": 1.0, "task": {"id": "t"}, "chosen": "somebody", "candidates": [], "rank": [0.0]}


async def asks_for(house: House, lead: Agent, key: str, level: int) -> None:
    """Let the general queue require a skill that somebody has."""
    async with house.rest(lead) as rest:
        skills = (await rest.get("/skills"))["items"]
        [skill] = [each["id"] for each in skills if each["key"] == key]
        needs = [{"skill": skill, "level": level, "required": True}]
        status, queue = await rest.ask("PATCH", f"/queues/{house.queue.id}", {"skills": needs})
        assert status == 200, queue


async def decisions(rest: Rest, conversation: str) -> list[Json]:
    return (await rest.get(f"/conversations/{conversation}/decisions"))["items"]


async def test_p8_who_leads_sees_who_was_compared_who_was_left_out_and_by_how_much(
    house: House,
) -> None:
    ann = await house.agent("Ann", skills={"lang:zh": 4})
    bob = await house.agent("Bob", skills={"lang:zh": 2})
    await house.agent("Cat", status="busy")
    lead = await house.agent("Lead", role="supervisor", status=None)
    customer = await house.visitor(locale="zh-CN")
    await house.talk(customer, ann, "你好")

    async with house.rest(lead) as rest:
        [decision] = await decisions(rest, customer.conversation)

    assert [who["name"] for who in decision["chosen"]] == ["Ann"]
    assert [(each["agent"]["name"], each["result"]) for each in decision["outcomes"]] == [
        ("Ann", "accepted")
    ]
    first, second = decision["candidates"]
    assert (first["agent"]["name"], first["place"], first["chosen"]) == ("Ann", 1, True)
    assert second["agent"] == {"id": str(bob.row.id), "name": "Bob"}
    assert [each["term"] for each in first["terms"]][:2] == ["refused", "wanted"]
    [decided] = [each for each in first["terms"] if each.get("decided")]
    assert (decided["term"], decided["value"]) == ("language", -4.0)
    assert (decision["runner_up"]["name"], decision["decided_by"]) == ("Bob", "language")
    assert (decision["margin"], decision["replays"]) == (2.0, True)
    left = {
        each["filter"]: [who["name"] for who in each["agents"]] for each in decision["left_out"]
    }
    assert left == {"status": ["Cat"]}
    assert decision["record"]["chosen"] == [str(ann.row.id)]


async def test_p8_an_agent_learns_their_own_part_and_nobody_elses_figures(house: House) -> None:
    ann = await house.agent("Ann", skills={"lang:zh": 4})
    bob = await house.agent("Bob", skills={"lang:zh": 2})
    cat = await house.agent("Cat", status="busy")
    customer = await house.visitor(locale="zh-CN")
    await house.talk(customer, ann, "你好")

    seen: dict[str, Json] = {}
    for agent in (ann, bob, cat):
        async with house.rest(agent) as rest:
            [seen[agent.row.name]] = await decisions(rest, customer.conversation)

    assert seen["Ann"]["me"]["why"]["facts"]["decided_by"] == "language"
    assert seen["Bob"]["me"]["behind_in"] == "language"
    assert seen["Bob"]["me"]["candidate"]["place"] == 2
    assert seen["Cat"]["me"] == {"filter": "status"}
    assert [who["name"] for who in seen["Cat"]["chosen"]] == ["Ann"]
    for name in ("Bob", "Cat"):
        hidden = {"record", "candidates", "left_out", "runner_up", "margin", "outcomes"}
        assert not hidden & seen[name].keys()
        assert str(ann.row.id) not in str(seen[name]["me"])


async def test_p8_a_declined_offer_and_the_next_are_two_decisions(house: House) -> None:
    ann = await house.agent("Ann")
    lead = await house.agent("Lead", role="supervisor", status=None)
    customer = await house.visitor()
    await customer.begins("Hello?")
    offer = await ann.is_offered(customer.conversation)
    bob = await house.agent("Bob")
    await ann.does("offer:decline", offer=offer["offer"])
    await bob.accepts(await bob.is_offered(customer.conversation))

    async with house.rest(lead) as rest:
        items = await decisions(rest, customer.conversation)

    results = [(each["chosen"][0]["name"], each["outcomes"][0]["result"]) for each in items]
    assert results == [("Ann", "declined"), ("Bob", "accepted")]
    assert {
        "filter": "refused",
        "count": 1,
        "agents": [{"id": str(ann.row.id), "name": "Ann"}],
    } in (items[1]["left_out"])


async def waiting(house: House, reader: Agent, conversation: str, node: str | None = None) -> Json:
    async with house.rest(reader, node) as rest:
        return await rest.get(f"/conversations/{conversation}/waiting")


async def test_p8_why_somebody_still_waits_is_told_on_every_node(house: House) -> None:
    ann = await house.agent("Ann", skills={"returns": 2})
    lead = await house.agent("Lead", role="supervisor", status=None)
    await asks_for(house, lead, "returns", 3)
    customer = await house.visitor()
    await customer.begins("Nobody knows this")

    why = await waiting(house, lead, customer.conversation, await house.node())

    assert (why["outlook"], why["position"], why["rivals"]) == ("uncovered", 1, 0)
    [left] = why["left_out"]
    assert (left["filter"], left["count"]) == ("skills", 2)
    assert [who["name"] for who in left["agents"]] == ["Ann", "Lead"]
    assert why["turn"]["waited_s"] >= 0
    mine = await waiting(house, ann, customer.conversation)
    assert mine["me"] == "skills"
    assert "agents" not in mine["left_out"][0]


async def test_p8_full_on_offer_and_refused_are_different_answers(house: House) -> None:
    ann = await house.agent("Ann", capacity=1)
    first, second = await house.visitor(), await house.visitor()
    await house.talk(first, ann)
    await second.begins("And me?")
    assert (await waiting(house, ann, second.conversation))["outlook"] == "full"

    bob = await house.agent("Bob")
    offer = await bob.is_offered(second.conversation)
    node = await house.node()  # which has not looked yet
    held = await waiting(house, bob, second.conversation, node)
    assert (held["outlook"], held["agents"]) == (
        "offered",
        [{"id": str(bob.row.id), "name": "Bob"}],
    )
    assert held["changes"][0]["kind"] == "offer"

    await bob.does("offer:decline", offer=offer["offer"])
    node = await house.node()
    again = await waiting(house, bob, second.conversation, node)
    assert (again["outlook"], again["me"]) == ("full", "refused")
    assert again["changes"][0]["kind"] == "refusal"
    theirs = await waiting(house, ann, second.conversation, node)
    assert "changes" not in theirs  # that Bob declined is not Ann's to know


async def test_p8_who_does_not_wait_any_more_has_no_reasons(house: House) -> None:
    ann, customer = await house.agent("Ann"), await house.visitor()
    await house.talk(customer, ann)

    async with house.rest(ann) as rest:
        status, problem = await rest.ask("GET", f"/conversations/{customer.conversation}/waiting")

    assert (status, problem["details"]["reason"]) == (409, "not_waiting")


async def test_p8_a_record_of_an_earlier_version_breaks_nothing(house: House) -> None:
    ann = await house.agent("Ann")
    lead = await house.agent("Lead", role="supervisor", status=None)
    customer = await house.visitor()
    await customer.begins("Long ago")
    offer = await ann.is_offered(customer.conversation)
    await house.db.execute("UPDATE decision SET record = $1", OLD)

    console = house.console(ann, house.url)
    await console.connects()
    assert [each["why"] for each in console.started["offers"]] == [{"sentence": "It is your turn."}]
    taken = await ann.accepts(offer)
    assert "why" not in taken

    async with house.rest(lead) as rest:
        [decision] = await decisions(rest, customer.conversation)
        assert decision["record"] == OLD
        assert [who["name"] for who in decision["chosen"]] == ["Ann"]
        assert not {"replays", "candidates", "policy"} & decision.keys()
    async with house.rest(ann) as rest:
        assert "why" not in await rest.get(f"/conversations/{customer.conversation}")
        [mine] = await decisions(rest, customer.conversation)
        assert not {"record", "me"} & mine.keys()
    await customer.leaves()
    await customer.connects()
    assert "why" not in customer.started["conversation"]


async def test_p8_the_customer_is_told_a_kind_reason_and_nothing_of_the_shop(house: House) -> None:
    ann = await house.agent("Ann", skills={"returns": 3, "lang:zh": 5})
    lead = await house.agent("Bob", skills={"returns": 3}, role="supervisor")
    await asks_for(house, lead, "returns", 2)
    customer = await house.visitor(locale="zh-CN")
    await customer.begins("你好")
    await ann.accepts(await ann.is_offered(customer.conversation))

    heard = await customer.hears("conversation:changed", state="active")

    assert heard["why"] == "matched_both"
    assert "Bob" not in orjson.dumps(heard).decode()
    await ann.does("conversation:close", conversation=customer.conversation)
    await ann.does("conversation:finish", conversation=customer.conversation)
    again = await house.visitor(locale="zh-CN", token=customer.auth["token"])
    await again.begins("又是我")
    await ann.accepts(await ann.is_offered(again.conversation))
    assert (await again.hears("conversation:changed", state="active"))["why"] == "last_agent"
    assert UUID(again.conversation) != UUID(customer.conversation)


async def test_p10_another_shop_does_not_learn_why(house: House) -> None:
    customer = await house.visitor()
    await customer.begins("Hello?")
    spy = await house.agent("Spy", role="admin", shop=await house.other_shop(), connect=False)

    async with house.rest(spy) as rest:
        for what in ("decisions", "waiting"):
            status, _ = await rest.ask("GET", f"/conversations/{customer.conversation}/{what}")
            assert status == 404


async def test_p8_an_offer_to_several_is_one_decision_with_an_outcome_for_each(
    house: House,
) -> None:
    lead = await house.agent("Lead", role="supervisor", status=None)
    async with house.rest(lead) as rest:
        await rest.ask("PATCH", f"/queues/{house.queue.id}", {"offers_at_once": 2})
    ann, bob = await house.agent("Ann"), await house.agent("Bob", capacity=2)
    customer = await house.visitor()
    await customer.begins("Whoever is first")
    await ann.is_offered(customer.conversation)
    await bob.accepts(await bob.is_offered(customer.conversation))

    async with house.rest(lead) as rest:
        [decision] = await decisions(rest, customer.conversation)
    async with house.rest(ann) as rest:
        [mine] = await decisions(rest, customer.conversation)

    assert {who["name"] for who in decision["chosen"]} == {"Ann", "Bob"}
    results = {each["agent"]["name"]: each["result"] for each in decision["outcomes"]}
    assert results == {"Ann": "rescinded", "Bob": "accepted"}
    assert decision["replays"] is True
    assert mine["me"]["why"]["facts"]["decided_by"] == "several"
    assert [each["result"] for each in mine["outcomes"]] == ["rescinded"]


async def test_p8_what_the_next_ring_asks_less_is_told(house: House) -> None:
    ann = await house.agent("Ann", skills={"returns": 2})
    lead = await house.agent("Lead", role="supervisor", status=None)
    async with house.rest(lead) as rest:
        [skill] = (await rest.get("/skills"))["items"]
        steps = [[600, 2], [900, 0]]
        needs = [{"skill": skill["id"], "level": 4, "required": True, "steps": steps}]
        status, answer = await rest.ask("PATCH", f"/queues/{house.queue.id}", {"skills": needs})
        assert status == 200, answer
    customer = await house.visitor()
    await customer.begins("A hard one")

    why = await waiting(house, lead, customer.conversation)

    assert (why["outlook"], why["ring"], why["rings"]) == ("ring", 0, 3)
    assert [each["kind"] for each in why["changes"]] == ["ring", "ring"]
    assert [each["skills"] for each in why["changes"]] == [
        [{"skill": "returns", "before": 4, "after": 2}],
        [{"skill": "returns", "before": 2, "after": 0}],
    ]
    assert why["until"] == why["changes"][0]["at"]
    assert (await waiting(house, ann, customer.conversation))["me"] == "ring"


async def test_p8_what_people_did_themselves_stands_beside_the_decisions(house: House) -> None:
    ann, grace = await house.agent("Ann"), await house.agent("Grace", status="busy")
    lead = await house.agent("Lead", role="supervisor", status=None)
    customer = await house.visitor()
    await house.talk(customer, ann, "Where is it?")
    asked = {"conversation": customer.conversation, "agent": str(grace.row.id)}
    await lead.does("conversation:assign", **asked, reason="She has been to Norway")

    for who in (lead, grace):
        async with house.rest(who) as rest:
            told = await rest.get(f"/conversations/{customer.conversation}/decisions")
        [act] = told["acts"]
        assert (act["kind"], act["by"]["name"], act["to"]["name"]) == ("assigned", "Lead", "Grace")
        assert (act["taken_from"]["name"], act["reason"]) == ("Ann", "She has been to Norway")
        assert [each["chosen"][0]["name"] for each in told["items"]] == ["Ann"]


async def test_p8_a_priority_that_somebody_set_is_told_too(house: House) -> None:
    lead = await house.agent("Lead", role="supervisor", status=None)
    customer = await house.visitor()
    await customer.begins("Hello")
    asked = {"conversation": customer.conversation, "priority": 4}
    await lead.does("conversation:prioritize", **asked)

    async with house.rest(lead) as rest:
        told = await rest.get(f"/conversations/{customer.conversation}/decisions")
    assert [(act["kind"], act["priority"], act["by"]["name"]) for act in told["acts"]] == [
        ("prioritized", 4, "Lead")
    ]


async def test_p13_of_very_many_decisions_the_newest_are_read(house: House) -> None:
    lead = await house.agent("Lead", role="supervisor", status=None)
    ann = await house.agent("Ann")
    customer = await house.visitor()
    await house.talk(customer, ann, "Anybody?")
    await house.db.execute(
        """
        INSERT INTO decision (conversation_id, offer_id, at, record)
        SELECT conversation_id, offer_id, at + n * interval '1 s', record
          FROM decision, generate_series(1, 120) n
        """
    )

    async with house.rest(lead) as rest:
        found = await decisions(rest, customer.conversation)

    assert len(found) == 100
    newest = await house.db.fetchval("SELECT max(at) FROM decision")
    assert datetime.fromisoformat(found[-1]["at"]) == newest


async def test_p7_for_whom_room_is_saved_is_told_and_served_when_there_is_enough(
    house: House,
) -> None:
    """Ann has one place free of two; an emergency needs both, and she takes nobody before."""
    ann = await house.agent("Ann", capacity=2)
    lead = await house.agent("Lead", role="supervisor", status=None)
    first, urgent, later = [await house.visitor() for _ in range(3)]
    held = await house.talk(first, ann)
    async with house.rest(lead) as rest:
        status, queue = await rest.ask(
            "PATCH", f"/queues/{house.queue.id}", {"units": 2, "wrap_up_s": 0}
        )
        assert status == 200, queue
    await urgent.begins("Smoke!")
    await lead.does(
        "conversation:prioritize",
        conversation=urgent.conversation,
        priority=0,
        emergency=True,
        reason="Smoke",
    )

    why = await waiting(house, lead, urgent.conversation)
    assert (why["outlook"], [who["name"] for who in why["agents"]]) == ("saving", ["Ann"])
    assert (await waiting(house, ann, urgent.conversation))["me"] == "short"

    await later.begins("And me?")
    await ann.does("conversation:close", conversation=held)
    await ann.is_offered(urgent.conversation)
