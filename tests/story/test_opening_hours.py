"""Opening hours as a supervisor keeps them, and what customers notice of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from server.services.admin import hours
from server.services.admin.hours import days_ahead
from server.services.hours import read_plan
from tests.support.house import House

WORKING = {str(day): [["09:00", "18:00"]] for day in range(1, 6)}


async def test_c15_hours_close_with_a_talk_running_and_somebody_waiting(house: House) -> None:
    lin = await house.agent("Lin", capacity=1)
    ada = await house.agent("Ada", role="admin", connect=False)
    running, waiting = await house.visitor(), await house.visitor()
    await house.talk(running, lin)
    await waiting.begins("Is anybody there?")
    queued_at = (await house.row(waiting.conversation)).queued_at

    async with house.rest(ada) as rest:
        inventory = {"weekly": {}, "special": []}
        assert (await rest.ask("PATCH", "/shop", {"hours": inventory}))[0] == 200

    for customer in (running, waiting):
        while (await customer.hears("service:changed"))["hours"]["service"] != "closed":
            pass
    await running.says("One more thing")
    await lin.hears(text="One more thing")
    await lin.says("Of course")
    await running.hears(text="Of course")
    kept = await house.row(waiting.conversation)
    assert (kept.state, kept.queued_at) == ("queued", queued_at)
    await lin.does("conversation:close", conversation=running.conversation)
    await lin.does("conversation:finish", conversation=running.conversation)
    await lin.accepts(await lin.is_offered(waiting.conversation))


async def test_c13_special_days_are_kept_as_they_were_given(house: House) -> None:
    ada = await house.agent("Ada", role="supervisor", connect=False)
    hours = {
        "weekly": WORKING,
        "special": [
            {"date": "2026-12-25", "open": [], "name": "Christmas", "yearly": True},
            {"date": "2026-12-31", "open": [["09:00", "12:00"]]},
        ],
    }
    async with house.rest(ada) as rest:
        _, shop = await rest.ask("PATCH", "/shop", {"hours": hours})
        assert shop["hours"] == hours
        always = {"weekly": None, "special": [{"date": "2026-12-25", "open": []}]}
        _, shop = await rest.ask("PATCH", "/shop", {"hours": always})
        assert (await rest.get("/shop"))["hours"] == always


async def test_c14_plans_of_queues_are_kept_shown_and_given_out(house: House) -> None:
    ada = await house.agent("Ada", role="admin", connect=False)
    plans = [
        {"name": "Nights", "queues": ["general"], "weekly": {"1": [["20:00", "26:00"]]}},
        {"name": "Always", "queues": [], "weekly": None},
    ]
    async with house.rest(ada) as rest:
        assert "plans" not in await rest.get("/shop")
        status, shop = await rest.ask("PATCH", "/shop", {"plans": plans})
        assert (status, shop["plans"]) == (200, plans)
        _, shop = await rest.ask("PATCH", "/shop", {"name": "Tea"})
        assert shop["plans"] == plans, "what is left out stays"
        assert (await rest.get("/setup/export"))["shop"]["plans"] == plans
        _, shop = await rest.ask("PATCH", "/shop", {"plans": []})
        assert "plans" not in shop


@pytest.mark.parametrize(
    ("plans", "field"),
    [
        ([{"name": "A", "queues": [], "weekly": {"1": [["18:00", "09:00"]]}}], "weekly.1"),
        ([{"name": "A", "queues": ["x", "x"], "weekly": None}], "queues"),
        ([{"name": "", "queues": [], "weekly": None}], "name"),
        ([{"name": "A", "queues": []}], "weekly"),
    ],
)
async def test_what_is_wrong_with_plans_is_named(house: House, plans: object, field: str) -> None:
    ada = await house.agent("Ada", role="admin", connect=False)
    async with house.rest(ada) as rest:
        status, problem = await rest.ask("PATCH", "/shop", {"plans": plans})
        assert (status, problem["field"]) == (422, f"plans[0].{field}")


async def test_a_queue_keeps_one_plan_and_a_plan_one_name(house: House) -> None:
    ada = await house.agent("Ada", role="admin", connect=False)
    one, other = ({"name": name, "queues": [name], "weekly": None} for name in ("a", "b"))
    async with house.rest(ada) as rest:
        for second, field in (
            (other | {"queues": ["a"]}, "queues"),
            (other | {"name": "a"}, "name"),
        ):
            status, problem = await rest.ask("PATCH", "/shop", {"plans": [one, second]})
            assert (status, problem["field"]) == (422, f"plans[1].{field}")


DAY = "2026-12-25"


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        ({"weekly": {"1": [["18:00", "09:00"]]}}, "hours.weekly.1"),
        ({"weekly": {"1": [["09:00\n", "18:00"]]}}, "hours.weekly[...][0][0]"),
        ({"special": []}, "hours.weekly"),
        ({"weekly": {}, "special": [{"date": "25.12.2026", "open": []}]}, "hours.special[0].date"),
        ({"weekly": {}, "special": [{"date": DAY}]}, "hours.special[0].open"),
        (
            {"weekly": {}, "special": [{"date": DAY, "open": [["25:00", "26:00"]]}]},
            "hours.special[0].open",
        ),
        (
            {"weekly": {}, "special": [{"date": DAY, "open": []}, {"date": DAY, "open": []}]},
            "hours.special[1].date",
        ),
        (
            {"weekly": {}, "special": [{"date": DAY, "open": [], "name": "x" * 101}]},
            "hours.special[0].name",
        ),
        (
            {"weekly": {}, "special": [{"date": DAY, "open": [], "shut": True}]},
            "hours.special[0].shut",
        ),
    ],
)
async def test_what_is_wrong_with_hours_is_named(house: House, hours: object, field: str) -> None:
    ada = await house.agent("Ada", role="admin", connect=False)
    async with house.rest(ada) as rest:
        for ask in (("PATCH", "/shop", {}), ("POST", "/shop/hours/preview", {"time_zone": "UTC"})):
            method, path, more = ask
            status, problem = await rest.ask(method, path, {"hours": hours, **more})
            assert (status, problem["code"], problem["field"]) == (422, "invalid", field)


async def test_hours_are_tried_out_before_they_are_kept(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await house.agent("Ada", role="supervisor", connect=False)
    tom = await house.agent("Tom", connect=False)
    query: dict[str, Any] = {"time_zone": "Asia/Shanghai", "hours": {"weekly": {}}}
    async with house.rest(ada) as rest:
        status, ahead = await rest.ask("POST", "/shop/hours/preview", query)
        assert (status, ahead["open"], ahead["changes"], len(ahead["days"])) == (200, False, [], 14)
        assert "hours" not in await rest.get("/shop")
        status, problem = await rest.ask(
            "POST", "/shop/hours/preview", query | {"time_zone": "Mars/Base"}
        )
        assert (status, problem["field"]) == (422, "time_zone")
        # Python's list of time zones may be newer than PostgreSQL's, by which days are counted.
        monkeypatch.setattr(hours, "_zones", lambda: {"UTC", "Asia/Atlantis"})
        status, problem = await rest.ask("PATCH", "/shop", {"time_zone": "Asia/Atlantis"})
        assert (status, problem["field"]) == (422, "time_zone")
        status, ahead = await rest.ask("POST", "/shop/hours/preview", {"time_zone": "UTC"})
        assert (ahead["open"], ahead["days"][0]["open"]) == (True, [["00:00", "24:00"]])
    async with house.rest(tom) as rest:
        assert (await rest.ask("POST", "/shop/hours/preview", query))[0] == 403


def test_days_ahead_show_what_is_open_by_the_clock_of_the_shop() -> None:
    plan = read_plan(
        {
            "weekly": {"5": [["21:00", "26:00"]], "6": [["09:00", "12:00"]]},
            "special": [{"date": "2026-10-26", "open": [["08:00", "09:30"]], "name": "Fair"}],
        },
        "Europe/Berlin",
    )

    ahead = days_ahead(plan, datetime(2026, 10, 23, 20, 0, tzinfo=UTC))  # Friday, 22:00 there

    assert ahead.open
    assert [each.isoformat() for each in ahead.changes] == [
        "2026-10-24T00:00:00+00:00",
        "2026-10-24T07:00:00+00:00",
    ]
    friday, saturday, sunday, monday = ahead.days[:4]
    assert friday.open == [("21:00", "24:00")]
    assert saturday.open == [("00:00", "02:00"), ("09:00", "12:00")]
    assert (sunday.open, sunday.special) == ([], False)  # the clock goes back
    assert (monday.open, monday.special, monday.name) == ([("08:00", "09:30")], True, "Fair")
