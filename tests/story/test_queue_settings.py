"""What supervisors may say about a queue, and what is refused with the field at fault."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.support.house import House

ROUTING: dict[str, Any] = {
    "policy": "longest_idle",
    "target_s": 40,
    "weight": 2.5,
    "units": 3,
    "per_agent_max": 2,
    "length_max": 100,
    "wait_max_s": 900,
    "sticky_s": 0,
    "offers_at_once": 3,
    "takes_transfers_when_empty": False,
    "quiet_after_s": 600,
}


async def test_a_queue_keeps_how_it_finds_its_agents(house: House) -> None:
    qin = await house.agent("Qin", role="supervisor", connect=False)
    async with house.rest(qin) as rest:
        _, tea = await rest.ask("POST", "/skills", {"key": "tea", "name": "Tea"})
        needs = [{"skill": tea["id"], "level": 4, "steps": [[20, 2], [60, 0]]}]
        helps = [{"queue": str(house.queue.id), "after_s": 45}]
        status, made = await rest.ask(
            "POST",
            "/queues",
            {"key": "vip", "name": "VIP", "skills": needs, "overflow": helps, **ROUTING},
        )
        assert status == 201
        assert made | ROUTING == made
        assert made["skills"][0]["steps"] == [[20, 2], [60, 0]]
        assert made["overflow"] == [helps[0] | {"skip_if_empty": True}]

        status, changed = await rest.ask(
            "PATCH", f"/queues/{made['id']}", {"target_s": None, "units": 1, "overflow": []}
        )
        assert (status, changed.get("target_s"), changed["units"]) == (200, None, 1)
        assert (changed["overflow"], changed["weight"]) == ([], 2.5)
        assert changed["quiet_after_s"] == 600
        status, changed = await rest.ask("PATCH", f"/queues/{made['id']}", {"quiet_after_s": None})
        assert (status, changed.get("quiet_after_s")) == (200, None)
        status, problem = await rest.ask("PATCH", f"/queues/{made['id']}", {"quiet_after_s": 59})
        assert (status, problem["field"]) == (422, "quiet_after_s")
        assert changed["skills"] == made["skills"]


@pytest.mark.parametrize(
    ("steps", "field"),
    [
        ([[30, 2], [30, 1]], "skills[0].steps"),
        ([[10, 4]], "skills[0].steps"),
        ([[10, 2], [20, 2]], "skills[0].steps"),
    ],
)
async def test_steps_may_only_ask_for_less_and_later(
    house: House, steps: list[list[int]], field: str
) -> None:
    qin = await house.agent("Qin", role="supervisor", connect=False)
    async with house.rest(qin) as rest:
        _, tea = await rest.ask("POST", "/skills", {"key": "tea", "name": "Tea"})
        needs = [{"skill": tea["id"], "level": 3, "steps": steps}]
        status, problem = await rest.ask(
            "POST", "/queues", {"key": "vip", "name": "VIP", "skills": needs}
        )
        assert (status, problem["field"]) == (422, field)


async def test_a_queue_overflows_only_to_other_queues_of_its_own_shop(house: House) -> None:
    qin = await house.agent("Qin", role="supervisor", connect=False)
    other = await house.other_shop()
    theirs = await house.db.fetchval(
        "INSERT INTO queue (shop_id, key, name) VALUES ($1, 'theirs', 'Theirs') RETURNING id",
        other.id,
    )
    async with house.rest(qin) as rest:
        _, vip = await rest.ask("POST", "/queues", {"key": "vip", "name": "VIP"})
        general = str(house.queue.id)
        for overflow, field in (
            ([{"queue": vip["id"], "after_s": 5}], "overflow[0].queue"),
            ([{"queue": str(theirs), "after_s": 5}], "overflow[0].queue"),
            ([{"queue": "nothing", "after_s": 5}], "overflow[0].queue"),
            (
                [{"queue": general, "after_s": 5}, {"queue": general, "after_s": 5}],
                "overflow[1].after_s",
            ),
        ):
            status, problem = await rest.ask(
                "PATCH", f"/queues/{vip['id']}", {"overflow": overflow}
            )
            assert (status, problem["field"]) == (422, field)


async def test_the_shop_says_what_becomes_of_lost_agents_and_misses(house: House) -> None:
    qin = await house.agent("Qin", role="supervisor", connect=False)
    rules = {"lost_agent": "requeue", "lost_agent_s": 30, "misses_max": 3}
    async with house.rest(qin) as rest:
        status, shop = await rest.ask("PATCH", "/shop", rules)
        assert (status, shop | rules) == (200, shop)
        status, problem = await rest.ask("PATCH", "/shop", {"lost_agent_s": 5})
        assert (status, problem["field"]) == (422, "lost_agent_s")


async def test_p9_a_text_that_cannot_be_kept_is_refused_with_its_field(house: House) -> None:
    qin = await house.agent("Qin", role="supervisor", connect=False)
    hours: dict[str, Any] = {
        "weekly": None,
        "special": [{"date": "2026-12-31", "open": [], "name": "\0"}],
    }
    path = f"/queues/{house.queue.id}"
    async with house.rest(qin) as rest:
        for method, route, body, field in (
            ("PATCH", path, {"name": "a\0"}, "name"),
            ("PATCH", path, {"topics": ["a", "\0"]}, "topics[1]"),
            ("PATCH", "/shop", {"hours": hours}, "hours.special[0].name"),
            ("POST", "/setup/import", {"format": "json", "text": "\0"}, "text"),
        ):
            status, refused = await rest.ask(method, route, body)
            assert (status, refused["code"], refused["field"]) == (422, "invalid", field)
        assert (await rest.ask("PATCH", path, {"name": r"\u0000"}))[0] == 200


async def test_of_two_supervisors_nobody_overwrites_what_they_have_not_seen(house: House) -> None:
    qin = await house.agent("Qin", role="supervisor", connect=False)
    path = f"/queues/{house.queue.id}"
    async with house.rest(qin) as rest:
        read = await rest.get(path)
        answers = await asyncio.gather(
            *(
                rest.ask("PATCH", path, {"priority": n, "expect": read["version"]})
                for n in range(1, 5)
            )
        )
        assert sorted(status for status, _ in answers) == [200, 409, 409, 409]
        won = next(each for status, each in answers if status == 200)
        lost = next(each for status, each in answers if status == 409)
        assert lost["details"]["reason"] == "stale"
        assert await rest.get(path) == won
        status, _ = await rest.ask(
            "PATCH", path, {"name": "Late", "archived": True, "expect": read["version"]}
        )
        assert status == 409
        status, named = await rest.ask("PATCH", path, {"name": "New", "expect": won["version"]})
        assert (status, named["priority"]) == (200, won["priority"])
        assert named["version"] != won["version"]


@pytest.mark.parametrize("weight", [1e-60, 1e-7, 0])
async def test_a_weight_that_cannot_be_kept_is_refused(house: House, weight: float) -> None:
    qin = await house.agent("Qin", role="supervisor", connect=False)
    queue = {"queue": str(house.queue.id), "weight": weight}
    period = {"since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"}
    tried = {**period, "variants": [{"name": "Light", "queues": [queue]}]}
    async with house.rest(qin) as rest:
        for method, path, body, field in (
            ("PATCH", f"/queues/{house.queue.id}", {"weight": weight}, "weight"),
            ("POST", "/queues", {"key": "k", "name": "K", "weight": weight}, "weight"),
            ("POST", "/queues/preview", {"weight": weight}, "weight"),
            ("POST", "/simulations", tried, "variants[0].queues[0].weight"),
        ):
            status, refused = await rest.ask(method, path, body)
            assert (status, refused["field"]) == (422, field)
