"""A node that is told to stop: others take over first, proxies notice, nobody is cut short."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
from pydantic import SecretStr

from tests.sockets.valve import Valve
from tests.support.house import House

NOTICE_S = 6.0
"""Long here, so that there is time to look."""

LEASE_S = 60.0
"""Longer than all of this: who holds the routing loses it in no other way than by giving it up."""


async def until(ask: Callable[[], Awaitable[object]], *answers: object) -> None:
    """Return once the answer is one of these."""
    while await ask() not in answers:  # noqa: ASYNC110
        await asyncio.sleep(0.02)


async def host_of(house: House) -> str | None:
    """Return which node hosts the routing."""
    return await house.db.fetchval(
        "SELECT node FROM partition_lease WHERE expires_at > clock_timestamp()"
    )


@pytest.mark.slow
async def test_a_node_serves_on_until_proxies_have_noticed_and_hosts_no_more(house: House) -> None:
    leaving = await house.node(drain_notice_s=NOTICE_S, lease_ttl_s=LEASE_S)
    await house.stops_first_node()
    await house.gone[0].wait()

    async def is_handed_over() -> bool:
        return await host_of(house) not in {None, before}

    async with aiohttp.ClientSession() as http:

        async def readiness() -> tuple[int, bool]:
            async with http.get(f"{leaving}/health/ready") as response:
                return response.status, (await response.json())["draining"]

        await until(readiness, (200, False))
        customer, early = await house.visitor(leaving), await house.agent("Early", node=leaving)
        await house.talk(customer, early)
        await early.becomes("away")
        before = await host_of(house)
        agent = await house.agent(node=await house.node(lease_ttl_s=LEASE_S))

        house.stops[1].set()

        await until(readiness, (503, True))
        await until(is_handed_over, True)
        late = await house.visitor(leaving)  # sent here by a proxy that has not noticed
        await house.talk(late, agent)
        assert await readiness() == (503, True)

    for each in (customer, late):
        assert (await each.hears("session:ended"))["code"] == "shutdown"


async def test_the_routing_is_taken_over_by_a_node_that_did_not_hear_that_it_was_given_up(
    house: House,
) -> None:
    async def has_host() -> bool:
        return await host_of(house) is not None

    assert house.settings.redis_url is not None
    await until(has_host, True)
    async with Valve(house.settings.redis_url.get_secret_value()) as valve:
        cut_off = SecretStr(valve.url)
        node = await house.node(redis_url=cut_off, lease_ttl_s=LEASE_S)
        visitor, agent = await house.visitor(node), await house.agent(node=node)
        await valve.shut()
        await house.stops_first_node()
        await house.gone[0].wait()
        await valve.open()

        await house.talk(visitor, agent)
