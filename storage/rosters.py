"""Who is where, on all nodes: lists in Valkey that forget whoever is not named again in time."""

from collections.abc import Mapping, Sequence
from typing import Protocol, cast

from redis.asyncio import Redis

from storage.valkey import TROUBLE, within

AT_ONCE = 500


class _Pipeline(Protocol):
    """The few commands used here, as redis-py pipelines take them."""

    def zadd(self, name: str, mapping: Mapping[str, float]) -> object: ...
    def zrem(self, name: str, *values: str) -> object: ...
    def zremrangebyscore(self, name: str, low: str, high: float, /) -> object: ...
    def zrangebyscore(self, name: str, low: float, high: str, /) -> object: ...
    def expire(self, name: str, seconds: int, /) -> object: ...
    async def execute(self) -> list[object]: ...


class Rosters:
    """Lists of names under a name. With Valkey away the answer is None: not known."""

    def __init__(self, redis: "Redis", realm: str = "", ttl_s: int = 60) -> None:
        self._redis, self._realm, self._ttl_s = redis, realm, ttl_s

    async def enter(self, entries: Sequence[tuple[str, str]], now_s: float) -> bool:
        """Name each (roster, member) for another ``ttl_s`` seconds; False when Valkey is away."""
        for at in range(0, len(entries), AT_ONCE):  # each part has its own bounded time
            pipeline = self._pipeline()
            for roster, member in entries[at : at + AT_ONCE]:
                key = self._key(roster)
                pipeline.zadd(key, {member: now_s + self._ttl_s})
                pipeline.zremrangebyscore(key, "-inf", now_s)
                pipeline.expire(key, self._ttl_s * 2)
            if await self._run(pipeline) is None:
                return False
        return True

    async def leave(self, entries: Sequence[tuple[str, str]]) -> bool:
        """Strike each (roster, member); False when Valkey is away, then they fade by themselves."""
        pipeline = self._pipeline()
        for roster, member in entries:
            pipeline.zrem(self._key(roster), member)
        return await self._run(pipeline) is not None

    async def members(self, rosters: Sequence[str], now_s: float) -> list[list[str]] | None:
        """Return the members of each roster, or None when Valkey is away."""
        if not rosters:
            return []
        pipeline = self._pipeline()
        for roster in rosters:
            pipeline.zrangebyscore(self._key(roster), now_s, "+inf")
        return cast("list[list[str]] | None", await self._run(pipeline))

    def _pipeline(self) -> _Pipeline:
        pipeline = self._redis.pipeline(transaction=False)  # pyright: ignore
        return cast("_Pipeline", pipeline)

    async def _run(self, pipeline: _Pipeline) -> list[object] | None:
        try:
            async with within():
                return await pipeline.execute()
        except TROUBLE:
            return None

    def _key(self, roster: str) -> str:
        return f"{self._realm}kefu:roster:{roster}"
