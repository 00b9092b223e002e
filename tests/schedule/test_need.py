"""What a week takes beside who is planned; gaps; and what it is worth to fill one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from routing.demand import Demand
from routing.staffing import Work
from server.protocol.errors import Conflict
from server.protocol.schedule import Gap, TryDay
from server.schedule.need import Needs, Queue
from storage.people import QueueSkill
from storage.queues import NewQueue, Queues
from storage.skills import Skills
from tests.schedule.rota import FIVE, MONDAY, NINE, NOON, Rota

NEXT = MONDAY + timedelta(days=7)


async def busy_mondays(rota: Rota, customers: int = 12) -> None:
    """Let so many have come in each half hour of four Monday mornings, from 9 to 12."""
    for week in range(1, 5):
        for half in range(6):
            day = MONDAY - timedelta(weeks=week)
            await rota.past(day, 9 + half / 2, customers)


def told(gap: Gap) -> tuple[int, int, str, int, bool]:
    return gap.start, gap.end, gap.kind, gap.short, gap.to_the_end


async def test_a_week_takes_what_the_same_weekdays_took(rota: Rota) -> None:
    await busy_mondays(rota)

    need = await rota.needs(NEXT)

    [queue] = need.queues
    monday, *others = queue.days
    assert [minute for minute, *_ in monday] == [NINE + 30 * n for n in range(6)]
    assert {arrivals for *_, arrivals in monday} == {12.0}
    # Twelve half-hourly of ten minutes each are four erlangs; with 80 % in 60 s that takes seven.
    assert {needed for _, needed, _, _ in monday} == {7}
    assert others == [[]] * 6
    assert (need.customers, need.until) == (4 * 6 * 12, MONDAY - timedelta(days=1))
    [gap] = need.gaps
    assert told(gap) == (NINE, NOON, "nobody", 7, True)
    assert gap.day == NEXT


async def test_who_is_planned_counts_but_not_on_a_break(rota: Rota) -> None:
    await busy_mondays(rota)
    people = [await rota.agent(f"No {n}") for n in range(7)]
    for who in people[:6]:
        await rota.plans(who, NEXT)
    await rota.plans(people[6], NEXT, breaks=[(10 * 60 + 15, 10 * 60 + 30)])

    need = await rota.needs(NEXT)

    assert [told(gap) for gap in need.gaps] == [(600, 630, "short", 1, False)]
    # The week before the plan is empty, and the night before goes on into Monday.
    assert [gap.day for gap in (await rota.needs(MONDAY)).gaps] == [MONDAY]


async def test_a_night_that_began_on_sunday_is_there_on_monday(rota: Rota) -> None:
    await rota.past(MONDAY - timedelta(days=7), 1, 4, s=60)
    lin = await rota.agent("Lin")
    assert [gap.kind for gap in (await rota.needs(NEXT)).gaps] == ["nobody"]

    await rota.plans(lin, NEXT - timedelta(days=1), 22 * 60, 30 * 60)

    assert (await rota.needs(NEXT)).gaps == []


async def test_nobody_has_the_skills_after_two(rota: Rota) -> None:
    german = await rota.agent("Greta", german=3, returns=3)
    await rota.agent("Rita", returns=3)
    skills = {each.key: each.id for each in await Skills(rota.db).of_shop(rota.shop.id)}
    needs = tuple(QueueSkill(skills[key], 2, required=True) for key in ("german", "returns"))
    queue = await Queues(rota.db).create(
        NewQueue(shop_id=rota.shop.id, key="german_returns", name="German returns", skills=needs)
    )
    for hour in (12, 13, 13.5, 14, 14.5, 15):
        await rota.past(MONDAY - timedelta(days=7), hour, 4, queue.id, s=60)
    await rota.plans(german, NEXT, NINE, 14 * 60)
    rita = await rota.agent("Rita the other", returns=3)
    await rota.plans(rita, NEXT, NINE, FIVE)

    [gap] = (await rota.needs(NEXT)).gaps

    assert told(gap) == (14 * 60, 15 * 60 + 30, "nobody", 1, True)
    assert gap.skills == ["German", "Returns"]
    assert gap.queue is not None
    assert gap.queue.name == "German returns"


async def test_queues_that_share_people_may_be_short_together(rota: Rota) -> None:
    other = await Queues(rota.db).create(
        NewQueue(shop_id=rota.shop.id, key="other", name="Other", target_s=60)
    )
    for queue in (rota.queue.id, other.id):
        await rota.past(MONDAY - timedelta(days=7), 9, 24, queue)
    alone = (await rota.needs(NEXT)).queues[0].days[0][0][1]
    for n in range(alone):
        await rota.plans(await rota.agent(f"No {n}"), NEXT)

    [gap] = (await rota.needs(NEXT)).gaps

    assert gap.queue is None
    assert gap.kind == "short"
    assert 0 < gap.short < alone


async def test_without_a_past_nothing_is_needed_and_nothing_can_be_tried(rota: Rota) -> None:
    need = await rota.needs(NEXT)
    assert (need.customers, need.gaps) == (0, [])
    with pytest.raises(Conflict) as refused:
        await rota.trials.try_day(rota.lead, TryDay(day=NEXT))
    assert refused.value.details["reason"] == "no_past"


async def test_a_filled_gap_shows_in_the_simulated_service_level(rota: Rota) -> None:
    await busy_mondays(rota, 6)
    for n in range(2):
        await rota.plans(await rota.agent(f"No {n}"), NEXT, NINE, NOON)

    tried = await rota.trials.try_day(rota.lead, TryDay(day=NEXT))

    assert [gap.short for gap in tried.filled] == [2]
    assert tried.with_filled is not None
    before, after = tried.planned.total.service_level, tried.with_filled.total.service_level
    difference = tried.with_filled.difference.service_level
    assert before is not None
    assert after is not None
    assert difference is not None
    assert before.mean < 0.8 <= after.mean
    assert difference.mean > difference.half > 0
    assert tried.customers == 36


def test_what_the_shop_promises_counts_for_all_queues_together() -> None:
    queue = Queue.of(id="1", key="a", needs={}, units=1, within_s=20, agents=[])
    other = Queue.of(id="2", key="b", needs={}, units=1, within_s=20, agents=[])
    demand = Demand(queue="a", start=datetime(2026, 3, 9, 9, tzinfo=UTC), arrivals=36, handle_s=600)
    needs = Needs()
    one_each = needs.pool({queue: demand, other: demand})

    four = [replace(each, work=Work(slots=4)) for each in (queue, other)]

    assert needs.pool(dict.fromkeys(four, demand)) < one_each
