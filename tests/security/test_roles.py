"""F16: who may do what: each role, over every route and every command that leads a shop."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.security.objects import objects
from tests.security.routes import ROUTES, Least
from tests.support.house import Agent, House

ORDER: tuple[Least, ...] = ("anyone", "agent", "supervisor", "admin")
LAST = {("DELETE", "/sessions/current")}  # who asks this has no session any more

# In this order, on one conversation: the last of them ends it.
COMMANDS: dict[str, tuple[Least, dict[str, Any]]] = {
    "conversation:assign": ("supervisor", {"reason": "because"}),
    "conversation:prioritize": ("supervisor", {"priority": 3}),
    "conversation:watch": ("supervisor", {}),
    "conversation:join": ("supervisor", {}),
    "conversation:step_out": ("supervisor", {}),
    "conversation:whisper": ("supervisor", {"client_id": "a-whisper", "text": "psst"}),
    "agent:set_status": ("supervisor", {"status": "busy", "reason": "because"}),
    "conversation:requeue": ("supervisor", {"reason": "because"}),
    "conversation:close": ("supervisor", {"reason": "because"}),
}


async def everything(house: House, agent: Agent | None, own: dict[str, str]) -> dict[Any, int]:
    """Ask every route for these objects; return the answers' status, and check the refusals."""
    answers: dict[Any, int] = {}
    async with house.rest(agent) as rest:
        for each in [*(each for each in ROUTES if each not in LAST), *LAST]:
            method, path = each
            kind = path.split("/")[1]
            route = path.replace("{id}", own.get(kind, str(uuid4())))
            body = ROUTES[each][1]
            status, found = await rest.ask(method, route, {} if body is None else body)
            answers[each] = status
            if status >= 400:
                assert found["code"], (each, found)
                assert found["detail"].endswith("."), (each, found)
                assert status < 500, (each, found)
    return answers


async def test_f16_the_table_names_every_route(house: House) -> None:
    async with (
        house.rest() as rest,
        rest.session.get(f"{rest.node}/api/openapi.json") as response,
    ):
        document = (await response.json())["paths"]
    served = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, operations in document.items()
        for method in operations
    }
    assert served == ROUTES.keys()


@pytest.mark.parametrize("role", ORDER[1:])
async def test_f16_each_role_may_what_the_table_says(house: House, role: Least) -> None:
    own = await objects(house)
    who = await house.agent("Who", role=role, status=None)

    for each, status in (await everything(house, who, own)).items():
        may = ORDER.index(ROUTES[each][0]) <= ORDER.index(role)
        # Signed in they may try; whether it fits the state of things is another matter.
        assert (status != 403) == may, (each, status)
        assert status != 401 or each == ("POST", "/sessions")


@pytest.mark.parametrize("role", ORDER[1:])
async def test_f16_to_each_role_of_another_shop_nothing_exists(house: House, role: Least) -> None:
    own = await objects(house)
    spy = await house.agent("Spy", shop=await house.other_shop(), role=role, status=None)

    for command, (least, payload) in COMMANDS.items():
        more = {"conversation": own["conversations"], "agent": own["agents"]}
        answer = await spy.asks(command, **_fitting(command, {**payload, **more}))
        may = ORDER.index(least) <= ORDER.index(role)
        assert answer["error"]["code"] == ("not_found" if may else "forbidden")
    for each, status in (await everything(house, spy, own)).items():
        if "{id}" in each[1]:
            assert status in {403, 404}, (each, status)
            if ORDER.index(ROUTES[each][0]) <= ORDER.index(role):
                assert status == 404, (each, status)


@pytest.mark.parametrize("role", ORDER[1:])
async def test_f16_only_who_leads_lists_what_others_have_in_hand(house: House, role: Least) -> None:
    conversation = await house.talk(await house.visitor(), await house.agent("Lin"))
    who = await house.agent("Who", role=role, status=None)
    spy = await house.agent("Spy", shop=await house.other_shop(), role=role, status=None)
    async with house.rest(who) as rest, house.rest(spy) as elsewhere:
        status, listed = await rest.ask("GET", "/conversations?view=in_hand")
        _, foreign = await elsewhere.ask("GET", "/conversations?view=in_hand")
    assert status == (403 if role == "agent" else 200)
    if role != "agent":
        assert [each["id"] for each in listed["items"]] == [conversation]
        assert foreign["items"] == []


async def test_f16_what_is_hidden_from_other_shops_is_there_for_its_own(house: House) -> None:
    """Otherwise it would be hidden from nobody, and who is told so would prove nothing."""
    own = await objects(house)
    lead = await house.agent("Lead", role="admin", status=None)
    async with house.rest(lead) as rest:
        for method, path in ROUTES:
            if method == "GET" and "{id}" in path:
                route = path.replace("{id}", own[path.split("/")[1]])
                status, found = await rest.ask(method, route)
                # Whether it fits the state of things is another matter.
                assert status in {200, 409}, (route, found)


async def test_f16_without_a_session_everything_is_refused(house: House) -> None:
    own = await objects(house)
    answers = await everything(house, None, own)
    # Whoever asks whether somebody is signed in is told that nobody is.
    assert answers.pop(("GET", "/sessions")) == 200
    assert set(answers.values()) == {401}


async def test_f16_only_who_leads_steps_in(house: House) -> None:
    lin = await house.agent("Lin")
    for role in ORDER[1:]:
        await lin.becomes("available")
        conversation = await house.talk(await house.visitor(), lin)
        who = await house.agent(f"Who{role}", role=role, status=None)
        for command, (least, payload) in COMMANDS.items():
            more = {"conversation": conversation, "agent": str(lin.row.id)}
            answer = await who.asks(command, **_fitting(command, {**payload, **more}))
            may = ORDER.index(least) <= ORDER.index(role)
            assert answer["ok"] == may, (role, command, answer)
            if not may:
                assert answer["error"]["code"] == "forbidden"


def _fitting(command: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Leave out what a command does not take."""
    named = {"conversation:assign": {"conversation", "agent"}, "agent:set_status": {"agent"}}
    wanted = named.get(command, {"conversation"})
    ids = {"conversation", "agent"}
    return {name: value for name, value in payload.items() if name not in ids or name in wanted}
