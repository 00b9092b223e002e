"""B21 through the whole server: who touches nothing, says so or does not, and wakes."""

from __future__ import annotations

import pytest

from storage.idle import Idle
from tests.support.house import Agent, House, Refused
from tests.support.idle import idle_of


async def rests(house: House, lead: Agent, *agents: Agent) -> None:
    """Let these agents be idle, as if they had touched nothing for long."""
    async with house.rest(lead) as rest:
        assert (await rest.ask("PATCH", "/shop", {"idle_after_s": 300}))[0] == 200
        for agent in agents:
            assert await Idle(house.db).rest(agent.row.id, house.now()) is not None
        assert (await rest.ask("PATCH", "/shop", {"idle_after_s": 301}))[0] == 200  # read anew


async def test_b21_on_who_is_idle_is_not_asked_and_everybody_can_see_why(house: House) -> None:
    lead = await house.agent("Lead", role="supervisor", status=None)
    lin, other = await house.agent("Lin"), await house.other_shop()
    await rests(house, lead, lin)
    customer = await house.visitor()
    await customer.begins("Hello?")

    async with house.rest(lead) as rest:
        why = await rest.get(f"/conversations/{customer.conversation}/waiting")
        groups = {
            each["filter"]: [who["name"] for who in each["agents"]] for each in why["left_out"]
        }
        assert groups["idle"] == ["Lin"]
        agents = (await rest.get("/agents"))["items"]
        assert [each["name"] for each in agents if "idle_since" in each] == ["Lin"]
        preview = (await rest.ask("POST", "/queues/preview", {}))[1]
        kept = {each["name"]: each["reason"] for each in preview["rings"][0]["unable"]}
        assert kept["Lin"] == "idle"
        assert (await rest.get("/setup/export?format=json&part=all"))["shop"]["idle_after_s"] == 301

    again = house.console(lin, await house.node())  # which knows of no input yet
    await again.connects()
    assert again.started["idle"], "whoever reloads the page has still to touch something"
    spy = await house.agent("Spy", shop=other)
    for stranger in (customer, spy):
        answer = await stranger.asks("input:tell")
        assert answer["ok"] == (stranger is spy)
    assert len(await idle_of(house.db, house.shop.id)) == 1, "everybody speaks for themselves"

    await again.does("input:tell", seen=False)
    assert len(await idle_of(house.db, house.shop.id)) == 1
    await again.does("input:tell")
    assert "idle" not in await again.hears("status:changed")
    await lin.accepts(await lin.is_offered(customer.conversation))


async def test_b21_off_again_nobody_is_idle(house: House) -> None:
    lead = await house.agent("Lead", role="supervisor", status=None)
    lin = await house.agent("Lin")
    await rests(house, lead, lin)
    customer = await house.visitor()
    await customer.begins("Hello?")
    async with house.rest(lead) as rest:
        status, shop = await rest.ask("PATCH", "/shop", {"idle_after_s": None})
    assert (status, "idle_after_s" in shop) == (200, False)
    await lin.is_offered(customer.conversation)


@pytest.mark.parametrize("act", ["says", "types"])
async def test_b21_who_says_or_types_anything_is_there(house: House, act: str) -> None:
    lead = await house.agent("Lead", role="supervisor", status=None)
    lin, ann = await house.agent("Lin"), await house.visitor()
    conversation = await house.talk(ann, lin)
    await lin.does("conversation:open", conversation=conversation)
    await rests(house, lead, lin)
    await lin.does("message:since", conversation=conversation, after=0)
    await lin.does("read:set", conversation=conversation, seq=1)
    assert await idle_of(house.db, house.shop.id), "consoles ask for this by themselves"
    phone = house.console(lin, await house.node())  # this node knows of no input yet
    await phone.connects()
    if act == "says":
        phone.conversation = conversation
        await phone.says("There")
    else:
        await phone.does("typing:set", conversation=conversation, on=True)
    assert await idle_of(house.db, house.shop.id) == []


async def test_b21_the_rule_is_for_those_who_lead_and_has_bounds(house: House) -> None:
    lin = await house.agent("Lin", connect=False)
    lead = await house.agent("Lead", role="supervisor", connect=False)
    async with house.rest(lin) as rest:
        assert (await rest.ask("PATCH", "/shop", {"idle_after_s": 60}))[0] == 403
    async with house.rest(lead) as rest:
        for wrong in (0, 59, 14_401, "60", 60.5):
            status, problem = await rest.ask("PATCH", "/shop", {"idle_after_s": wrong})
            assert (status, problem["field"]) == (422, "idle_after_s"), wrong
        for right in (60, 14_400):
            status, shop = await rest.ask("PATCH", "/shop", {"idle_after_s": right})
            assert (status, shop["idle_after_s"]) == (200, right)
    with pytest.raises(Refused) as refused:
        await (await house.agent("Mo")).does("input:tell", seen="yes")
    assert refused.value.error["field"] == "seen"
