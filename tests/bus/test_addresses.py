"""What KEFU_REDIS_URL may say, and what is told of one that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr
from redis.asyncio.connection import SSLConnection

from server.commands.provide import provided
from server.commands.refused import Refused
from server.settings import Settings
from storage.reach import address_complaint
from storage.servers import Address, Servers


def test_one_server() -> None:
    servers = Servers.named("redis://:secret@db:6380/2")
    assert (servers.kind, servers.hosts, servers.place) == ("one", (), "db:6380")
    assert servers.pool().connection_kwargs["password"] == "secret"
    assert Servers.named("unix:///run/valkey.sock").place == "/run/valkey.sock"


def test_a_cluster() -> None:
    servers = Servers.named(
        "rediss+cluster://me:s%2Fp@one,two:7000,[::1]:7001?ssl_check_hostname=no"
    )
    assert servers.kind == "cluster"
    assert servers.hosts == (Address("one", 6379), Address("two", 7000), Address("::1", 7001))
    assert str(servers.hosts[2]) == "[::1]:7001"
    pool = servers.pool(servers.hosts[1])
    assert pool.connection_class is SSLConnection
    assert pool.connection_kwargs["username"] == "me"
    assert pool.connection_kwargs["password"] == "s/p"
    assert (pool.connection_kwargs["host"], pool.connection_kwargs["port"]) == ("two", 7000)
    assert pool.connection_kwargs["ssl_check_hostname"] is False


def test_sentinels_have_a_login_of_their_own() -> None:
    url = "rediss+sentinel://:inner@s1,s2:26380/shop/3?sentinel_password=outer&ssl_cert_reqs=none"
    servers = Servers.named(url)
    assert (servers.kind, servers.service) == ("sentinel", "shop")
    assert servers.hosts == (Address("s1", 26379), Address("s2", 26380))
    primary = servers.pool(Address("db", 6379)).connection_kwargs
    assert (primary["password"], primary["db"]) == ("inner", 3)
    assert "sentinel_password" not in primary
    sentinel = servers.sentinel(servers.hosts[0])
    assert sentinel.connection_class is SSLConnection
    assert sentinel.connection_kwargs["password"] == "outer"
    assert sentinel.connection_kwargs["ssl_cert_reqs"] == "none"
    assert "db" not in sentinel.connection_kwargs


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("http://:secret@one", "does not begin with redis://"),
        ("unix+cluster://:secret@one", "does not begin with redis://"),
        ("redis+cluster://:secret@", "names no host"),
        ("redis+cluster://:secret@:6379", "a host is missing"),
        ("redis+cluster://:secret@one/1", "database 0 only"),
        ("redis+sentinel://:secret@one", "the service that the Sentinels watch is missing"),
        ("redis+sentinel://:secret@one:x/shop", "a port is no number"),
    ],
)
async def test_a_wrong_address_is_told_without_its_password(
    url: str, complaint: str, tmp_path: Path
) -> None:
    told = address_complaint(url)
    assert told is not None
    assert complaint in told
    assert "secret" not in told

    settings = Settings(
        database_url=SecretStr("postgresql://db/x"), redis_url=SecretStr(url), data_dir=tmp_path
    )
    with pytest.raises(Refused, match="KEFU_REDIS_URL is wrong"):
        async with provided(settings):
            pass
