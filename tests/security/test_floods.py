"""F15, F18, P13: a flood from one address is throttled by name, and nobody else is."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_network

import pytest

from tests.support.house import House, Refused, Visitor

PROXIED = {"trusted_proxies": (ip_network("127.0.0.0/8"),)}
FLOODER, NEIGHBOUR = "203.0.113.7", "203.0.113.8"


async def comes(house: House, node: str, address: str, **auth: str) -> Visitor:
    visitor = await house.visitor(node, connect=False, **auth)
    await visitor.connects(**{"X-Forwarded-For": f"198.51.100.1, {address}"})
    return visitor


async def test_f15_strangers_from_one_address_are_counted_and_others_unaffected(
    house: House,
) -> None:
    node = await house.node(strangers_per_hour_per_address=2, **PROXIED)
    first = await comes(house, node, FLOODER)
    await comes(house, node, FLOODER)

    with pytest.raises(Refused) as error:
        await comes(house, node, FLOODER)
    assert error.value.code == "too_many"
    assert error.value.error["details"]["setting"] == "strangers_per_hour_per_address"
    assert error.value.error["details"]["retry_after_ms"] > 0
    assert await house.db.fetchval("SELECT count(*) FROM visitor") == 2

    await comes(house, node, FLOODER, token=first.started["token"])  # who is known may come back
    await comes(house, node, NEIGHBOUR)


async def test_f15_conversations_from_one_address_are_counted_whoever_starts_them(
    house: House,
) -> None:
    node = await house.node(conversations_per_hour_per_address=2, **PROXIED)
    for _ in range(2):
        await (await comes(house, node, FLOODER)).begins("Hello")

    flooder = await comes(house, node, FLOODER)
    with pytest.raises(Refused) as error:
        await flooder.begins("Hello")
    assert error.value.error["details"]["setting"] == "conversations_per_hour_per_address"
    await (await comes(house, node, NEIGHBOUR)).begins("Hello")


async def test_f18_who_is_no_trusted_proxy_cannot_choose_an_address(house: House) -> None:
    far = (ip_network("10.0.0.0/8"),)
    node = await house.node(connections_per_address=2, trusted_proxies=far)
    for each in range(2):
        await comes(house, node, f"203.0.113.{each}")

    with pytest.raises(Refused) as error:
        await comes(house, node, "203.0.113.9")
    assert error.value.error["details"]["setting"] == "connections_per_address"


async def test_p13_a_visitor_has_only_so_many_sockets(house: House) -> None:
    node = await house.node(sessions_per_visitor=2)
    first = await house.visitor(node)
    token = first.started["token"]
    second = await house.visitor(node, token=token)

    with pytest.raises(Refused) as error:
        await house.visitor(node, token=token)
    assert error.value.error["details"]["setting"] == "sessions_per_visitor"

    await second.leaves()
    for _ in range(200):  # until the node has noticed
        with suppress(Refused):
            assert (await house.visitor(node, token=token)).id == first.id
            return
    raise AssertionError("a place that is free again is not given")


async def test_p13_all_addresses_of_an_ipv6_customer_count_as_one(house: House) -> None:
    node = await house.node(strangers_per_hour_per_address=1, **PROXIED)
    await comes(house, node, "2001:db8:0:1::1")

    with pytest.raises(Refused) as error:
        await comes(house, node, "2001:db8:0:1:ffff::2")
    assert error.value.code == "too_many"
    await comes(house, node, "2001:db8:0:2::1")
    await comes(house, node, "::1")
    await comes(house, node, "::1")
