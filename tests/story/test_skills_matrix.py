"""A supervisor edits the skills of many; who waits is offered at once."""

from __future__ import annotations

import asyncio
import io
from typing import Any
from uuid import uuid4

import msgspec

from storage.skills import Skills
from tests.support.house import Agent, House

SOON_S = 1.0


def change(agent: Agent, skill: object, level: int, was: int = 0) -> dict[str, Any]:
    """Return one cell's change."""
    return {"agent": str(agent.row.id), "skill": str(skill), "level": level, "was": was}


async def test_b14_who_waits_is_offered_when_a_supervisor_fills_in_the_skill(house: House) -> None:
    tea = await Skills(house.db).create(house.shop.id, "tea", "Tea")
    ada = await house.agent("Ada", role="supervisor", connect=False)
    lin = await house.agent("Lin")
    running = await house.talk(await house.visitor(), lin)
    async with house.rest(ada) as rest:
        body = {"skills": [{"skill": str(tea.id), "level": 3}]}
        assert (await rest.ask("PATCH", f"/queues/{house.queue.id}", body))[0] == 200
        ann = await house.visitor()
        await ann.begins("Which tea is this?")
        before = await house.row(running)

        status, saved = await rest.ask(
            "PATCH", "/skills_matrix", {"changes": [change(lin, tea.id, 4)]}
        )

    assert (status, saved["items"][0]["skills"]) == (200, [{"skill": str(tea.id), "level": 4}])
    async with asyncio.timeout(SOON_S):
        offer = await lin.is_offered(ann.conversation)
    assert offer["conversation"]["id"] == ann.conversation
    assert await house.row(running) == before


async def test_a_stale_cell_is_refused_with_what_it_is_now_and_nothing_is_saved(
    house: House,
) -> None:
    ada = await house.agent("Ada", role="admin", connect=False)
    lin = await house.agent("Lin", skills={"tea": 2, "cups": 1}, status=None)
    tea, cups = sorted(await Skills(house.db).of_shop(house.shop.id), key=lambda s: s.key)[::-1]
    async with house.rest(ada) as rest:
        changes = [change(lin, tea.id, 5, was=1), change(lin, cups.id, 5, was=1)]
        status, problem = await rest.ask("PATCH", "/skills_matrix", {"changes": changes})
        assert (status, problem["details"]["reason"]) == (409, "stale")
        assert problem["items"] == [{"agent": str(lin.row.id), "skill": str(tea.id), "now": 2}]
        lin_now = await rest.get(f"/agents/{lin.row.id}")
        assert {each["level"] for each in lin_now["skills"]} == {1, 2}

        rooms = [{"agent": str(lin.row.id), "capacity": 8, "was": 3}]
        status, saved = await rest.ask("PATCH", "/skills_matrix", {"capacities": rooms})
        assert (status, saved["items"][0]["capacity"]) == (200, 8)
    assert (await lin.hears("session:ended"))["code"] == "replaced", "hers shows the old capacity"


async def test_f16_the_matrix_refuses_agents_strangers_and_other_shops(house: House) -> None:
    lin = await house.agent("Lin", skills={"tea": 2}, connect=False)
    boss = await house.agent("Boss", role="admin", connect=False)
    ada = await house.agent("Ada", role="supervisor", connect=False)
    [tea] = await Skills(house.db).of_shop(house.shop.id)
    other = await house.other_shop()
    spy = await house.agent("Spy", shop=other, role="admin", connect=False)
    wanted = {"changes": [change(lin, tea.id, 5, was=2)]}
    path = "/skills_matrix"

    async with house.rest() as stranger, house.rest(lin) as agent, house.rest(spy) as admin:
        assert (await stranger.ask("PATCH", path, wanted))[0] == 401
        assert (await agent.ask("PATCH", path, wanted))[0] == 403
        room = {"agent": str(lin.row.id), "capacity": 9, "was": 3}
        for foreign in (wanted, {"capacities": [room]}):
            assert (await admin.ask("PATCH", path, foreign))[0] == 404
    async with house.rest(ada) as rest:
        for nobody in (str(uuid4()), "1", "x' OR 1=1"):
            cell = {**change(lin, tea.id, 5, was=2), "agent": nobody}
            assert (await rest.ask("PATCH", path, {"changes": [cell]}))[0] == 404
        assert (await rest.ask("PATCH", path, {"changes": [change(boss, tea.id, 5)]}))[0] == 403
        for crooked, field in (
            ({**change(lin, tea.id, 6, was=2)}, "changes[0].level"),
            ({**change(lin, tea.id, 5, was=2), "skil": "x"}, "changes[0].skil"),
        ):
            status, problem = await rest.ask("PATCH", path, {"changes": [crooked]})
            assert (status, problem["field"]) == (422, field)
        twice = {"changes": [change(lin, tea.id, 5, was=2), change(lin, tea.id, 4, was=2)]}
        assert (await rest.ask("PATCH", path, twice))[0] == 422
        assert (await rest.get(f"/agents/{lin.row.id}"))["skills"][0]["level"] == 2


async def test_a_whole_matrix_fits_into_one_request_and_more_is_refused(house: House) -> None:
    ada = await house.agent("Ada", role="admin", connect=False)
    cells = [
        {"agent": str(uuid4()), "skill": str(uuid4()), "level": 3, "was": 0} for _ in range(8000)
    ]
    async with house.rest(ada) as rest:
        url = f"{rest.node}/api/v1/skills_matrix"

        async def save(cells: object) -> tuple[int, Any]:
            body = io.BytesIO(msgspec.json.encode({"changes": cells}))
            async with rest.session.patch(url, data=body) as response:
                return response.status, await response.json(content_type=None)

        assert (await save(cells))[0] == 404
        status, problem = await save(cells * 5)
        assert (status, problem["details"]["setting"]) == (413, "setup_max_bytes")
