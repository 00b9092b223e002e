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


async def test_each_node_reads_for_those_who_watch_from_it(house: House) -> None:
    second = await house.node()
    lea = await house.agent("Lea", role="supervisor", status=None, node=second)
    await lea.does("live:watch")
    ann, visitor = await house.agent("Ann"), await house.visitor()

    conversation = await house.talk(visitor, ann)

    seen: set[str] = set()
    while conversation not in seen:
        seen |= {each["id"] for each in (await lea.hears("live:changed")).get("talks", [])}
