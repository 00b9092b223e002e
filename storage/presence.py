"""Who is connected, as leases in Valkey: each node says until when it vouches for an agent."""

import time
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import cast
from uuid import UUID

from redis.asyncio import Redis

from storage.errors import Away
from storage.valkey import TROUBLE, within

__all__ = ["Away", "Patience", "PresenceLeases", "member"]

KEY_S = 3600


class Patience:
    """Tries Valkey, and leaves it alone for a second after a failure: nobody queues for it."""

    def __init__(self, rest_s: float = 1.0) -> None:
        self._rest_s = rest_s
        self._rests_until = 0.0

    @asynccontextmanager
    async def trying(self) -> AsyncGenerator[None]:
        """Do what needs Valkey; Away when it is not there."""
        if time.monotonic() < self._rests_until:
            raise Away
        try:
            async with within():
                yield
        except TROUBLE as error:
            self._rests_until = time.monotonic() + self._rest_s
            raise Away from error


class PresenceLeases:
    """One sorted set a shop: ``<agent>|<node>`` → seconds since 1970 until which it counts."""

    def __init__(self, valkey: Redis, realm: str = "") -> None:
        self._valkey, self._realm = valkey, realm
        self._patience = Patience()

    async def vouch(
        self, shop_id: UUID, agent_ids: Iterable[UUID], node: str, until_s: float
    ) -> None:
        """Say that these agents are connected to ``node``, until a time."""
        leases = {f"{agent_id}|{node}": until_s for agent_id in agent_ids}
        async with (
            self._patience.trying(),
            self._valkey.pipeline(transaction=False) as pipeline,
        ):
            pipeline.zadd(self._key(shop_id), leases)
            pipeline.zremrangebyscore(self._key(shop_id), "-inf", until_s - KEY_S)
            pipeline.expire(self._key(shop_id), KEY_S)
            await pipeline.execute()

    async def vouched(self, shop_id: UUID) -> dict[tuple[UUID, str], float]:
        """Return (agent, node) → until when, those that ran out lately included."""
        async with self._patience.trying():
            raw = cast(
                "list[tuple[bytes | str, float]]",
                await self._valkey.zrange(self._key(shop_id), 0, -1, withscores=True),  # pyright: ignore[reportUnknownMemberType]
            )
        read = ((member(each), score) for each, score in raw)
        return {who: score for who, score in read if who is not None}

    def _key(self, shop_id: UUID) -> str:
        return f"{self._realm}kefu:present:{shop_id}"


def member(said: bytes | str) -> tuple[UUID, str] | None:
    """Read who is vouched for by which node; None where a newer one writes it otherwise."""
    text = said.decode() if isinstance(said, bytes) else said
    agent_id, _, node = text.partition("|")
    try:
        return UUID(agent_id), node
    except ValueError:
        return None
