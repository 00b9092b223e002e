"""What nodes say of the agents who are connected to them, in Valkey: one number for each."""

from collections.abc import Iterable, Mapping
from typing import cast
from uuid import UUID

from redis.asyncio import Redis

from storage.patience import Patience

Score = float | str
"""A number, or ``-inf``."""


class AtNodes:
    """One sorted set a shop: ``<agent>|<node>`` → a number. It is forgotten after ``keep_s``."""

    def __init__(self, valkey: Redis, name: str, keep_s: int) -> None:
        self._valkey, self._name, self._keep_s = valkey, name, keep_s
        self._patience = Patience()

    async def write(
        self,
        shop_id: UUID,
        node: str,
        said: Mapping[UUID, float],
        *,
        old: tuple[Score, Score],
        unsaid: Iterable[UUID] = (),
    ) -> None:
        """Say something of agents, take it back of others, forget all between two numbers."""
        key, gone = self._key(shop_id), [f"{agent_id}|{node}" for agent_id in unsaid]
        async with (
            self._patience.trying(),
            self._valkey.pipeline(transaction=False) as pipeline,
        ):
            pipeline.zremrangebyscore(key, *old)
            if said:
                pipeline.zadd(key, {f"{agent_id}|{node}": each for agent_id, each in said.items()})
            if gone:
                pipeline.zrem(key, *gone)
            pipeline.expire(key, self._keep_s)
            await pipeline.execute()

    async def read(self, shop_id: UUID) -> dict[tuple[UUID, str], float]:
        """Return (agent, node) → what was said."""
        async with self._patience.trying():
            raw = cast(
                "list[tuple[bytes | str, float]]",
                await self._valkey.zrange(self._key(shop_id), 0, -1, withscores=True),  # pyright: ignore[reportUnknownMemberType]
            )
        read = ((_member(each), score) for each, score in raw)
        return {who: score for who, score in read if who is not None}

    def _key(self, shop_id: UUID) -> str:
        return f"{self._name}:{shop_id}"


def _member(said: bytes | str) -> tuple[UUID, str] | None:
    """Read of whom which node speaks; None where a newer one writes it otherwise."""
    text = said.decode() if isinstance(said, bytes) else said
    agent_id, _, node = text.partition("|")
    try:
        return UUID(agent_id), node
    except ValueError:
        return None
