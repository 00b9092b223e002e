"""Who is connected, as leases in Valkey: each node says until when it vouches for an agent."""

from collections.abc import Iterable
from uuid import UUID

from redis.asyncio import Redis

from storage.at_nodes import AtNodes

KEY_S = 3600


class PresenceLeases:
    """For each agent and node, seconds since 1970 until which it counts."""

    def __init__(self, valkey: Redis, realm: str = "") -> None:
        self._leases = AtNodes(valkey, f"{realm}kefu:present", KEY_S)

    async def vouch(
        self, shop_id: UUID, agent_ids: Iterable[UUID], node: str, until_s: float
    ) -> None:
        """Say that these agents are connected to ``node``, until a time."""
        leases = dict.fromkeys(agent_ids, until_s)
        await self._leases.write(shop_id, node, leases, old=("-inf", until_s - KEY_S))

    async def vouched(self, shop_id: UUID) -> dict[tuple[UUID, str], float]:
        """Return (agent, node) → until when, those that ran out lately included."""
        return await self._leases.read(shop_id)
