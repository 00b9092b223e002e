"""When agents touched something last, in Valkey: each node says it of those who are connected."""

from collections.abc import Mapping
from typing import cast
from uuid import UUID

from redis.asyncio import Redis

from storage.presence import Patience, member

KEY_S = 18_000
"""Longer than anybody may touch nothing before they are idle."""


class Inputs:
    """One sorted set a shop: ``<agent>|<node>`` → seconds since 1970 of the last input there.

    Where nothing was touched yet it is when that began, with a minus.
    """

    def __init__(self, valkey: Redis, realm: str = "") -> None:
        self._valkey, self._realm = valkey, realm
        self._patience = Patience()

    async def note(
        self, shop_id: UUID, node: str, last_s: Mapping[UUID, float | None], now_s: float
    ) -> None:
        """Say when these agents touched something at ``node``, None where it cannot tell."""
        key = self._key(shop_id)
        told = {f"{who}|{node}": at_s for who, at_s in last_s.items() if at_s is not None}
        untold = [f"{who}|{node}" for who, at_s in last_s.items() if at_s is None]
        async with (
            self._patience.trying(),
            self._valkey.pipeline(transaction=False) as pipeline,
        ):
            pipeline.zremrangebyscore(key, KEY_S - now_s, now_s - KEY_S)
            if told:
                pipeline.zadd(key, told)
            if untold:
                pipeline.zrem(key, *untold)
            pipeline.expire(key, KEY_S)
            await pipeline.execute()

    async def noted(self, shop_id: UUID) -> dict[tuple[UUID, str], float]:
        """Return (agent, node) → when they touched something there."""
        async with self._patience.trying():
            raw = cast(
                "list[tuple[bytes | str, float]]",
                await self._valkey.zrange(self._key(shop_id), 0, -1, withscores=True),  # pyright: ignore[reportUnknownMemberType]
            )
        read = ((member(each), score) for each, score in raw)
        return {who: score for who, score in read if who is not None}

    def _key(self, shop_id: UUID) -> str:
        return f"{self._realm}kefu:input:{shop_id}"
