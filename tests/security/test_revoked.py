"""F17: who may no longer be here is shown out within a second; if the word got lost, soon after."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from tests.support.house import Agent, House, open_house
from tests.support.proxy import Proxy, before_valkey

AT_ONCE_S, LATER_S = 1.0, 5.0


async def shown_out(agent: Agent, within_s: float, begun: float) -> str:
    """Return the code; the socket is closed, too."""
    ended = await agent.line.hear("session:ended", within_s)
    await agent.line.until_closed()
    assert time.monotonic() - begun < within_s + AT_ONCE_S
    return ended["code"]


@pytest.fixture
async def cut_house(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[tuple[House, Proxy]]:
    proxy, address = await before_valkey(redis_url)
    try:
        async with open_house(dsn, address, tmp_path) as house:
            yield house, proxy
    finally:
        await proxy.close()


async def test_f17_who_is_taken_out_of_service_is_shown_out_of_every_node(house: House) -> None:
    boss = await house.agent("Boss", role="admin", connect=False)
    lin = await house.agent("Lin", node=await house.node())
    customer = await house.visitor()
    await house.talk(customer, lin)

    async with house.rest(boss) as rest:
        begun = time.monotonic()
        asked = asyncio.create_task(rest.ask("DELETE", f"/agents/{lin.row.id}"))
        assert await shown_out(lin, AT_ONCE_S, begun) == "signed_out"
        assert (await asked)[0] == 204


async def test_f17_the_word_of_a_sign_out_was_lost_and_it_holds_all_the_same(
    cut_house: tuple[House, Proxy],
) -> None:
    house, proxy = cut_house
    boss = await house.agent("Boss", role="admin", connect=False)
    lin = await house.agent("Lin", node=await house.node())
    await proxy.cut()

    async with house.rest(boss) as rest:
        assert (await rest.ask("DELETE", f"/agents/{lin.row.id}"))[0] == 204

    assert await shown_out(lin, LATER_S, time.monotonic()) == "unauthorized"


async def test_f17_the_word_that_somebody_leads_no_more_was_lost_and_it_holds_all_the_same(
    cut_house: tuple[House, Proxy],
) -> None:
    house, proxy = cut_house
    boss = await house.agent("Boss", role="admin", connect=False)
    sue = await house.agent("Sue", role="supervisor", status=None, node=await house.node())
    await sue.does("live:watch")
    await proxy.cut()

    async with house.rest(boss) as rest:
        assert (await rest.ask("PATCH", f"/agents/{sue.row.id}", {"role": "agent"}))[0] == 200

    assert await shown_out(sue, LATER_S, time.monotonic()) == "replaced"
    await sue.connects()
    assert (await sue.asks("live:watch"))["error"]["code"] == "forbidden"


async def test_a_sign_in_that_runs_out_ends_its_sockets(house: House) -> None:
    lin, kim = await house.agent("Lin"), await house.agent("Kim")
    await house.db.execute(
        "UPDATE agent_session SET expires_at = $1 WHERE agent_id = $2",
        house.now() - timedelta(seconds=1),
        lin.row.id,
    )

    assert await shown_out(lin, LATER_S, time.monotonic()) == "unauthorized"
    assert kim.line.is_open


async def test_who_signs_out_is_away_at_once_and_who_reloads_is_not(
    dsn: str, redis_url: str, tmp_path: Path
) -> None:
    async with open_house(dsn, redis_url, tmp_path, presence_grace_s=60.0) as house:
        boss = await house.agent("Boss", role="admin", connect=False)
        lin, kim = await house.agent("Lin"), await house.agent("Kim")
        async with house.rest(lin) as rest:
            assert (await rest.ask("DELETE", "/sessions/current"))[0] == 204
        await lin.line.until_closed()
        await kim.leaves()

        async with house.rest(boss) as rest:
            for _ in range(50):
                people = {each["name"]: each for each in (await rest.get("/agents"))["items"]}
                if not people["Lin"]["online"]:
                    break
                await asyncio.sleep(0.05)
        assert people["Lin"]["online"] is False
        assert people["Kim"]["online"] is True


async def test_f17_taking_back_what_they_held_does_not_hold_up_showing_them_out(
    house: House,
) -> None:
    boss = await house.agent("Boss", role="admin", connect=False)
    lin = await house.agent("Lin")
    customer = await house.visitor()
    conversation = await house.talk(customer, lin)

    lock = "SELECT FROM conversation WHERE id = $1 FOR UPDATE"
    async with house.rest(boss) as rest:
        async with house.db.transaction() as busy:
            await busy.execute(lock, UUID(conversation))
            begun = time.monotonic()
            asked = asyncio.create_task(rest.ask("DELETE", f"/agents/{lin.row.id}"))
            assert await shown_out(lin, AT_ONCE_S, begun) == "signed_out"
            assert not asked.done()
        assert (await asked)[0] == 204
    assert (await house.row(conversation)).agent_id is None
