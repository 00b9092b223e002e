"""One of everything in a shop that a route can name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from storage.schedule.rows import Times
from storage.schedule.shifts import Author, Shifts, Wanted
from storage.schedule.swaps import Swaps
from storage.schedule.time_off import Days, TimeOff
from storage.skills import Skills
from tests.support.house import Agent, House
from tests.support.past import simulation

HERE: dict[str, Any] = {
    "since": "2020-01-01T00:00:00Z",
    "until": "2020-01-02T00:00:00Z",
    "variants": [{"name": "Any"}],
}


async def objects(house: House) -> dict[str, str]:
    """Return an id of everything that routes name, all of the house's own shop."""
    ann, lin = await house.visitor(), await house.agent("Lin")
    conversation = await house.talk(ann, lin)
    skill = await Skills(house.db).create(house.shop.id, "tea", "Tea")
    shift, swap, off = await planned(house, lin)
    asked = await simulation(house, lin, HERE)
    async with house.rest(lin) as rest:
        _, reply = await rest.ask("POST", "/canned_replies", {"shortcut": "hi", "text": "Hi"})
        soon = (house.now() + timedelta(hours=1)).isoformat()
        new = {"conversation": conversation, "text": "Ask again", "due_at": soon}
        _, task = await rest.ask("POST", "/tasks", new)
    async with house.rest(await house.agent("Lea", role="supervisor", status=None)) as rest:
        _, rule = await rest.ask("POST", "/alert_rules", {"name": "One", "metric": "gone"})
        _, look = await rest.ask("POST", "/live_looks", {"name": "Lea's", "look": {}})
    report = await house.db.fetchval(A_REPORT, house.shop.id, lin.row.id)
    quality = await judged(house, lin, conversation)
    return {
        "agents": str(lin.row.id),
        "reports": str(lin.row.id),
        "conversations": conversation,
        "visitors": ann.id,
        "skills": str(skill.id),
        "queues": str(house.queue.id),
        "canned_replies": reply["id"],
        "simulations": str(asked.id),
        "alert_rules": rule["id"],
        "scheduled_reports": str(report),
        "live_looks": look["id"],
        **quality,
        "shifts": str(shift),
        "swaps": str(swap),
        "time_off": str(off),
        "tasks": task["id"],
    }


async def judged(house: House, lin: Agent, conversation: str) -> dict[str, str]:
    """Return one of everything that there is of quality, all of it about Lin's conversation."""
    lea = await house.agent("Lea", role="supervisor", status=None)
    max_ = await house.agent("Max", role="supervisor", status=None)
    about = {"conversation": conversation, "agent": str(lin.row.id)}
    async with house.rest(lea) as rest:

        async def makes(path: str, **new: object) -> Any:
            status, made = await rest.ask("POST", path, new)
            assert status in {200, 201}, made
            return made

        card = await makes("/scorecards", name="C", questions=[{"text": "Q"}])
        review = (await makes("/reviews", **about, scorecard=card["id"]))["line"]["id"]
        answers = {card["questions"][0]["key"]: {"step": 4}}
        await rest.ask("PATCH", f"/reviews/{review}", {"answers": answers})
        await makes(f"/reviews/{review}/publish")
        both = [str(lea.row.id), str(max_.row.id)]
        same = await makes("/calibrations", **about, scorecard=card["id"], reviewers=both)
        rule = await makes("/review_rules", name="R", scorecard=card["id"], kind="share", amount=1)
        tag = await makes("/tags", name="T")
    task = await house.db.fetchval(A_TASK, house.shop.id, UUID(conversation), UUID(rule["id"]))
    follow_up = await house.db.fetchval(A_FOLLOW_UP, house.shop.id, UUID(conversation))
    return {
        "scorecards": card["id"],
        "reviews": review,
        "calibrations": same["id"],
        "review_rules": rule["id"],
        "review_tasks": str(task),
        "follow_ups": str(follow_up),
        "tags": tag["id"],
    }


A_REPORT = """
INSERT INTO scheduled_report (shop_id, name, period, query, every, at_minute, mail_to, next_at)
VALUES ($1, 'All', 'yesterday',
        '{"by": "queue", "hours": "clock", "level": "offered", "within_s": 60, "compare": false}',
        'day', 480, ARRAY[$2::uuid], now() + interval '1 day') RETURNING id
"""

A_TASK = """
INSERT INTO review_task (shop_id, conversation_id, agent_id, rule_id, at)
SELECT $1, id, agent_id, $3, now() FROM conversation WHERE id = $2 RETURNING id
"""

A_FOLLOW_UP = """
INSERT INTO follow_up (shop_id, conversation_id, score, rated_at, changed_at)
VALUES ($1, $2, 1, now(), now()) RETURNING id
"""


async def planned(house: House, lin: Agent) -> tuple[UUID, UUID, UUID]:
    """Return a shift of Lin's to come, who is to take it over, and days off."""
    tomorrow = house.now() + timedelta(days=1)
    author = Author(house.shop.id, lin.row.id, house.now())
    times = Times(day=tomorrow.date(), starts_at=tomorrow, ends_at=tomorrow + timedelta(hours=8))
    shift = await Shifts(house.db).create(author, Wanted(lin.row.id, times))
    swap = await Swaps(house.db).ask(author, shift.id, None)
    after = tomorrow + timedelta(days=2)
    days = Days(
        first=after.date(),
        last=after.date(),
        starts_at=after,
        ends_at=after + timedelta(days=1),
    )
    off = await TimeOff(house.db).ask(author, lin.row.id, days, None)
    return shift.id, swap.id, off.id
