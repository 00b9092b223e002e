"""What somebody with a screwdriver would try: odd numbers, borrowed names, deep nesting."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from server.services.identity import hash_of
from storage.canned_replies import CannedReplies
from storage.queues import NewQueue, Queues
from storage.skills import Skills
from tests.support.house import SHOP_SECRET, House

HUGE = (2**31, 2**62, 2**64, 2**80, -1)


async def test_p9_numbers_beyond_any_conversation_are_no_surprise(house: House) -> None:
    ann, lin = await house.visitor(), await house.agent()
    conversation = await house.talk(ann, lin)

    for who, more in ((ann, {}), (lin, {}), (lin, {"private": True})):
        for number in HUGE:
            asked = {"conversation": conversation, "after": number, **more}
            answer = await who.asks("message:since", **asked)
            assert answer["error"]["code"] == "invalid", number
            answer = await who.asks("read:set", conversation=conversation, seq=number)
            assert answer["error"]["code"] == "invalid", number
        assert (await who.reads(2**31 - 1, conversation, **more))["messages"] == []
        await who.does("read:set", conversation=conversation, seq=2**31 - 1)


async def test_p9_numbers_that_no_table_keeps_are_refused_by_name(house: House) -> None:
    ann, lin = await house.visitor(), await house.agent()
    sue = await house.agent("Sue", role="supervisor", status=None)
    conversation = await house.talk(ann, lin)
    seen = {"conversation": conversation, "reason": "because"}
    acts: list[tuple[str, str, dict[str, Any]]] = [
        ("conversation:assign", "epoch", {**seen, "agent": str(lin.row.id)}),
        ("conversation:requeue", "epoch", seen),
        ("conversation:close", "epoch", seen),
        ("conversation:prioritize", "was", {**seen, "priority": 1}),
    ]
    for number in HUGE:
        for name, field, asked in acts:
            error = (await sue.asks(name, **asked, **{field: number}))["error"]
            assert (error["code"], error["field"]) == ("invalid", field), (name, number)
    for number in (2**63, 2**64, 2**80, -(2**80), 1e40):
        error = (await ann.asks("user:set", attributes={"spent": number}))["error"]
        assert (error["code"], error["field"]) == ("invalid", "attributes[...]"), number
    for number in (-(2**63), -1, 2**62, 0.5):
        await ann.does("user:set", attributes={"spent": number})
    async with house.rest(sue) as rest:
        for number in HUGE:
            change = {"agent": str(lin.row.id), "capacity": 4, "was": number}
            status, problem = await rest.ask("PATCH", "/skills_matrix", {"capacities": [change]})
            assert (status, problem["field"]) == (422, "capacities[0].was"), number
            patch = {"version": number, "text": "x"}
            status, problem = await rest.ask("PATCH", f"/tasks/{uuid4()}", patch)
            assert (status, problem["field"]) == (422, "version"), number


async def test_p10_another_customers_conversation_is_no_page_mark(house: House) -> None:
    ann, bob, lin = await house.visitor(), await house.visitor(), await house.agent()
    await house.talk(bob, lin)
    await bob.does("conversation:end", conversation=bob.conversation)
    theirs = await house.talk(ann, lin)

    answers = [
        await bob.asks("conversation:list", before=before) for before in (theirs, str(uuid4()))
    ]

    assert answers[0] == answers[1]


async def test_a_customer_cannot_take_the_place_of_a_transfers_note(house: House) -> None:
    ann, lin = await house.visitor(), await house.agent("Lin")
    conversation = await house.talk(ann, lin)
    for epoch in range(12):
        await ann.says("squat", client_id=f"transfer-{epoch}")

    await lin.does(
        "conversation:transfer",
        conversation=conversation,
        to={"queue": str(house.queue.id)},
        note="She has paid already.",
    )

    notes = await house.transcript(conversation, private=True)
    assert [each.text for each in notes] == ["She has paid already."]


async def test_f3_the_tab_of_a_stranger_does_not_go_on_hearing_who_signed_in(house: House) -> None:
    stranger, lin = await house.visitor(), await house.agent()
    conversation = await house.talk(stranger, lin)
    ann = await house.visitor(
        token=stranger.started["token"],
        identity={"id": "ann", "hash": hash_of(SHOP_SECRET, "ann")},
    )
    assert ann.started["conversation"]["id"] == conversation

    ended = await stranger.hears("session:ended")
    assert ended["retry_after_ms"] >= 0
    await lin.says("For Ann only")
    await ann.hears(text="For Ann only")
    assert not any(m.get("text") == "For Ann only" for _, m in stranger.line.events)
    await stranger.connects()
    assert stranger.started.get("conversation") is None


async def test_f16_what_is_other_shops_cannot_be_named_inside_ones_own(house: House) -> None:
    other = await house.other_shop()
    skill = str((await Skills(house.db).create(other.id, "tea", "Tea")).id)
    queue = str(
        (await Queues(house.db).create(NewQueue(shop_id=other.id, key="far", name="Far"))).id
    )
    reply = await CannedReplies(house.db).create(other.id, "hi", "en", "Hello from far")
    spy = await house.agent("Spy", shop=other, status="available")
    boss, lin = await house.agent("Boss", role="admin", connect=False), await house.agent("Lin")
    ann = await house.visitor()
    conversation = await house.talk(ann, lin)

    async with house.rest(boss) as rest:
        asked: list[tuple[str, str, Any]] = [
            (
                "POST",
                "/agents",
                {
                    "email": "n@shop.example",
                    "name": "N",
                    "password": "long enough",
                    "skills": [{"skill": skill, "level": 1}],
                },
            ),
            (
                "POST",
                "/queues",
                {"key": "q", "name": "Q", "skills": [{"skill": skill, "level": 1}]},
            ),
            ("PATCH", f"/queues/{house.queue.id}", {"skills": [{"skill": skill, "level": 1}]}),
            ("PATCH", f"/canned_replies/{reply.id}", {"text": "mine"}),
            ("GET", f"/canned_replies/{reply.id}", None),
            ("DELETE", f"/canned_replies/{reply.id}", None),
        ]
        for method, route, body in asked:
            status, problem = await rest.ask(method, route, body)
            assert (status, problem.get("code")) == (404, "not_found"), (method, route, problem)
        assert (await rest.get("/canned_replies"))["items"] == []
    for to in ({"agent": str(spy.row.id)}, {"queue": queue}):
        answer = await lin.asks("conversation:transfer", conversation=conversation, to=to)
        assert answer["error"]["code"] == "not_found", to


@pytest.mark.parametrize("opening", ['{"email":', "[", '{"email":"x","password":', '{"x":'])
async def test_p9_deeply_nested_json_is_refused_in_words(house: House, opening: str) -> None:
    async with house.rest() as rest:
        url = f"{rest.node}/api/v1/sessions"
        async with rest.session.post(url, data=opening * 10_000) as response:
            assert response.status == 422
            assert (await response.json(content_type=None))["code"] == "invalid"


async def test_every_answer_forbids_guessing_its_type(house: House) -> None:
    async with house.rest() as rest:
        for path in ("/api/v1/agents", "/api/v1/nothing", "/nothing", "/socket.io/?EIO=3", "/"):
            async with rest.session.get(f"{rest.node}{path}") as response:
                assert response.headers.get("X-Content-Type-Options") == "nosniff", path


async def test_f7_only_plain_origins_can_be_listed(house: House) -> None:
    boss = await house.agent("Boss", role="admin", connect=False)
    async with house.rest(boss) as rest:
        for origin in (
            "null",
            "*",
            "https://*",
            "https://*.shop.example",
            "https://shop.example;sandbox",
            "https://shop.example,https://b.example",
            "https://'self'",
            "https://shop.example/",
            "https://me@shop.example",
            "https://shop.example\n",
        ):
            status, _ = await rest.ask("PATCH", "/shop", {"allowed_origins": [origin]})
            assert status == 422, origin
        good = ["https://shop.example", "http://localhost:3000", "http://[::1]:80"]
        status, shop = await rest.ask("PATCH", "/shop", {"allowed_origins": good})
        assert status == 200
        assert shop["allowed_origins"] == good


async def test_f7_a_cookie_counts_only_when_our_own_page_asks(house: House) -> None:
    lin = await house.agent(status=None)
    async with house.rest() as rest:
        cookie = {"Cookie": f"kefu_session={lin.token}"}

        async def status(**headers: str) -> int:
            return (await rest.ask("GET", "/agents", None, **cookie, **headers))[0]

        assert await status() == 200
        for site in ("same-origin", "none"):
            assert await status(**{"Sec-Fetch-Site": site}) == 200
        for site in ("same-site", "cross-site"):
            assert await status(**{"Sec-Fetch-Site": site}) == 403
    for site in ("same-site", "cross-site"):
        with pytest.raises(Exception, match="own pages"):
            await lin.connects(**cookie, **{"Sec-Fetch-Site": site})
