"""The REST API: signing in, administration, lists, documents, and who may ask from where."""

from __future__ import annotations

import asyncio
import secrets

from server.services.passwords import Passwords
from storage.agents import Agents, NewAgent
from storage.shops import Shops
from tests.support.house import House, Rest

PASSWORD = "correct horse battery"
SWEPT_S = 3.0
"""A sweep, and the time after which what it found counts."""


async def account(house: House, role: str = "admin") -> str:
    email = f"{secrets.token_hex(4)}@shop.example"
    await Agents(house.db).create(
        NewAgent(
            shop_id=house.shop.id,
            email=email,
            name="Ada",
            password_hash=await Passwords().hash(PASSWORD),
            role=role,  # type: ignore[arg-type]
        )
    )
    return email


async def test_signing_in_gives_a_token_and_a_cookie_that_scripts_cannot_read(house: House) -> None:
    email = await account(house)
    async with house.rest() as rest:
        url = f"{rest.node}/api/v1/sessions"
        body = {"email": email.upper(), "password": PASSWORD}
        async with rest.session.post(url, json=body) as response:
            signed_in = await response.json()
            cookie = response.cookies["kefu_session"]
        assert response.status == 201
        assert cookie.value == signed_in["token"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Strict"
        assert signed_in["agent"]["role"] == "admin"

        who = {"Cookie": f"kefu_session={signed_in['token']}"}
        status, current = await rest.ask("GET", "/sessions/current", **who)
        assert (status, current["agent"]["email"]) == (200, email)
        assert await rest.ask("GET", "/sessions", **who) == (200, {"items": [current]})
        status, problem = await rest.ask("PATCH", "/shop", {"name": "x"}, **who)
        assert (status, problem["details"]["reason"]) == (403, "origin")
        status, problem = await rest.ask(
            "PATCH", "/shop", {"name": "x"}, **who, Origin="https://evil.example"
        )
        assert (status, problem["details"]["reason"]) == (403, "origin")
        status, shop = await rest.ask("PATCH", "/shop", {"name": "New"}, **who, Origin=rest.node)
        assert (status, shop["name"]) == (200, "New")

        status, _ = await rest.ask("DELETE", "/sessions/current", **who, Origin=rest.node)
        assert status == 204
        status, _ = await rest.ask("GET", "/sessions/current", **who)
        assert status == 401
        for nobody in ({}, who):  # who only wants to know whether to sign in is not refused
            assert await rest.ask("GET", "/sessions", **nobody) == (200, {"items": []})


async def test_wrong_passwords_and_unknown_accounts_look_the_same_and_are_limited(
    house: House,
) -> None:
    email = await account(house)
    node = await house.node(sign_ins_per_minute=3)
    async with house.rest(node=node) as rest:
        answers = []
        for name in (email, "nobody@shop.example"):
            body = {"email": name, "password": "wrong password"}
            answers.append(await rest.ask("POST", "/sessions", body))
        assert answers[0] == answers[1]
        assert answers[0][0] == 401
        await rest.ask("POST", "/sessions", {"email": email, "password": "wrong password"})
        status, problem = await rest.ask(
            "POST", "/sessions", {"email": email, "password": PASSWORD}
        )
        assert (status, problem["code"]) == (429, "too_many")
        assert problem["details"]["setting"] == "sign_ins_per_minute"


async def test_signing_out_ends_the_sockets_of_that_session(house: House) -> None:
    lin = await house.agent("Lin")
    async with house.rest(lin) as rest:
        await rest.ask("DELETE", "/sessions/current")

    assert (await lin.hears("session:ended"))["code"] == "signed_out"
    await lin.line.until_closed()


async def test_an_administrator_sets_the_shop_up(house: House) -> None:
    ada = await house.agent("Ada", role="admin", connect=False)
    async with house.rest(ada) as rest:
        _, skill = await rest.ask(
            "POST", "/skills", {"key": "lang:zh", "name": "中文", "kind": "language"}
        )
        status, again = await rest.ask("POST", "/skills", {"key": "lang:zh", "name": "x"})
        assert (status, again["field"]) == (409, "key")
        needs = [{"skill": skill["id"], "level": 3, "required": False}]
        status, queue = await rest.ask(
            "POST", "/queues", {"key": "vip", "name": "VIP", "topics": ["vip"], "skills": needs}
        )
        assert (status, queue["skills"]) == (201, needs)
        status, queue = await rest.ask("PATCH", f"/queues/{queue['id']}", {"wrap_up_s": 0})
        assert (status, queue["wrap_up_s"], queue["topics"]) == (200, 0, ["vip"])
        status, agent = await rest.ask(
            "POST",
            "/agents",
            {
                "email": "new@shop.example",
                "name": "New",
                "password": PASSWORD,
                "skills": [{"skill": skill["id"], "level": 5}],
            },
        )
        assert (status, agent["skills"][0]["level"]) == (201, 5)
        status, agent = await rest.ask("PATCH", f"/agents/{agent['id']}", {"capacity": 5})
        assert (status, agent["capacity"]) == (200, 5)
        status, reply = await rest.ask(
            "POST", "/canned_replies", {"shortcut": "hi", "text": "Hello!"}
        )
        assert status == 201
        status, reply = await rest.ask("PATCH", f"/canned_replies/{reply['id']}", {"text": "Hi!"})
        assert reply["text"] == "Hi!"
        hours = {"weekly": {"1": [["09:00", "12:30"], ["21:00", "26:00"]]}}
        status, shop = await rest.ask(
            "PATCH", "/shop", {"hours": hours, "allowed_origins": ["https://Shop.example"]}
        )
        assert (shop["hours"], shop["allowed_origins"]) == (hours, ["https://shop.example"])
        assert f'data-site="{house.shop.key}"' in shop["snippet"]
        status, shop = await rest.ask("PATCH", "/shop", {"hours": None})
        assert "hours" not in shop
        for path, item in (
            ("skills", skill),
            ("queues", queue),
            ("agents", agent),
            ("canned_replies", reply),
        ):
            assert (await rest.ask("DELETE", f"/{path}/{item['id']}"))[0] == 204
        assert not (await rest.get(f"/agents/{agent['id']}"))["active"]


async def test_what_is_wrong_in_a_body_is_named(house: House) -> None:
    ada = await house.agent("Ada", role="admin", connect=False)
    async with house.rest(ada) as rest:
        for body, field in (
            ({"nmae": "x"}, "nmae"),
            ({"accent": "red"}, "accent"),
            ({"time_zone": "Mars/Base"}, "time_zone"),
            ({"allowed_origins": ["https://a.example/path"]}, "allowed_origins[0]"),
            ({"hours": {"weekly": {"1": [["18:00", "09:00"]]}}}, "hours.weekly.1"),
        ):
            status, problem = await rest.ask("PATCH", "/shop", body)
            assert (status, problem["code"]) == (422, "invalid"), body
            assert field.split("[")[0] in problem["field"], problem
        status, problem = await rest.ask("GET", "/conversations?view=everything")
        assert (status, problem["field"]) == (422, "view")
        url = f"{rest.node}/api/v1/shop"
        async with rest.session.patch(url, data=b"{not json") as response:
            assert response.status == 422
            assert response.content_type == "application/problem+json"


async def test_who_leaves_hands_back_what_they_held(house: House) -> None:
    customer, lin = await house.visitor(), await house.agent("Lin")
    conversation = await house.talk(customer, lin)
    ada = await house.agent("Ada", role="admin")

    async with house.rest(ada) as rest:
        assert (await rest.ask("DELETE", f"/agents/{lin.row.id}"))[0] == 204

    assert (await lin.hears("session:ended"))["code"] == "signed_out"
    await ada.accepts(await ada.is_offered(conversation))
    await ada.says("I take over")
    await customer.hears(text="I take over")


async def test_who_left_can_come_back_and_is_asked_again(house: House) -> None:
    ada, lin = await house.agent("Ada", role="admin", status=None), await house.agent("Lin")
    root = await house.agent("Root", role="admin", connect=False)
    sue = await house.agent("Sue", role="supervisor", connect=False)
    async with house.rest(ada) as rest:
        one = f"/agents/{lin.row.id}"
        status, gone = await rest.ask("PATCH", one, {"active": False})
        assert (status, gone["active"]) == (200, False)
        assert (await lin.hears("session:ended"))["code"] == "signed_out"
        status, problem = await rest.ask("PATCH", f"/agents/{ada.row.id}", {"active": False})
        assert (status, problem["details"]["reason"]) == (409, "oneself")
        assert (await rest.ask("DELETE", f"/agents/{root.row.id}"))[0] == 204
    customer = await house.visitor()
    await customer.begins("Is Lin there?")

    async with house.rest(lin) as rest:
        assert (await rest.ask("PATCH", one, {"active": True}))[0] == 401
    async with house.rest(sue) as rest:
        status, problem = await rest.ask("PATCH", f"/agents/{root.row.id}", {"active": True})
        assert (status, problem["code"]) == (403, "forbidden")
        status, back = await rest.ask("PATCH", one, {"active": True, "capacity": 1})
        assert (status, back["active"], back["capacity"]) == (200, True, 1)

    lin.auth = {"token": await house.token_for(lin.row)}
    await lin.connects()
    assert lin.started["status"] == "away"
    await lin.becomes("available")
    await lin.accepts(await lin.is_offered(customer.conversation))


async def test_an_archived_queue_can_be_restored_and_is_served_again(house: House) -> None:
    ada, lin = await house.agent("Ada", role="admin", status=None), await house.agent("Lin")
    async with house.rest(lin) as rest:
        _, general = await rest.ask("GET", f"/queues/{house.queue.id}")
        status, _ = await rest.ask("PATCH", f"/queues/{general['id']}", {"archived": False})
        assert status == 403
    async with house.rest(ada) as rest:
        status, problem = await rest.ask("PATCH", f"/queues/{general['id']}", {"archived": True})
        assert (status, problem["details"]["reason"]) == (409, "general")
        _, vip = await rest.ask("POST", "/queues", {"key": "vip", "name": "VIP", "topics": ["vip"]})
        status, away = await rest.ask("PATCH", f"/queues/{vip['id']}", {"archived": True})
        assert (status, away["archived"]) == (200, True)
        in_use = (await rest.get("/queues"))["items"]
        every = (await rest.get("/queues?archived=true"))["items"]
        assert [each["key"] for each in in_use] == ["general"]
        assert {each["key"]: each["archived"] for each in every} == {"general": False, "vip": True}
        status, back = await rest.ask("PATCH", f"/queues/{vip['id']}", {"archived": False})
        assert (status, back["archived"], back["topics"]) == (200, False, ["vip"])

    customer = await house.visitor()
    await customer.begins("Me again", topic="vip")
    offer = await lin.is_offered(customer.conversation)
    assert offer["conversation"]["queue"]["name"] == "VIP"


async def test_lists_of_conversations_page_and_search(house: House) -> None:
    lin = await house.agent("Lin")
    seen = []
    for each in range(5):
        customer = await house.visitor()
        await house.talk(customer, lin, f"needle {each}")
        await lin.does("conversation:close", conversation=customer.conversation, outcome="ok")
        await lin.does("conversation:finish", conversation=customer.conversation)
        seen.insert(0, customer.conversation)
    waiting = await house.visitor()
    await waiting.begins("hay")
    offer = await lin.is_offered(waiting.conversation)

    async with house.rest(lin) as rest:
        first = await rest.get("/conversations?view=closed&limit=3")
        then = await rest.get(f"/conversations?view=closed&limit=3&before={first['next']}")
        assert [item["id"] for item in first["items"] + then["items"]] == seen
        assert "next" not in then
        while not (found := await rest.get("/conversations?view=all&q=hay"))["items"]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)  # what is said is found a moment later
        assert [item["id"] for item in found["items"]] == [waiting.conversation]
        first = await rest.get("/conversations?view=closed&q=need&limit=3")
        then = await rest.get(f"/conversations?view=closed&q=need&limit=3&before={first['next']}")
        assert [item["id"] for item in first["items"] + then["items"]] == seen
        assert "next" not in then
        assert (await rest.get("/conversations?view=closed&q=hay"))["items"] == []
        line = await rest.get("/conversations?view=waiting")
        assert [item["id"] for item in line["items"]] == [offer["conversation"]["id"]]
        assert (await rest.get("/conversations?view=mine"))["items"] == []
        one = f"/conversations/{seen[0]}"
        assert (await rest.get(one))["outcome"] == "ok"
        messages = await rest.get(f"{one}/messages?limit=1")
        assert (messages["items"][0]["text"], messages["head"]) == ("needle 4", 3)
        kinds = [event["kind"] for event in (await rest.get(f"{one}/events"))["items"]]
        assert kinds[0] == "started"
        assert kinds[-1] in {"closed", "finished"}
        [decision] = (await rest.get(f"{one}/decisions"))["items"]
        assert decision["me"]["why"]["facts"]["decided_by"] == "only"
        record = await rest.get(f"/visitors/{waiting.id}")
        assert record["visitor"]["online"] is True
        assert len(record["conversations"]) == 1


async def test_the_documents_describe_what_is_served(house: House) -> None:
    async with house.rest() as rest:
        async with rest.session.get(f"{rest.node}/api/openapi.json") as response:
            openapi = await response.json()
        async with rest.session.get(f"{rest.node}/api/asyncapi.json") as response:
            asyncapi = await response.json()

    names = [each["operationId"] for path in openapi["paths"].values() for each in path.values()]
    assert len(names) == len(set(names)) > 30
    refs = str(openapi) + str(asyncapi)
    for document in (openapi, asyncapi):
        schemas = document["components"]["schemas"]
        for name in schemas:
            assert refs.count(f"#/components/schemas/{name}") > 0
    assert "visitor.message:send" in asyncapi["operations"]
    assert asyncapi["operations"]["agent.offer:made"]["action"] == "send"


async def test_the_widget_page_may_be_framed_by_its_own_shop_only(house: House) -> None:
    await house.change_shop(allowed_origins=["https://shop.example"])
    await Shops(house.db).create(
        "second", "Second", "x" * 32, {"allowed_origins": ["https://b.example"]}
    )
    async with house.rest() as rest:
        async with rest.session.get(f"{rest.node}/widget/?site={house.shop.key}") as response:
            policy = response.headers.get("Content-Security-Policy", "")
            if response.status == 200:
                assert "frame-ancestors 'self' https://shop.example" in policy
                assert "b.example" not in policy
        async with rest.session.get(f"{rest.node}/widget/?site=unknown") as response:
            assert response.status == 404


async def test_the_last_sign_out_hands_customers_back_at_their_age(house: House) -> None:
    lin, visitor = await house.agent("Lin"), await house.visitor()
    conversation = await house.talk(visitor, lin)
    before = await house.row(conversation)
    tablet = await house.token_for(lin.row)
    async with house.rest(lin) as rest:
        assert (await rest.ask("DELETE", "/sessions/current"))[0] == 204
    assert (await house.row(conversation)).state == "active"  # signed in on the tablet still

    lin.token = tablet
    async with house.rest(lin) as rest:
        assert (await rest.ask("DELETE", "/sessions/current"))[0] == 204

    await visitor.hears("message:created", notice="agent_left")
    row, agent = await house.row(conversation), await Agents(house.db).get(lin.row.id)
    assert (row.state, row.agent_id, row.queued_at) == ("queued", None, before.queued_at)
    assert agent is not None
    assert agent.status == "away"
    bo = await house.agent("Bo")
    await bo.accepts(await bo.is_offered(conversation))


async def test_the_last_sign_out_finishes_the_wrap_up(house: House) -> None:
    lin, visitor = await house.agent("Lin"), await house.visitor()
    conversation = await house.talk(visitor, lin)
    await lin.does("conversation:close", conversation=conversation, outcome="resolved")
    assert (await house.row(conversation)).state == "wrap_up"
    async with house.rest(lin) as rest:
        await rest.ask("DELETE", "/sessions/current")

    row = await house.row(conversation)
    assert (row.state, row.outcome) == ("closed", "resolved")


async def test_the_sweep_finds_nothing_after_changes_of_agents(house: House) -> None:
    ada = await house.agent("Ada", role="admin", connect=False)
    async with house.rest(ada) as rest:
        await asyncio.sleep(SWEPT_S)  # the house made Ada behind the router's back
        before = await swept(rest)
        new = {"email": "new@shop.example", "name": "New", "password": PASSWORD}
        _, agent = await rest.ask("POST", "/agents", new)
        await rest.ask("PATCH", f"/agents/{agent['id']}", {"capacity": 5})
        await rest.ask("PATCH", f"/agents/{agent['id']}", {"active": False})
        await rest.ask("PATCH", f"/agents/{agent['id']}", {"active": True})
        await asyncio.sleep(SWEPT_S)
        assert await swept(rest) == before


async def swept(rest: Rest) -> str:
    """Return how often the sweep found what nobody had told, as the node counts."""
    async with rest.session.get(f"{rest.node}/metrics") as response:
        lines = (await response.text()).splitlines()
    return next(line for line in lines if line.startswith("kefu_route_swept_total"))
