"""Who writes a key where an id is wanted is told which field, and what is wanted."""

from __future__ import annotations

from typing import Any, cast

import pytest

from server.http.openapi import openapi
from server.http.resources.agents import AgentsResource
from server.services.admin.agents import AgentsAdmin
from server.services.ids import NO_ID
from tests.support.house import House

NOBODY = "019c0000-0000-7000-8000-000000000000"
NEW_AGENT = {"email": "new@shop.example", "name": "New", "password": "river-and-reed"}
DRAFT = {"key": "tea", "name": "Tea"}
CELL = {"level": 3, "was": 0}


def skills(*ids: str) -> dict[str, Any]:
    return {"skills": [{"skill": each, "level": 3} for each in ids]}


async def asked(
    house: House, method: str, path: str, body: dict[str, Any]
) -> tuple[int, dict[str, Any]]:
    """Ask as an administrator of a shop with one skill; return what is answered."""
    admin = await house.agent("Ada", role="admin", status=None)
    async with house.rest(admin) as rest:
        known = (await rest.ask("POST", "/skills", {"key": "orders", "name": "Orders"}))[1]["id"]
        ids = {"agent": str(admin.row.id), "queue": str(house.queue.id), "known": known}
        return await rest.ask(method, path.format(**ids), filled(body, ids))


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/agents", NEW_AGENT | skills("orders"), "skills[0].skill"),
        ("POST", "/agents", NEW_AGENT | skills("{known}", "orders"), "skills[1].skill"),
        ("PATCH", "/agents/{agent}", skills("orders"), "skills[0].skill"),
        ("POST", "/queues", DRAFT | skills("orders"), "skills[0].skill"),
        ("PATCH", "/queues/{queue}", skills("orders"), "skills[0].skill"),
        ("POST", "/queues/preview", DRAFT | skills("orders"), "skills[0].skill"),
        ("POST", "/queues/preview", DRAFT | {"id": "tea"}, "id"),
        (
            "PATCH",
            "/skills_matrix",
            {"changes": [CELL | {"agent": "{agent}", "skill": "orders"}]},
            "changes[0].skill",
        ),
        (
            "PATCH",
            "/skills_matrix",
            {"capacities": [{"agent": "mei@demo.kefu", "capacity": 3, "was": 3}]},
            "capacities[0].agent",
        ),
    ],
)
async def test_a_key_where_an_id_is_wanted_is_named_with_its_field(
    house: House, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    status, answer = await asked(house, method, path, body)
    assert (status, answer["code"]) == (404, "not_found")
    assert (answer["field"], answer["detail"]) == (field, NO_ID)


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/agents", NEW_AGENT | skills("{known}", NOBODY), "skills[1].skill"),
        ("PATCH", "/agents/{agent}", skills(NOBODY), "skills[0].skill"),
        ("POST", "/queues", DRAFT | skills(NOBODY), "skills"),
        ("PATCH", "/queues/{queue}", skills(NOBODY), "skills"),
        ("POST", "/queues/preview", DRAFT | skills("{known}", NOBODY), "skills[1].skill"),
    ],
)
async def test_an_id_that_is_no_skill_of_the_shop_is_named_with_its_field(
    house: House, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    status, answer = await asked(house, method, path, body)
    assert status == 404
    assert answer["field"] == field
    assert answer["detail"] == "This shop has no such skill."


def test_the_api_says_that_ids_are_wanted() -> None:
    told: Any = openapi(AgentsResource(cast("AgentsAdmin", None)).endpoints(), "", "1")
    given = told["components"]["schemas"]["AgentSkillGiven"]["properties"]["skill"]
    assert given["description"] == "An id as the API gives it, never a key."


def filled(body: Any, ids: dict[str, str]) -> Any:
    """Put ids where their names stand in braces."""
    if isinstance(body, dict):
        return {name: filled(each, ids) for name, each in body.items()}
    if isinstance(body, list):
        return [filled(each, ids) for each in body]
    return body.format(**ids) if isinstance(body, str) else body
