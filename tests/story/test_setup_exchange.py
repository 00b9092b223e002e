"""The setup of a shop leaves as a file, is looked at, and comes back."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest

from storage.agents import Agents
from storage.people import QueueSkill
from storage.queues import NewQueue, Queues
from storage.skills import Skills
from tests.support.house import Agent, House, Rest
from tests.support.line import Json

SOON_S = 1.0
SECTIONS = [("json", "all"), ("json", "matrix"), ("csv", "matrix"), ("csv", "queues")]


async def export(rest: Rest, kind: str, part: str) -> str:
    """Return a file of the setup."""
    url = f"{rest.node}/api/v1/setup/export?format={kind}&part={part}"
    async with rest.session.get(url) as response:
        assert response.status == 200
        assert (
            response.headers["Content-Disposition"] == f'attachment; filename="kefu-{part}.{kind}"'
        )
        return await response.text()


async def take(
    rest: Rest, text: str, kind: str = "json", part: str = "all", *, dry: bool = True, **more: Any
) -> tuple[int, Json]:
    """Try a file, or take it in."""
    body = {"format": kind, "part": part, "text": text, **more}
    return await rest.ask("POST", f"/setup/import?dry_run={str(dry).lower()}", body)


async def furnish(house: House) -> Agent:
    """Set up a shop with everything that files know; return who leads it."""
    ada = await house.agent("=Ada", role="admin", connect=False, skills={"tea": 5, "lang:zh": 3})
    await house.agent("'+Bo林", connect=False, skills={"tea": 1})
    await house.agent("Lin", connect=False, skills={"tea": 2}, capacity=7)
    keys = {skill.key: skill.id for skill in await Skills(house.db).of_shop(house.shop.id)}
    needs = (
        QueueSkill(keys["tea"], 4, True, ((60, 3), (120, 0))),
        QueueSkill(keys["lang:zh"], 2, False),
    )
    general = {"queue": str(house.queue.id), "after_s": 60, "skip_if_empty": True}
    queues = Queues(house.db)
    await queues.create(
        NewQueue(
            shop_id=house.shop.id,
            key="vip",
            name=" =VIP | 贵宾",
            topics=("a|b", "vip"),
            skills=needs,
        )
    )
    plain = NewQueue(shop_id=house.shop.id, key="tea", name="True", skills=needs[1:])
    tea = await queues.create(plain)
    async with house.rest(ada) as rest:
        changes = {"overflow": [general], "target_s": 30, "weight": 2.5, "policy": "longest_idle"}
        assert (await rest.ask("PATCH", f"/queues/{tea.id}", changes))[0] == 200
        hours = {"weekly": {"1": [["09:00", "12:30"], ["21:00", "26:00"]]}}
        assert (await rest.ask("PATCH", "/shop", {"hours": hours}))[0] == 200
    return ada


@pytest.mark.parametrize(("kind", "part"), SECTIONS)
async def test_what_was_exported_changes_nothing_when_it_comes_back(
    house: House, kind: str, part: str
) -> None:
    ada = await furnish(house)
    async with house.rest(ada) as rest:
        text = await export(rest, kind, part)
        status, plan = await take(rest, text, kind, part, dry=False)
    assert (status, plan["changes"], plan.get("warnings", [])) == (200, [], [])


async def test_a_whole_setup_moves_to_an_empty_shop(house: House) -> None:
    ada = await furnish(house)
    other = await house.other_shop()
    eve = await house.agent("Eve", shop=other, role="admin", connect=False)
    async with house.rest(ada) as here, house.rest(eve) as there:
        given = json.loads(await export(here, "json", "all"))
        given["agents"] = []
        status, plan = await take(there, json.dumps(given), dry=False)
        assert (status, plan["applied"]) == (200, True)
        moved = json.loads(await export(there, "json", "all"))
    assert {**moved, "agents": []} == given


async def test_a_dry_run_says_what_would_change_and_changes_nothing(house: House) -> None:
    ada = await furnish(house)
    [lin] = [row for row in await Agents(house.db).of_shop(house.shop.id) if row.name == "Lin"]
    text = f"email;capacity;tea;lang:zh\n{lin.email.upper()};4;;5\n"
    async with house.rest(ada) as rest:
        before = await export(rest, "json", "all")
        status, plan = await take(rest, text, "csv", "matrix")
        assert status == 200
        assert not plan["applied"]
        deeds = [
            (each["deed"], each["field"], each.get("before"), each.get("after"))
            for each in plan["changes"]
        ]
        assert deeds == [
            ("changed", "capacity", "7", "4"),
            ("removed", "skill tea", "2", None),
            ("added", "skill lang:zh", None, "5"),
        ]
        assert plan["changes"][0]["words"] == f"Agent {lin.email}, capacity: 7 → 4"
        assert await export(rest, "json", "all") == before

        status, done = await take(
            rest, text, "csv", "matrix", dry=False, expect=plan["fingerprint"]
        )
        assert (status, done["applied"], done["changes"]) == (200, True, plan["changes"])
        status, problem = await take(
            rest, text, "csv", "matrix", dry=False, expect=plan["fingerprint"]
        )
        assert (status, problem["details"]["reason"]) == (409, "stale")


async def test_queues_are_added_and_changed_together_with_what_they_name(house: House) -> None:
    ada = await furnish(house)
    given = {
        "skills": [{"key": "cups", "name": "Cups"}, {"key": "tea", "name": "Tea & more"}],
        "queues": [
            {"key": "tea", "overflow": [{"queue": "cups", "after_s": 30}], "target_s": None},
            {"key": "cups", "name": "Cups", "skills": [{"skill": "cups", "level": 2}], "units": 2},
        ],
    }
    async with house.rest(ada) as rest:
        status, plan = await take(rest, json.dumps(given), dry=False)
        assert status == 200, plan
        now = json.loads(await export(rest, "json", "queues"))["queues"]
    tea = next(queue for queue in now if queue["key"] == "tea")
    cups = next(queue for queue in now if queue["key"] == "cups")
    assert (tea["overflow"][0]["queue"], tea["target_s"], tea["weight"]) == ("cups", None, 2.5)
    assert (cups["skills"][0]["skill"], cups["units"]) == ("cups", 2)
    words = [each["words"] for each in plan["changes"]]
    assert "Skill cups: added" in words
    assert "Skill tea, name: tea → Tea & more" in words
    assert "Queue tea, target_s: 30 → nothing" in words
    assert "Queue cups, skills: nothing → cups 2" in words


async def test_mistakes_are_named_with_line_and_column_and_nothing_is_taken(house: House) -> None:
    ada = await furnish(house)
    [lin] = [row for row in await Agents(house.db).of_shop(house.shop.id) if row.name == "Lin"]
    matrix = f"email,capacity,tea,cofee\nnobody@x,3,1,\n{lin.email},101,9,1\n{lin.email},3,1,\n"
    queues = "key,name,priority,skills,polcy\nvip,VIP,high,tea nine,\nnew,,3,cofee 2,x\n"
    whole = {
        "agents": [{"email": lin.email, "capacity": 5}],
        "queues": [
            {"key": "vip", "priority": 11},
            {"key": "tea", "overflow": [{"queue": "tea", "after_s": 9}]},
        ],
    }
    async with house.rest(ada) as rest:
        before = await export(rest, "json", "all")
        for text, kind, part, places in (
            (matrix, "csv", "matrix", {(2, 1), (3, 3), (3, 2), (4, 4)}),
            (queues, "csv", "queues", {(1, 5), (2, 3), (2, 4), (3, 2)}),
            (json.dumps(whole, indent=1), "json", "all", {(11, 16), (17, 15)}),
        ):
            status, plan = await take(rest, text, kind, part)
            assert status == 200
            found = {(fault.get("line"), fault.get("column")) for fault in plan["faults"]}
            assert found == places, plan["faults"]
            status, problem = await take(rest, text, kind, part, dry=False)
            assert (status, problem["details"]["reason"]) == (422, "faulty")
            assert {(item["line"], item["column"]) for item in problem["items"]} == places
        assert await export(rest, "json", "all") == before


async def test_each_wrong_value_is_told_in_words_and_by_a_code(house: House) -> None:
    ada = await furnish(house)
    wrong = {
        "priority": (11, "too_large", "This must be 10 or less.", "10"),
        "offer_timeout_s": (4, "too_small", "This must be 5 or more.", "5"),
        "wrap_up_s": ("long", "whole_number", "This must be a whole number.", None),
        "weight": ("much", "number", "This must be a number.", None),
        "auto_accept": ("yes", "truth", "This must be true or false.", None),
        "topics": ("tea", "list", "This must be a list.", None),
        "name": (5, "text", "This must be text.", None),
        "overflow": ([{"after_s": 3}], "missing", "This is missing.", None),
    }
    async with house.rest(ada) as rest:
        for field, (value, *told) in wrong.items():
            given = {"queues": [{"key": "tea", field: value}]}
            status, plan = await take(rest, json.dumps(given))
            assert status == 200
            [fault] = plan["faults"]
            assert [fault["code"], fault["message"], fault.get("limit")] == told, field
            assert fault["field"].startswith(field)
            _, refused = await take(rest, json.dumps(given), dry=False)
            assert refused["items"] == [{"limit": None, **fault}]


async def test_b14_who_waits_is_offered_when_an_import_gives_the_skill(house: House) -> None:
    ada = await house.agent("Ada", role="supervisor", connect=False, skills={"tea": 1})
    lin = await house.agent("Lin")
    queue = {"key": "general", "skills": [{"skill": "tea", "level": 3}]}
    async with house.rest(ada) as rest:
        assert (await take(rest, json.dumps({"queues": [queue]}), dry=False))[0] == 200
        ann = await house.visitor()
        await ann.begins("Which tea is this?")
        text = f"email,tea\n{lin.row.email},3\n"
        assert (await take(rest, text, "csv", "matrix", dry=False))[0] == 200
    async with asyncio.timeout(SOON_S):
        await lin.is_offered(ann.conversation)


async def test_an_import_of_another_capacity_reaches_consoles_that_are_open(house: House) -> None:
    ada = await house.agent("Ada", role="admin", connect=False, skills={"tea": 1})
    lin, mei = await house.agent("Lin", capacity=3), await house.agent("Mei", capacity=3)
    text = f"email,capacity,tea\n{lin.row.email},5,1\n{mei.row.email},3,2\n"
    async with house.rest(ada) as rest:
        assert (await take(rest, text, "csv", "matrix"))[0] == 200
        await lin.asks("status:set", status="available")  # a dry run has ended nobody's session
        assert (await take(rest, text, "csv", "matrix", dry=False))[0] == 200

    ended = await lin.hears("session:ended")
    assert (ended["code"], ended["retry_after_ms"]) == ("replaced", 100)
    await lin.connects()
    assert lin.started["agent"]["capacity"] == 5
    assert (await mei.asks("status:set", status="available"))["ok"], "hers stays; so does her line"


async def test_f16_only_those_who_lead_and_only_their_own_shop(house: House) -> None:
    boss = await furnish(house)
    lin = await house.agent("Lin", connect=False)
    zoe = await house.agent("Zoe", role="supervisor", connect=False)
    other = await house.other_shop()
    spy = await house.agent("Spy", shop=other, role="admin", connect=False)
    async with house.rest() as stranger, house.rest(lin) as agent:
        for rest, status in ((stranger, 401), (agent, 403)):
            assert (await rest.ask("GET", "/setup/export"))[0] == status
            assert (await take(rest, "{}"))[0] == status
    text = f"email,capacity\n{lin.row.email},9\n{boss.row.email},9\n"
    async with house.rest(spy) as rest:
        _, plan = await take(rest, text, "csv", "matrix")
        assert [fault["line"] for fault in plan["faults"]] == [2, 3]
        assert "林" not in await export(rest, "json", "all")
        named = {"queues": [{"key": "general", "skills": [{"skill": str(uuid4())}]}]}
        assert len((await take(rest, json.dumps(named)))[1]["faults"]) == 1
    async with house.rest(zoe) as rest:
        _, plan = await take(rest, text, "csv", "matrix")
        assert [fault["line"] for fault in plan["faults"]] == [3]
        assert (await take(rest, await export(rest, "csv", "matrix"), "csv", "matrix"))[1][
            "changes"
        ] == []


async def test_p9_every_crooked_file_is_answered(house: House) -> None:
    ada = await furnish(house)
    crooked = (
        '{"skills": [{"key": "x", "name": "\\u0000"}]}',
        '{"skills": [{"key": "x", "name": "\\ud800"}]}',
        '{"queues": [{"key": "general", "name": "\\u0000"}]}',
        '{"queues": [{"key": "vip", "archived": true}, {"key": "vip"}, {"key": 5}, {}]}',
        '{"shop": {"hours": {"weekly": {"9": []}}}}',
        '{"shop": {"name": "x"}}',
        '{"shop": {"time_zone": "Mars"}}',
        '{"agents": [{"email": "x", "skills": {"tea": 1e400}}]}',
        '{"skills": [{"key": "tea", "name": "Tea", "kind": "language"}]}',
        '{"agents": null}',
        "[" * 5000,
        "\ufeff{}",
    )
    async with house.rest(ada) as rest:
        before = await export(rest, "json", "all")
        for text in crooked:
            status, answer = await take(rest, text)
            assert status == 422 or (status == 200 and answer["faults"]), (text, answer)
            assert (await take(rest, text, dry=False))[0] == 422, text
        assert (await take(rest, "x", "csv"))[0] == 422
        assert (await rest.ask("GET", "/setup/export?format=csv"))[0] == 422
        assert (await rest.ask("POST", "/setup/import?dryrun=1", {"format": "json", "text": ""}))[
            0
        ] == 422
        assert await export(rest, "json", "all") == before


async def test_no_hours_are_always_and_no_idle_time_is_never(house: House) -> None:
    ada = await house.agent("Ada", role="admin", connect=False)
    async with house.rest(ada) as rest:
        hours = {"weekly": {"1": [["09:00", "12:30"]]}}
        was = {"hours": hours, "idle_after_s": 900}
        assert (await rest.ask("PATCH", "/shop", was))[0] == 200

        _, plan = await take(rest, json.dumps({"shop": {"hours": None, "idle_after_s": None}}))

    found = {change["field"]: (change["before"], change["after"]) for change in plan["changes"]}
    assert found["idle_after_s"] == ("900", "never")
    assert found["hours"][1] == "always"
