"""Presence as nodes tell each other, and the same as a log that reports are made of."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

import structlog

from server.services.clock import Clock
from server.services.presence import Leases
from storage.errors import StorageUnavailable

log = structlog.get_logger()


class Log(Protocol):
    """Where it is kept."""

    async def vouch(
        self, shop_id: UUID, agents: Iterable[UUID], node: str, now: datetime, until: datetime, /
    ) -> None:
        """Say that these agents are connected to a node until a time."""
        ...


class LoggedLeases:
    """Leases that are logged, too. A log that cannot be written stops nobody from working."""

    def __init__(self, leases: Leases, kept: Log, clock: Clock) -> None:
        self._leases, self._log, self._clock = leases, kept, clock

    async def vouch(
        self, shop_id: UUID, agent_ids: Iterable[UUID], node: str, until_s: float
    ) -> None:
        """Say that these agents are connected to ``node``, until a time."""
        agents = list(agent_ids)
        try:
            until = datetime.fromtimestamp(until_s, UTC)
            await self._log.vouch(shop_id, agents, node, self._clock.now(), until)
        except StorageUnavailable:
            log.warning("presence_not_logged", shop_id=str(shop_id), agents=len(agents))
        await self._leases.vouch(shop_id, agents, node, until_s)

    async def vouched(self, shop_id: UUID) -> Mapping[tuple[UUID, str], float]:
        """Return (agent, node) → until when."""
        return await self._leases.vouched(shop_id)
