"""The live view over real lines: whoever leads hears what happens, and nobody else does."""

from __future__ import annotations

import pytest

from tests.support.house import House, Refused


async def test_f16_who_leads_watches_and_an_agent_does_not(house: House) -> None:
    lea, ann = await house.agent("Lea", role="supervisor", status=None), await house.agent("Ann")
    with pytest.raises(Refused, match="not for you"):
        await ann.does("live:watch")

    board = await lea.does("live:watch")
    assert {each["name"] for each in board["agents"]} == {"Lea", "Ann"}
    visitor = await house.visitor()
    conversation = await house.talk(visitor, ann)
    version, states = board["version"], set[str]()
    while "active" not in states:
        news = await lea.hears("live:changed")
        assert news["version"] == version + 1
        version = news["version"]
        states |= {each["state"] for each in news.get("talks", []) if each["id"] == conversation}

    await lea.does("live:leave")
    assert not [name for name, _ in ann.line.events if name == "live:changed"]


async def test_f16_who_leads_another_shop_hears_nothing_of_this_one(house: House) -> None:
    other = await house.other_shop()
    spy = await house.agent("Spy", shop=other, role="admin", status=None)
    board = await spy.does("live:watch")
    ann, visitor = await house.agent("Ann"), await house.visitor()
    await house.talk(visitor, ann)

    for _ in range(2):
        news = await spy.hears("live:changed")
        assert news.keys() <= {"version", "at", "agents", "queues"}
        agents = (*board["agents"], *news.get("agents", []))
        assert {each["name"] for each in agents} == {"Spy"}


async def test_f17_who_leads_no_longer_hears_no_more_and_is_refused(house: House) -> None:
    lea = await house.agent("Lea", role="supervisor", status=None)
    boss = await house.agent("Boss", role="admin", status=None)
    await lea.does("live:watch")
    await lea.hears("live:changed")

    async with house.rest(boss) as rest:
        assert (await rest.ask("PATCH", f"/agents/{lea.row.id}", {"role": "agent"}))[0] == 200
    await lea.hears("session:ended")
    await lea.connects()

    assert (await lea.asks("live:watch"))["error"]["code"] == "forbidden"
    await boss.does("live:watch")
    for _ in range(2):
        await boss.hears("live:changed")
    assert "live:changed" not in {name for name, _ in lea.line.events}


async def test_each_node_reads_for_those_who_watch_from_it(house: House) -> None:
    second = await house.node()
    lea = await house.agent("Lea", role="supervisor", status=None, node=second)
    await lea.does("live:watch")
    ann, visitor = await house.agent("Ann"), await house.visitor()

    conversation = await house.talk(visitor, ann)

    seen: set[str] = set()
    while conversation not in seen:
        seen |= {each["id"] for each in (await lea.hears("live:changed")).get("talks", [])}
