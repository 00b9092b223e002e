"""A supervisor tries a change on what really came, looks at it, and makes it true."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from tests.support.house import Agent, House, Rest
from tests.support.past import past


async def answered(rest: Rest, simulation: str) -> Any:
    """Ask until there is an answer; other processes are at it."""
    async with asyncio.timeout(60):
        while True:
            found = await rest.get(f"/simulations/{simulation}")
            if found["state"] != "running":
                return found
            await asyncio.sleep(0.05)


@pytest.mark.slow
@pytest.mark.timeout(90)
async def test_more_room_for_an_agent_is_tried_found_better_and_made_true(house: House) -> None:
    qin = await house.agent("Qin", role="supervisor", status=None)
    lin = await house.agent("Lin", capacity=3)
    since, until = await past(house, lin)
    more = {"name": "Ten at once", "agents": [{"agent": str(lin.row.id), "capacity": 10}]}
    help_ = {"name": "A colleague", "added": [{"count": 1, "capacity": 5}]}
    asked = {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "variants": [more, help_],
        "seeds": 2,
    }

    async with house.rest(qin) as rest:
        status, begun = await rest.ask("POST", "/simulations", asked)
        assert (status, begun["state"]) == (202, "running")
        found = await answered(rest, begun["id"])

        assert found["state"] == "done", found
        result = found["result"]
        assert result["customers"] == 60
        assert result["really"] == {
            "customers": 60,
            "mean_wait_s": 20.0,
            "p95_s": 20.0,
            "abandonment": 0.0,
            "service_level": None,
        }
        assert result["queues_really"] == {str(house.queue.id): result["really"]}
        before, (ten, colleague) = result["before"], result["variants"]
        assert ten["total"]["mean_wait_s"]["mean"] < before["total"]["mean_wait_s"]["mean"]
        assert colleague["difference"]["mean_wait_s"]["mean"] < 0
        assert set(before["queues"]) == {str(house.queue.id)}

        status, applied = await rest.ask(
            "POST", f"/simulations/{begun['id']}/apply", {"variant": 0}
        )
        assert (status, applied) == (200, {"agents": 1, "queues": 0, "not_made": 0})
        assert (await rest.get(f"/agents/{lin.row.id}"))["capacity"] == 10
        _, imagined = await rest.ask("POST", f"/simulations/{begun['id']}/apply", {"variant": 1})
        assert imagined["not_made"] == 1

        kept = await rest.get(f"/simulations/{begun['id']}")
        (made,) = kept["applied"]  # who was only imagined leaves no trace
        assert (made["variant"], made["by"]["name"]) == (0, "Qin")
        assert datetime.fromisoformat(made["at"]) >= datetime.fromisoformat(begun["created_at"])
        assert made["before"] == {
            "agents": [{"agent": str(lin.row.id), "capacity": 3, "skills": {}}]
        }
        assert kept["result"] == result
        listed = (await rest.get("/simulations"))["items"]
        assert [len(each["applied"]) for each in listed] == [1]


async def test_where_nobody_came_there_is_nothing_to_try(house: House) -> None:
    qin = await house.agent("Qin", role="supervisor", status=None)
    asked = {
        "since": "2020-01-01T00:00:00Z",
        "until": "2020-01-02T00:00:00Z",
        "variants": [{"name": "Any"}],
    }
    async with house.rest(qin) as rest:
        _, begun = await rest.ask("POST", "/simulations", asked)
        found = await answered(rest, begun["id"])

    assert (found["state"], found["error"]) == ("failed", "Nobody came in this period")
    assert found["reason"] == "nobody_came"


@pytest.mark.timeout(90)
async def test_what_was_changed_since_it_was_asked_is_not_overwritten_unless_that_is_wanted(
    house: House,
) -> None:
    qin = await house.agent("Qin", role="supervisor", status=None)
    lin = await house.agent("Lin", capacity=3, status=None, skills={"tea": 1})
    since, until = await past(house, lin, customers=2)
    queue = f"/queues/{house.queue.id}"
    async with house.rest(qin) as rest:
        [tea] = [each["id"] for each in (await rest.get("/skills"))["items"]]
        _, cups = await rest.ask("POST", "/skills", {"key": "cups", "name": "Cups"})
        better = {"agent": str(lin.row.id), "capacity": 5, "skills": {tea: 3}}
        asked = {
            "since": since.isoformat(),
            "until": until.isoformat(),
            "seeds": 2,
            "variants": [
                {
                    "name": "Better tea",
                    "agents": [better],
                    "queues": [{"queue": str(house.queue.id), "priority": 4, "target_s": 60}],
                }
            ],
        }
        _, begun = await rest.ask("POST", "/simulations", asked)
        assert (await answered(rest, begun["id"]))["state"] == "done"
        apply = f"/simulations/{begun['id']}/apply"
        # Meanwhile another supervisor teaches Lin about cups, and does some of it themselves.
        skills = [{"skill": tea, "level": 1}, {"skill": cups["id"], "level": 4}]
        await rest.ask("PATCH", f"/agents/{lin.row.id}", {"skills": skills, "capacity": 5})
        await rest.ask("PATCH", queue, {"priority": 9, "weight": 2.0})

        status, refused = await rest.ask("POST", apply, {})

        assert (status, refused["details"]["reason"]) == (409, "stale")
        assert "changed since it was asked" in refused["detail"]
        assert refused["items"] == [
            {
                "agent": str(lin.row.id),
                "field": "skills",
                "skill": cups["id"],
                "was": 0,
                "now": 4,
            },
            {"queue": str(house.queue.id), "field": "priority", "was": 0, "now": 9},
        ]
        row = await rest.get(f"/agents/{lin.row.id}")
        assert sorted(row["skills"], key=lambda each: each["level"]) == skills
        assert (await rest.get(queue))["priority"] == 9

        status, applied = await rest.ask("POST", apply, {"anyway": True})

        assert (status, applied["agents"], applied["queues"]) == (200, 1, 1)
        assert (await rest.get(f"/agents/{lin.row.id}"))["skills"] == [{"skill": tea, "level": 3}]
        after = await rest.get(queue)
        assert (after["priority"], after["weight"]) == (4, 2.0)
        assert (await rest.ask("POST", apply, {}))[0] == 200, "nothing is otherwise by now"


@pytest.mark.timeout(90)
async def test_where_everybody_is_absent_nobody_is_served(house: House) -> None:
    qin = await house.agent("Qin", role="supervisor", status=None)
    lin = await house.agent("Lin", capacity=3, status=None)
    since, until = await past(house, lin, customers=2)
    absent = [{"agent": str(each.row.id), "absent": True} for each in (qin, lin)]
    asked = {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "variants": [{"name": "Strike", "agents": absent}],
        "seeds": 2,
    }
    async with house.rest(qin) as rest:
        _, begun = await rest.ask("POST", "/simulations", asked)
        found = await answered(rest, begun["id"])

    assert found["state"] == "done", found
    [strike] = found["result"]["variants"]
    assert strike["total"]["service_level"]["mean"] == 0
    assert "asa_s" not in strike["total"], "nobody was answered"
    assert "occupancy" not in strike["total"], "nobody was there"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"until": "2026-01-01T00:00:00Z"}, "until"),
        ({"until": "2027-01-01T00:00:00Z"}, "until"),
        ({"since": "0001-01-01T00:00:00+14:00", "until": "0001-01-02T00:00:00Z"}, "since"),
        ({"until": "9999-12-31T23:00:00-14:00"}, "until"),
        ({"until": "2026-01-02T00:00:00"}, "until"),
        ({"variants": []}, "variants"),
        ({"variants": [{"name": "x", "agents": [{"agent": "nobody"}]}]}, "variants[0]"),
        ({"variants": [{"name": "x", "queues": [{"queue": "nowhere"}]}]}, "variants[0]"),
    ],
)
async def test_p9_what_cannot_be_tried_is_refused_with_the_field(
    house: House, changes: dict[str, Any], field: str
) -> None:
    qin = await house.agent("Qin", role="supervisor", status=None)
    asked = {
        "since": "2026-01-01T00:00:00Z",
        "until": "2026-01-02T00:00:00Z",
        "variants": [{"name": "Any"}],
    }
    async with house.rest(qin) as rest:
        status, refused = await rest.ask("POST", "/simulations", asked | changes)

    assert status in {413, 422}
    assert refused["field"] == field


async def test_p10_agents_and_other_shops_see_no_simulations(house: House) -> None:
    qin = await house.agent("Qin", role="supervisor", status=None)
    lin = await house.agent("Lin", status=None)
    other = await house.other_shop()
    stranger = await house.agent("Eve", role="supervisor", shop=other, status=None)
    asked = {
        "since": "2020-01-01T00:00:00Z",
        "until": "2020-01-02T00:00:00Z",
        "variants": [{"name": "Any"}],
    }
    async with house.rest(qin) as rest, house.rest(lin) as agents, house.rest(stranger) as others:
        _, begun = await rest.ask("POST", "/simulations", asked)
        assert (await agents.ask("POST", "/simulations", asked))[0] == 403
        assert (await agents.ask("GET", f"/simulations/{begun['id']}"))[0] == 403
        assert (await others.ask("GET", f"/simulations/{begun['id']}"))[0] == 404
        assert (await others.get("/simulations"))["items"] == []
        foreign = {"name": "x", "agents": [{"agent": str(lin.row.id), "capacity": 2}]}
        assert (await others.ask("POST", "/simulations", asked | {"variants": [foreign]}))[0] == 422


async def asks_about_lin_and_the_owner(house: House, rest: Rest) -> tuple[str, Agent, Agent]:
    """Ask what becomes of more room for Lin, whom a supervisor may change, and for an owner.

    Return what it is called, Lin and the owner.
    """
    lin = await house.agent("Lin", capacity=3, status=None)
    owner = await house.agent("Ona", role="admin", capacity=3, status=None)
    since, until = await past(house, lin, customers=2)
    agents = [{"agent": str(each.row.id), "capacity": 10} for each in (lin, owner)]
    asked = {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "variants": [{"name": "More room", "agents": agents}],
        "seeds": 2,
    }
    _, begun = await rest.ask("POST", "/simulations", asked)
    assert (await answered(rest, begun["id"]))["state"] == "done"
    return begun["id"], lin, owner


@pytest.mark.timeout(90)
async def test_a_variant_is_made_true_whole_or_not_at_all(house: House) -> None:
    qin = await house.agent("Qin", role="supervisor", status=None)
    async with house.rest(qin) as rest:
        simulation, lin, owner = await asks_about_lin_and_the_owner(house, rest)

        status, refused = await rest.ask("POST", f"/simulations/{simulation}/apply", {})

        assert (status, refused["code"]) == (403, "forbidden")
        assert {each["capacity"] for each in (await rest.get("/agents"))["items"]} == {3}

    async with house.rest(owner) as rest:
        status, applied = await rest.ask("POST", f"/simulations/{simulation}/apply", {})
    assert (status, applied["agents"]) == (200, 2)
    assert (await lin.hears("session:ended"))["code"] == "replaced", "hers shows the old capacity"
    await lin.connects()
    assert lin.started["agent"]["capacity"] == 10
