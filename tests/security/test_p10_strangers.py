"""P10, F4, F16: what belongs to others does not exist, over every command and every route."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from server.protocol.catalogue import AGENT_COMMANDS, VISITOR_COMMANDS
from storage.queues import Queues
from tests.security.objects import objects
from tests.security.routes import ROUTES
from tests.support.house import House, once

NO_ID_INSIDE = {
    "conversation:list",
    "conversation:start",
    "user:set",
    "status:set",
    "input:tell",
    "live:watch",
    "live:leave",
}


def payload(command: str, foreign: str) -> dict[str, Any]:
    """Return a valid payload that names a foreign id wherever an id goes."""
    fields: dict[str, Any] = {
        "message:send": {"client_id": once(), "text": "x"},
        "message:since": {"after": 0},
        "typing:set": {"on": True},
        "read:set": {"seq": 1},
        "conversation:rate": {"score": 1},
        "conversation:transfer": {"to": {"queue": foreign}},
        "conversation:assign": {"agent": foreign, "reason": "curious"},
        "conversation:prioritize": {"priority": 10},
        "conversation:whisper": {"client_id": once(), "text": "psst"},
        "conversation:requeue": {"reason": "curious"},
        "agent:set_status": {"status": "away", "reason": "curious"},
    }
    kind = command.partition(":")[0]
    name = kind if kind in {"offer", "agent"} else "conversation"
    return {name: foreign, **fields.get(command, {})}


async def test_p10_other_customers_conversations_do_not_exist(house: House) -> None:
    ann, agent = await house.visitor(), await house.agent()
    conversation = await house.talk(ann, agent)
    bob = await house.visitor()
    before = await house.row(conversation)

    for command in VISITOR_COMMANDS.keys() - NO_ID_INSIDE:
        for foreign in (conversation, str(uuid4()), "1", "x' OR 1=1"):
            answer = await bob.asks(command, **payload(command, foreign))
            assert answer["error"]["code"] == "not_found", (command, foreign)

    assert await house.row(conversation) == before


async def test_f16_other_shops_conversations_do_not_exist_for_agents(house: House) -> None:
    ann, lin = await house.visitor(), await house.agent("Lin")
    conversation = await house.talk(ann, lin)
    eve = await house.visitor()
    await eve.begins("waiting")
    offer = await lin.is_offered(eve.conversation)
    other = await house.other_shop()
    spy = await house.agent("Spy", shop=other, role="admin")
    before = await house.row(conversation)

    for command in AGENT_COMMANDS.keys() - NO_ID_INSIDE:
        ids = {"offer": offer["offer"], "agent": str(lin.row.id)}
        own = ids.get(command.partition(":")[0], conversation)
        for foreign in (own, str(uuid4()), "1"):
            answer = await spy.asks(command, **payload(command, foreign))
            assert answer["error"]["code"] == "not_found", (command, answer)

    assert await house.row(conversation) == before
    assert spy.started["conversations"] == spy.started["waiting"] == []
    await ann.says("only for Lin")
    await lin.hears(text="only for Lin")
    assert {name for name, _ in spy.line.events} <= {"session:started", "status:changed"}


async def test_f16_other_shops_things_do_not_exist_over_rest(house: House) -> None:
    foreign = await objects(house)
    other = await house.other_shop()
    spy = await house.agent("Spy", shop=other, role="admin", connect=False)

    async with house.rest(spy) as rest:
        document = (await _openapi(rest))["paths"]
        asked = 0
        for path, operations in document.items():
            if "{id}" not in path:
                continue
            kind = path.split("/")[3]
            for method in operations:
                for named in (foreign[kind], str(uuid4()), "1"):
                    route = path.removeprefix("/api/v1")
                    _, body = ROUTES[method.upper(), route]
                    route = route.replace("{id}", named)
                    status, problem = await rest.ask(method.upper(), route, body or {})
                    assert status == 404, (method, route, problem)
                    assert problem["code"] == "not_found"
                    asked += 1
        assert asked > 50
        for route in (
            "/agents",
            "/skills",
            "/conversations?view=all",
            "/conversations?view=waiting",
        ):
            items = (await rest.get(route))["items"]
            assert not any(item["id"] in foreign.values() for item in items)
        status, problem = await rest.ask(
            "GET", f"/conversations?view=all&before={foreign['conversations']}"
        )
        assert status == 404
        status, problem = await rest.ask(
            "PATCH", f"/agents/{spy.row.id}", {"skills": [{"skill": foreign["skills"], "level": 1}]}
        )
        assert status == 404


async def test_rest_needs_a_session_everywhere(house: House) -> None:
    async with house.rest() as rest:
        for path, operations in (await _openapi(rest))["paths"].items():
            for method, operation in operations.items():
                if operation["security"]:
                    route = path.replace("{id}", str(uuid4())).removeprefix("/api/v1")
                    status, problem = await rest.ask(method.upper(), route, {})
                    assert (status, problem["code"]) == (401, "unauthorized"), path


async def test_agents_may_not_administer_and_supervisors_not_lift_themselves(
    house: House,
) -> None:
    lin = await house.agent("Lin", connect=False)
    sue = await house.agent("Sue", role="supervisor", connect=False)
    new = {"email": "n@shop.example", "name": "New", "password": "long enough"}
    queue = await Queues(house.db).get(house.shop.id, house.queue.id)
    assert queue is not None

    async with house.rest(lin) as rest:
        for method, route, body in (
            ("POST", "/agents", new),
            ("PATCH", f"/agents/{lin.row.id}", {"role": "admin"}),
            ("DELETE", f"/agents/{sue.row.id}", None),
            ("POST", "/skills", {"key": "k", "name": "K"}),
            ("PATCH", f"/queues/{queue.id}", {"name": "Mine"}),
            ("PATCH", "/shop", {"name": "Mine"}),
            ("GET", "/shop/identity_secret", None),
            ("POST", "/shop/identity_secret", None),
        ):
            status, problem = await rest.ask(method, route, body)
            assert (status, problem["code"]) == (403, "forbidden"), route
    async with house.rest(sue) as rest:
        for method, route, body in (
            ("POST", "/agents", {**new, "role": "admin"}),
            ("PATCH", f"/agents/{sue.row.id}", {"role": "admin"}),
            ("GET", "/shop/identity_secret", None),
        ):
            status, problem = await rest.ask(method, route, body)
            assert (status, problem["code"]) == (403, "forbidden"), route


async def _openapi(rest: Any) -> dict[str, Any]:
    async with rest.session.get(f"{rest.node}/api/openapi.json") as response:
        return await response.json()
