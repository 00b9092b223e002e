"""How PostgreSQL and Valkey are, for `kefu doctor`: read, never changed."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from redis.asyncio import ConnectionPool, Redis

from storage.database import Database
from storage.errors import Away
from storage.sentinels import Primary, Sentinels
from storage.servers import ANSWER_S, Servers
from storage.slots import ClusterMap, look
from storage.valkey import TROUBLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """A server that follows. ``behind_s`` and ``behind_bytes`` are None where we may not see."""

    name: str
    state: str | None
    behind_s: float | None
    behind_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OldTransaction:
    """The transaction that has been open for the longest time, in seconds."""

    pid: int
    application: str
    open_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresVitals:
    """What PostgreSQL says of itself. ``connections_max`` is what is left for ordinary users."""

    at: datetime
    version: str
    version_number: int
    is_standby: bool
    synchronous_commit: str
    fsync: bool
    connections: int
    connections_max: int
    oldest: OldTransaction | None
    replicas: tuple[Replica, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValkeyVitals:
    """What Valkey, or Redis, says of itself. ``memory_max_bytes`` is 0 where there is no limit.

    ``place`` is empty where there is one server, which the settings name.
    """

    program: str
    version: str
    memory_bytes: int
    memory_max_bytes: int
    policy: str
    answered_s: float
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValkeyStanding:
    """The primaries that answer, those that do not, and who says that these are the primaries."""

    servers: tuple[ValkeyVitals, ...]
    silent: tuple[str, ...] = ()
    cluster: ClusterMap | None = None
    primary: Primary | None = None


async def of_postgres(db: Database) -> PostgresVitals:
    """Ask PostgreSQL."""
    row = await db.fetchrow(SERVER)
    assert row is not None
    oldest = await db.fetchrow(OLDEST)
    replicas = () if row["is_standby"] else await db.fetch(REPLICAS)
    return PostgresVitals(
        **dict(row.items()),
        oldest=None if oldest is None else OldTransaction(**dict(oldest.items())),
        replicas=tuple(Replica(**dict(each.items())) for each in replicas),
    )


async def of_valkey(url: str) -> ValkeyStanding:
    """Ask Valkey; Away when nobody answers, or when we are refused."""
    try:
        servers = Servers.named(url)
        if servers.kind == "one":
            return ValkeyStanding(servers=(await _of_server("", servers.pool()),))
        if servers.kind == "sentinel":
            primary = await Sentinels(servers).primary()
            pools = {str(primary.address): servers.pool(primary.address)}
            return await _of_servers(pools, None, primary)
        cluster = await look(servers)
        pools = {str(each): servers.pool(each) for each in cluster.owners}
        return await _of_servers(pools, cluster, None)
    except (*TROUBLE, ValueError) as error:  # ValueError: the address is none
        raise Away from error


async def _of_servers(
    pools: Mapping[str, ConnectionPool], cluster: ClusterMap | None, primary: Primary | None
) -> ValkeyStanding:
    told = await asyncio.gather(
        *(_of_server(place, pool) for place, pool in pools.items()), return_exceptions=True
    )
    for each in told:
        if isinstance(each, BaseException) and not isinstance(each, TROUBLE):
            raise each
    return ValkeyStanding(
        servers=tuple(each for each in told if isinstance(each, ValkeyVitals)),
        silent=tuple(
            place for place, each in zip(pools, told, strict=True) if isinstance(each, TROUBLE)
        ),
        cluster=cluster,
        primary=primary,
    )


async def _of_server(place: str, pool: ConnectionPool) -> ValkeyVitals:
    async with asyncio.timeout(ANSWER_S), Redis.from_pool(pool) as valkey:
        await valkey.execute_command("PING")  # pyright: ignore[reportUnknownMemberType]
        began = time.monotonic()
        told = cast(
            "dict[str, str | int | float]",
            await valkey.info("server", "memory"),  # pyright: ignore[reportUnknownMemberType]
        )
        answered_s = time.monotonic() - began
    return ValkeyVitals(
        program="Valkey" if "valkey_version" in told else "Redis",
        version=str(told.get("valkey_version", told["redis_version"])),
        memory_bytes=int(told["used_memory"]),
        memory_max_bytes=int(told["maxmemory"]),
        policy=str(told["maxmemory_policy"]),
        answered_s=answered_s,
        place=place,
    )


SERVER = """
SELECT clock_timestamp() AS at,
       split_part(current_setting('server_version'), ' ', 1) AS version,
       current_setting('server_version_num')::int AS version_number,
       pg_is_in_recovery() AS is_standby,
       current_setting('synchronous_commit') AS synchronous_commit,
       current_setting('fsync')::bool AS fsync,
       (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend')
           AS connections,
       current_setting('max_connections')::int
           - current_setting('superuser_reserved_connections')::int
           - current_setting('reserved_connections')::int AS connections_max
"""

OLDEST = """
SELECT pid, application_name AS application,
       extract(epoch FROM clock_timestamp() - xact_start)::float8 AS open_s
  FROM pg_stat_activity
 WHERE datname = current_database() AND backend_type = 'client backend'
   AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
 ORDER BY xact_start LIMIT 1
"""

REPLICAS = """
SELECT application_name AS name, state,
       extract(epoch FROM replay_lag)::float8 AS behind_s,
       pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::bigint AS behind_bytes
  FROM pg_stat_replication ORDER BY application_name, pid
"""
