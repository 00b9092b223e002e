"""Whoever shapes a queue sees who could take from it now, and changes nothing by looking."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from storage.queues import NewQueue, Queues
from storage.skills import Skills
from tests.support.house import House, Rest
from tests.support.line import Json

PATH = "/queues/preview"


@asynccontextmanager
async def leading(house: House) -> AsyncGenerator[Rest]:
    """Let a supervisor write a queue."""
    qin = await house.agent("Qin", role="supervisor", connect=False)
    async with house.rest(qin) as rest:
        yield rest


async def skill(house: House, key: str) -> str:
    """Return the id of a skill that somebody has."""
    rows = await Skills(house.db).of_shop(house.shop.id)
    return next(str(row.id) for row in rows if row.key == key)


async def previews(rest: Rest, **draft: Any) -> Json:
    """Try a draft; it must be let through."""
    status, preview = await rest.ask("POST", PATH, draft)
    assert status == 200, preview
    return preview


def able(ring: Json) -> list[str]:
    """Return the names of those who could take one, in the order they would be asked."""
    return [agent["name"] for agent in ring["able"]]


def kept(ring: Json) -> dict[str, str]:
    """Return who could not, and why."""
    return {agent["name"]: agent["reason"] for agent in ring["unable"]}


async def test_each_age_shows_who_comes_in_and_what_keeps_the_others(house: House) -> None:
    await house.agent("Mei", skills={"tea": 5})
    await house.agent("Tom", skills={"tea": 2})
    await house.agent("Bo", skills={"tea": 2}, status="busy")
    await house.agent("Ida", skills={"tea": 4}, connect=False)
    await house.agent("Zoe", skills={"coffee": 5})
    tea = await skill(house, "tea")
    async with leading(house) as rest:
        preview = await previews(
            rest, skills=[{"skill": tea, "level": 4, "steps": [[20, 2], [60, 0]]}], age_s=30
        )
    strict, relaxed, dropped = preview["rings"]
    assert (able(strict), kept(strict)) == (["Mei"], {"Ida": "offline"})
    assert (able(relaxed), kept(relaxed)) == (["Tom"], {"Bo": "busy"})
    assert able(dropped) == ["Zoe"]
    assert [(ring["from_s"], ring.get("until_s")) for ring in preview["rings"]] == [
        (0, 20),
        (20, 60),
        (60, None),
    ]
    assert strict["asks"] == [{"skill": tea, "level": 4}]
    assert (relaxed["asks"], dropped["asks"]) == ([{"skill": tea, "level": 2}], [])
    assert (preview["ring"], preview["uncovered"], preview["decided_by"]) == (1, False, "only")


async def test_the_policy_of_the_draft_orders_the_agents(house: House) -> None:
    ann = await house.agent("Ann", capacity=2, skills={"tea": 3})
    await house.talk(await house.visitor(), ann)
    await house.talk(await house.visitor(), ann)
    await house.agent("Bea", capacity=4, skills={"tea": 3, "coffee": 3})
    await house.agent("Cy", capacity=1)
    async with leading(house) as rest:
        flexible = (await previews(rest, policy="least_flexible"))["rings"][0]
        assert able(flexible) == ["Cy", "Bea"]
        assert kept(flexible) == {"Ann": "full", "Qin": "offline"}
        idle = await previews(rest, policy="longest_idle")
        assert (able(idle["rings"][0]), idle["decided_by"]) == (["Bea", "Cy"], "idle")


async def test_the_language_of_the_customer_counts_where_the_draft_cares(house: House) -> None:
    await house.agent("Ann", skills={"lang:en": 5})
    await house.agent("Bai", skills={"lang:zh": 4, "tea": 3, "coffee": 3})
    async with leading(house) as rest:
        chinese = {"policy": "least_flexible", "language": "zh-CN"}
        caring = await previews(rest, **chinese)
        assert (able(caring["rings"][0]), caring["decided_by"]) == (["Bai", "Ann"], "foreign")
        blind = await previews(rest, **chinese, match_language=False)
        assert (able(blind["rings"][0]), blind["decided_by"]) == (["Ann", "Bai"], "skills")


async def test_helpers_come_at_their_age_or_at_once_where_nobody_else_is_ready(
    house: House,
) -> None:
    await house.agent("Mei", skills={"tea": 5}, status="away")
    await house.agent("Tom")
    tea, general = await skill(house, "tea"), str(house.queue.id)
    needs = [{"skill": tea, "level": 3}]

    def helps(*, at_once: bool) -> list[Json]:
        return [{"queue": general, "after_s": 45, "skip_if_empty": at_once}]

    async with leading(house) as rest:
        patient = await previews(rest, skills=needs, overflow=helps(at_once=False))
        hasty = await previews(rest, skills=needs, overflow=helps(at_once=True))
    own, later = patient["rings"]
    assert (able(own), own["early"], kept(own)) == ([], [], {"Mei": "away"})
    assert (able(later), later["helps"], later["from_s"]) == (["Tom"], [general], 45)
    assert (able(hasty["rings"][0]), hasty["rings"][0]["early"]) == (["Tom"], [general])
    assert (able(hasty["rings"][1]), kept(hasty["rings"][1])) == ([], {})


async def test_less_is_asked_for_at_once_before_others_help_at_once(house: House) -> None:
    await house.agent("Mei", skills={"tea": 5}, status="away")
    await house.agent("Bo", skills={"tea": 2})
    await house.agent("Tom")
    needs = [{"skill": await skill(house, "tea"), "level": 4, "steps": [[20, 2]]}]
    helps = [{"queue": str(house.queue.id), "after_s": 45}]
    async with leading(house) as rest:
        first, _, last = (await previews(rest, skills=needs, overflow=helps))["rings"]
    assert (able(first), first["eased"], first["early"]) == (["Bo"], True, [])
    assert (able(last), last["eased"]) == (["Tom"], False)


async def test_a_queue_for_which_nobody_has_the_skills_is_uncovered(house: House) -> None:
    await house.agent("Mei", skills={"tea": 2})
    tea = await skill(house, "tea")
    async with leading(house) as rest:
        preview = await previews(rest, skills=[{"skill": tea, "level": 5}])
        assert (preview["uncovered"], preview["rings"][0]["covered"]) == (True, False)
        eased = await previews(rest, skills=[{"skill": tea, "level": 5, "steps": [[30, 1]]}])
    assert eased["uncovered"] is False
    assert [ring["covered"] for ring in eased["rings"]] == [False, True]


async def test_it_tells_how_many_who_wait_would_be_taken_at_once(house: House) -> None:
    mei = await house.agent("Mei", skills={"tea": 2}, capacity=2)
    tea = await skill(house, "tea")
    asked = [{"skill": tea, "level": 5}]
    async with leading(house) as rest:
        status, _ = await rest.ask("PATCH", f"/queues/{house.queue.id}", {"skills": asked})
        assert status == 200
        for _ in range(3):
            await (await house.visitor()).begins("Hello?")
        queue = {"id": str(house.queue.id)}
        as_it_is = await previews(rest, **queue, skills=asked)
        assert (as_it_is["waiting"], as_it_is["taken_at_once"]) == (3, 0)
        eased = await previews(rest, **queue, skills=[{"skill": tea, "level": 2}])
        assert (eased["waiting"], eased["taken_at_once"]) == (3, 2)
        assert (await previews(rest))["waiting"] == 0
    await mei.leaves()


async def test_nothing_is_stored_and_nobody_is_offered_anything(house: House) -> None:
    await house.agent("Mei", skills={"tea": 2})
    tea = await skill(house, "tea")
    asked = [{"skill": tea, "level": 5}]
    async with leading(house) as rest:
        await rest.ask("PATCH", f"/queues/{house.queue.id}", {"skills": asked})
        await (await house.visitor()).begins("Hello?")
        before = await Queues(house.db).of_shop(house.shop.id, archived=True)
        draft = {"id": str(house.queue.id), "key": "general", "name": "Other", "priority": 9}
        assert (await previews(rest, **draft))["taken_at_once"] == 1
        assert await Queues(house.db).of_shop(house.shop.id, archived=True) == before
        assert (await previews(rest, **draft, skills=asked))["taken_at_once"] == 0
    assert await house.db.fetchval("SELECT count(*) FROM offer") == 0


async def test_agents_may_not_and_other_shops_do_not_exist(house: House) -> None:
    tom = await house.agent("Tom", connect=False)
    other = await house.other_shop()
    (theirs,) = await Queues(house.db).of_shop(other.id)
    eve = await house.agent("Eve", shop=other, skills={"gin": 5}, connect=False)
    (gin,) = eve.row.skills
    async with house.rest(tom) as rest:
        status, problem = await rest.ask("POST", PATH, {})
        assert (status, problem["code"]) == (403, "forbidden")
    async with leading(house) as rest:
        assert (await rest.ask("POST", PATH, {"id": str(theirs.id)}))[0] == 404
        assert (await rest.ask("POST", PATH, {"skills": [{"skill": str(gin)}]}))[0] == 404
        assert kept((await previews(rest))["rings"][0]).keys() == {"Tom", "Qin"}


async def test_mistakes_are_told_at_their_field_as_when_saving(house: House) -> None:
    async with leading(house) as rest:
        for wrong, field in (
            ({"overflow": [{"queue": "nothing", "after_s": 5}]}, "overflow[0].queue"),
            ({"weight": 0}, "weight"),
            ({"policy": "most_loaded"}, "policy"),
        ):
            status, problem = await rest.ask("POST", PATH, wrong)
            assert (status, problem["field"]) == (422, field)


async def test_neither_itself_nor_what_is_out_of_use_helps_a_queue(house: House) -> None:
    queues, own = Queues(house.db), str(house.queue.id)
    old = await queues.create(NewQueue(shop_id=house.shop.id, key="old", name="Old"))
    await queues.archive(house.shop.id, old.id, house.now())
    async with leading(house) as rest:
        for helper in (own, str(old.id)):
            draft = {"id": own, "overflow": [{"queue": helper, "after_s": 5}]}
            status, problem = await rest.ask("POST", PATH, draft)
            assert (status, problem["field"]) == (422, "overflow[0].queue")


async def test_who_asks_too_often_waits(house: House) -> None:
    node = await house.node(previews_per_minute=3)
    qin = await house.agent("Qin", role="supervisor", connect=False)
    async with house.rest(qin, node) as rest:
        answers = [(await rest.ask("POST", PATH, {}))[0] for _ in range(4)]
    assert answers == [200, 200, 200, 429]
