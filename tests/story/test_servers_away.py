"""PostgreSQL or Valkey away: nothing acked is lost, nobody hangs, everything heals."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.house import House, Visitor, once, open_house
from tests.support.proxy import Proxy, before_postgres, before_valkey


async def keep_sending(customer: Visitor, texts: list[str]) -> int:
    """Send each until it is acked, as a browser's outbox does; return how often it was refused."""
    refusals = 0
    for text in texts:
        client_id = once()
        while True:
            answer = await customer.asks(
                "message:send",
                conversation=customer.conversation,
                client_id=client_id,
                text=text,
            )
            if answer["ok"]:
                break
            assert answer["error"]["code"] == "unavailable"
            assert answer["error"]["retryable"]
            refusals += 1
            await asyncio.sleep(0.05)
    return refusals


@asynccontextmanager
async def without_postgres(
    dsn: str, redis_url: str, tmp_path: Path
) -> AsyncIterator[tuple[House, Proxy]]:
    proxy, address = await before_postgres(dsn)
    try:
        async with open_house(
            dsn, redis_url, tmp_path, node_dsn=address, database_wait_s=0.3
        ) as house:
            yield house, proxy
            proxy.mend()
    finally:
        await proxy.close()


async def test_p1_postgresql_away_under_traffic_loses_nothing(
    dsn: str, redis_url: str, tmp_path: Path
) -> None:
    async with without_postgres(dsn, redis_url, tmp_path) as (house, proxy):
        customer, agent = await house.visitor(), await house.agent()
        conversation = await house.talk(customer, agent)
        texts = [f"message {each}" for each in range(60)]
        sending = asyncio.create_task(keep_sending(customer, texts))
        await agent.hears(text="message 5")

        await proxy.cut()
        answer = await agent.asks(
            "message:send", conversation=conversation, client_id=once(), text="anybody?"
        )
        assert answer["ok"] is False
        assert answer["error"]["code"] == "unavailable"
        proxy.mend()

        assert await sending > 0
        stored = [row.text for row in await house.transcript(conversation)]
        assert [text for text in stored if text.startswith("message")] == texts
        await agent.hears(text="message 59")


async def test_p9_while_postgresql_is_away_every_command_is_answered(
    dsn: str, redis_url: str, tmp_path: Path
) -> None:
    async with without_postgres(dsn, redis_url, tmp_path) as (house, proxy):
        customer, agent = await house.visitor(), await house.agent()
        conversation = await house.talk(customer, agent)
        await proxy.cut()

        answers = await asyncio.gather(
            customer.asks("message:since", conversation=conversation, after=0),
            customer.asks("conversation:list"),
            customer.asks("conversation:end", conversation=conversation),
            customer.asks("typing:set", conversation=conversation, on=True),
            agent.asks("conversation:close", conversation=conversation),
            agent.asks("status:set", status="away"),
        )
        async with house.rest(agent) as rest:
            status, problem = await rest.ask("GET", "/agents")

        assert [answer["error"]["code"] for answer in answers] == ["unavailable"] * 6
        assert (status, problem["code"], problem["retryable"]) == (503, "unavailable", True)


@asynccontextmanager
async def without_valkey(
    dsn: str, redis_url: str, tmp_path: Path, **settings: Any
) -> AsyncIterator[tuple[House, Proxy]]:
    proxy, address = await before_valkey(redis_url)
    try:
        async with open_house(dsn, address, tmp_path, **settings) as house:
            yield house, proxy
            proxy.mend()
    finally:
        await proxy.close()


async def test_valkey_away_and_the_same_node_goes_on_talking_and_routing(
    dsn: str, redis_url: str, tmp_path: Path
) -> None:
    async with without_valkey(dsn, redis_url, tmp_path) as (house, proxy):
        customer, agent = await house.visitor(), await house.agent()
        await house.talk(customer, agent)
        await proxy.cut()

        await customer.says("Does Valkey matter?")
        await agent.hears(text="Does Valkey matter?")
        await agent.says("Not here.")
        await customer.hears(text="Not here.")
        other = await house.visitor()
        await other.begins("And new ones?")
        await agent.accepts(await agent.is_offered(other.conversation))
        await agent.says("Neither.")
        await other.hears(text="Neither.")


async def until_ready_says(house: House, status: int, bus: str) -> dict[str, Any]:
    """Ask the node whether it is ready until the answer is this one; return all that it says."""
    async with asyncio.timeout(8), aiohttp.ClientSession() as http:
        while True:
            async with http.get(f"{house.url}/health/ready") as answer:
                said: dict[str, Any] = await answer.json()
                if (answer.status, said["checks"]["bus"]) == (status, bus):
                    return said
            await asyncio.sleep(0.01)


async def test_valkey_away_for_a_moment_takes_no_node_out_of_the_proxy(
    dsn: str, redis_url: str, tmp_path: Path
) -> None:
    async with without_valkey(dsn, redis_url, tmp_path, bus_grace_s=600) as (house, proxy):
        await until_ready_says(house, 200, "ok")
        await proxy.cut()

        said = await until_ready_says(house, 200, "degraded")

        assert said["ready"] is True
        assert said["amiss"]["bus"].endswith(" s; unwell after 600 s")


async def test_a_node_that_is_deaf_for_longer_is_not_ready_until_it_hears_again(
    dsn: str, redis_url: str, tmp_path: Path
) -> None:
    async with without_valkey(dsn, redis_url, tmp_path, bus_grace_s=2) as (house, proxy):
        await until_ready_says(house, 200, "ok")
        await proxy.cut()

        assert (await until_ready_says(house, 503, "unwell"))["ready"] is False

        proxy.mend()
        assert (await until_ready_says(house, 200, "ok"))["amiss"] == {}


async def test_a_node_that_never_heard_itself_is_not_ready_however_long_the_grace(
    dsn: str, redis_url: str, tmp_path: Path
) -> None:
    async with (
        without_valkey(dsn, redis_url, tmp_path, bus_grace_s=600) as (house, proxy),
        aiohttp.ClientSession() as http,
    ):
        await proxy.cut()
        async with http.get(f"{await house.node()}/health/ready") as answer:
            assert (answer.status, (await answer.json())["checks"]["bus"]) == (503, "unwell")


async def test_p3_valkey_away_and_the_other_node_heals_from_postgresql(
    dsn: str, redis_url: str, tmp_path: Path
) -> None:
    async with without_valkey(dsn, redis_url, tmp_path) as (house, proxy):
        customer, agent = await house.visitor(), await house.agent()
        far = await house.agent("Far", status="away", node=await house.node())
        conversation = await house.talk(customer, agent)
        await far.does("conversation:open", conversation=conversation)
        before = (await house.row(conversation)).head
        await proxy.cut()
        await agent.says("Do you hear me?")

        await far.hears("head:changed", head=before + 1)
        missed = (await far.reads(before, conversation))["messages"]
        assert [each["text"] for each in missed] == ["Do you hear me?"]

        proxy.mend()
        for each in range(60):
            await agent.says(f"again {each}")
            if any(m["text"].startswith("again") for m in far.line.heard("message:created")):
                return
            await asyncio.sleep(0.1)
        raise AssertionError("the second node does not hear the first again")
