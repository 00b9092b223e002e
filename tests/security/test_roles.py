"""F16: who may do what: each role, over every route and every command that leads a shop."""

from __future__ import annotations

from typing import Any, Literal
from uuid import uuid4

import pytest

from tests.security.objects import HERE, objects
from tests.support.house import Agent, House

Least = Literal["anyone", "agent", "supervisor", "admin"]
ORDER: tuple[Least, ...] = ("anyone", "agent", "supervisor", "admin")
SHIFT = {"agent": "0" * 8, "day": "2026-03-02", "start": 540, "end": 1020}

# Route → the least role that may, and a body that would be taken. Routes that are not here fail.
ROUTES: dict[tuple[str, str], tuple[Least, object]] = {
    ("POST", "/sessions"): ("anyone", {"email": "no@body.example", "password": "x"}),
    ("GET", "/sessions/current"): ("agent", None),
    ("DELETE", "/sessions/current"): ("agent", None),
    ("GET", "/conversations"): ("agent", None),
    ("GET", "/conversations/{id}"): ("agent", None),
    ("GET", "/conversations/{id}/messages"): ("agent", None),
    ("GET", "/conversations/{id}/events"): ("agent", None),
    ("GET", "/conversations/{id}/decisions"): ("agent", None),
    ("GET", "/conversations/{id}/waiting"): ("agent", None),
    ("GET", "/conversations/{id}/timeline"): ("supervisor", None),
    ("GET", "/step_ins"): ("supervisor", None),
    ("GET", "/visitors/{id}"): ("agent", None),
    ("GET", "/agents"): ("agent", None),
    ("POST", "/agents"): (
        "supervisor",
        {"email": "new@shop.example", "name": "New", "password": "long enough"},
    ),
    ("GET", "/agents/{id}"): ("agent", None),
    ("PATCH", "/agents/{id}"): ("supervisor", {"capacity": 4}),
    ("DELETE", "/agents/{id}"): ("supervisor", None),
    ("GET", "/skills"): ("agent", None),
    ("POST", "/skills"): ("supervisor", {"key": "k", "name": "K"}),
    ("GET", "/skills/{id}"): ("agent", None),
    ("PATCH", "/skills/{id}"): ("supervisor", {"name": "K"}),
    ("DELETE", "/skills/{id}"): ("supervisor", None),
    ("GET", "/setup/export"): ("supervisor", None),
    ("POST", "/setup/import"): ("supervisor", {"format": "json", "text": "{}"}),
    ("PATCH", "/skills_matrix"): ("supervisor", {}),
    ("GET", "/queues"): ("agent", None),
    ("POST", "/queues"): ("supervisor", {"key": "k", "name": "K"}),
    ("GET", "/queues/{id}"): ("agent", None),
    ("PATCH", "/queues/{id}"): ("supervisor", {"priority": 1}),
    ("DELETE", "/queues/{id}"): ("supervisor", None),
    ("POST", "/queues/preview"): ("supervisor", {}),
    ("GET", "/canned_replies"): ("agent", None),
    ("POST", "/canned_replies"): ("agent", {"shortcut": "s", "text": "t"}),
    ("GET", "/canned_replies/{id}"): ("agent", None),
    ("PATCH", "/canned_replies/{id}"): ("agent", {"text": "t"}),
    ("DELETE", "/canned_replies/{id}"): ("agent", None),
    ("GET", "/simulations"): ("supervisor", None),
    ("POST", "/simulations"): ("supervisor", HERE),
    ("GET", "/simulations/{id}"): ("supervisor", None),
    ("POST", "/simulations/{id}/apply"): ("supervisor", {"variant": 0}),
    ("GET", "/alert_rules"): ("supervisor", None),
    ("POST", "/alert_rules"): ("supervisor", {"name": "Many wait", "metric": "waiting"}),
    ("PATCH", "/alert_rules/{id}"): ("supervisor", {"threshold": 9}),
    ("DELETE", "/alert_rules/{id}"): ("supervisor", None),
    ("POST", "/alert_rules/{id}/test"): ("supervisor", None),
    ("GET", "/alerts"): ("supervisor", None),
    ("GET", "/live_looks"): ("supervisor", None),
    ("POST", "/live_looks"): ("supervisor", {"name": "Mine", "look": {}}),
    ("PATCH", "/live_looks/{id}"): ("supervisor", {"name": "Others"}),
    ("DELETE", "/live_looks/{id}"): ("supervisor", None),
    ("GET", "/reports"): ("supervisor", None),
    ("GET", "/reports/rows"): ("supervisor", None),
    ("GET", "/reports/table"): ("supervisor", None),
    ("GET", "/reports/sheet"): ("supervisor", None),
    ("GET", "/reports/agents"): ("supervisor", None),
    ("GET", "/conversations/{id}/parts"): ("supervisor", None),
    ("GET", "/scorecards"): ("supervisor", None),
    ("POST", "/scorecards"): ("supervisor", {"name": "Any", "questions": [{"text": "Any"}]}),
    ("GET", "/scorecards/{id}"): ("supervisor", None),
    ("PATCH", "/scorecards/{id}"): ("supervisor", {"version": 1, "name": "Other"}),
    ("GET", "/reviews"): ("agent", None),
    ("POST", "/reviews"): ("supervisor", {"conversation": "x", "agent": "x", "scorecard": "x"}),
    ("GET", "/reviews/{id}"): ("agent", None),
    ("PATCH", "/reviews/{id}"): ("supervisor", {"answers": {}}),
    ("DELETE", "/reviews/{id}"): ("supervisor", None),
    ("POST", "/reviews/{id}/publish"): ("supervisor", None),
    ("POST", "/reviews/{id}/reply"): ("agent", {"kind": "acknowledged"}),
    ("POST", "/reviews/{id}/decision"): (
        "supervisor",
        {"decision": "upheld", "text": "It stays"},
    ),
    ("GET", "/review_rules"): ("supervisor", None),
    ("POST", "/review_rules"): (
        "supervisor",
        {"name": "Any", "scorecard": "x", "kind": "share", "amount": 1},
    ),
    ("PATCH", "/review_rules/{id}"): ("supervisor", {"active": False}),
    ("DELETE", "/review_rules/{id}"): ("supervisor", None),
    ("GET", "/review_tasks"): ("supervisor", None),
    ("PATCH", "/review_tasks/{id}"): ("supervisor", {"action": "dismiss"}),
    ("GET", "/calibrations"): ("supervisor", None),
    ("POST", "/calibrations"): (
        "supervisor",
        {"conversation": "x", "agent": "x", "scorecard": "x", "reviewers": ["x", "y"]},
    ),
    ("GET", "/calibrations/{id}"): ("supervisor", None),
    ("POST", "/calibrations/{id}/close"): ("supervisor", None),
    ("GET", "/follow_ups"): ("agent", None),
    ("GET", "/follow_ups/{id}"): ("agent", None),
    ("PATCH", "/follow_ups/{id}"): ("agent", {"version": 1, "note": "Called"}),
    ("GET", "/quality_settings"): ("supervisor", None),
    ("PATCH", "/quality_settings"): ("supervisor", {"low_score": 2}),
    ("GET", "/tags"): ("agent", None),
    ("POST", "/tags"): ("supervisor", {"name": "Any"}),
    ("PATCH", "/tags/{id}"): ("supervisor", {"name": "Other"}),
    ("GET", "/conversations/{id}/tags"): ("agent", None),
    ("PATCH", "/conversations/{id}/tags"): ("agent", {"add": []}),
    ("GET", "/schedule"): ("supervisor", None),
    ("GET", "/schedule/need"): ("supervisor", None),
    ("POST", "/schedule/copy"): ("supervisor", {"day": "2026-03-02"}),
    ("POST", "/schedule/try"): ("supervisor", {"day": "2026-03-02"}),
    ("GET", "/schedule/mine"): ("agent", None),
    ("GET", "/schedule/calendar"): ("agent", None),
    ("POST", "/shifts"): ("supervisor", SHIFT),
    ("PATCH", "/shifts/{id}"): ("supervisor", SHIFT),
    ("DELETE", "/shifts/{id}"): ("supervisor", None),
    ("POST", "/shifts/remove"): ("supervisor", {"shifts": []}),
    ("POST", "/time_off"): ("agent", {"first": "2099-03-02", "last": "2099-03-02"}),
    ("PATCH", "/time_off/{id}"): ("agent", {"state": "withdrawn"}),
    ("POST", "/time_off/{id}/decision"): ("supervisor", {"approve": False}),
    ("POST", "/swaps"): ("agent", {"shift": "0" * 8}),
    ("PATCH", "/swaps/{id}"): ("agent", {"state": "withdrawn"}),
    ("POST", "/swaps/{id}/decision"): ("supervisor", {"approve": False}),
    ("GET", "/shop"): ("agent", None),
    ("PATCH", "/shop"): ("supervisor", {"misses_max": 3}),
    ("POST", "/shop/hours/preview"): ("supervisor", {"time_zone": "UTC"}),
    ("GET", "/shop/identity_secret"): ("admin", None),
    ("POST", "/shop/identity_secret"): ("admin", None),
}
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


async def test_f16_without_a_session_everything_is_refused(house: House) -> None:
    own = await objects(house)
    answers = await everything(house, None, own)
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
