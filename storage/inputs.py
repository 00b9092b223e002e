"""When agents touched something last, in Valkey: each node says it of those who are connected."""

from collections.abc import Mapping
from uuid import UUID

from redis.asyncio import Redis

from storage.at_nodes import AtNodes

KEY_S = 18_000
"""Longer than anybody may touch nothing before they are idle."""


class Inputs:
    """For each agent and node, seconds since 1970 of the last input there.

    Where nothing was touched yet it is when that began, with a minus.
    """

    def __init__(self, valkey: Redis, realm: str = "") -> None:
        self._last = AtNodes(valkey, f"{realm}kefu:input", KEY_S)

    async def note(
        self, shop_id: UUID, node: str, last_s: Mapping[UUID, float | None], now_s: float
    ) -> None:
        """Say when these agents touched something at ``node``, None where it cannot tell."""
        told = {who: at_s for who, at_s in last_s.items() if at_s is not None}
        old = (KEY_S - now_s, now_s - KEY_S)
        await self._last.write(shop_id, node, told, old=old, unsaid=last_s.keys() - told.keys())

    async def noted(self, shop_id: UUID) -> dict[tuple[UUID, str], float]:
        """Return (agent, node) → when they touched something there."""
        return await self._last.read(shop_id)
