"""Which node hosts the routing of a partition: a lease that is renewed while the node lives."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import structlog

from server.services.clock import Clock
from storage.errors import StorageUnavailable
from storage.rows import Lease

VACANT = "kefu:vacant"
"""Where other nodes hear that a lease was given up. It carries nothing."""

RENEWALS = 3
"""How often the lease is renewed, or asked for, while one lasts."""

log = structlog.get_logger()


class Leases(Protocol):
    """Where leases are held."""

    async def hold(self, partition: int, node: str, ttl_s: float, now: datetime) -> Lease | None:
        """Take or renew the lease; None while another node has it."""
        ...

    async def release(self, lease: Lease) -> None:
        """Give it up."""
        ...


class Tenure:
    """This node's claim to a partition."""

    def __init__(
        self,
        leases: Leases,
        clock: Clock,
        node: str,
        *,
        ttl_s: float,
        partition: int = 0,
        vacated: Callable[[], None] = lambda: None,
    ) -> None:
        self._leases, self._clock, self._node = leases, clock, node
        self._ttl_s, self._partition = ttl_s, partition
        self._lease: Lease | None = None
        self._gaps = 0
        self._is_retired = False
        self._asks = asyncio.Event()
        self._vacated = vacated

    @property
    def lease(self) -> Lease | None:
        """The lease, as long as it is ours."""
        lease = self._lease
        return lease if lease is not None and lease.expires_at > self._clock.now() else None

    @property
    def term(self) -> tuple[int, int] | None:
        """The time without a gap for which it is ours; in another one nothing is known any more.

        A renewal that takes long may come when the lease is over already, and yet be good.
        """
        lease = self.lease
        return None if lease is None else (lease.epoch, self._gaps)

    async def renew(self) -> None:
        """Take or renew the lease. While PostgreSQL is away it runs on until it ends."""
        if self._is_retired:
            return
        before = self.lease
        try:
            self._lease = await self._leases.hold(
                self._partition, self._node, self._ttl_s, self._clock.now()
            )
        except StorageUnavailable:
            log.warning("lease_not_renewed", partition=self._partition)
        if self._is_retired:  # it came while we were asked to go
            await self.release()
        if before is not None and before.expires_at <= self._clock.now():
            self._gaps += 1
        after = self.lease
        if after is not None and (before is None or before.epoch != after.epoch):
            log.info("routing_taken_over", partition=self._partition, epoch=after.epoch)
        elif before is not None and after is None:
            log.warning("routing_lost", partition=self._partition, epoch=before.epoch)

    async def run(self, changed: Callable[[], None]) -> None:
        """Renew for ever; call ``changed`` when the lease came or went."""
        while True:
            before = self.term
            await self.renew()
            if before != self.term:
                changed()
            await self._rest(self._clock.monotonic() + self._ttl_s / RENEWALS)

    def ask_now(self) -> None:
        """Somebody has given it up: ask for it before it would be time to."""
        self._asks.set()

    async def retire(self) -> None:
        """Let another node take over at once, and never take it again."""
        self._is_retired = True
        await self.release()

    async def _rest(self, until: float) -> None:
        waits = {
            asyncio.ensure_future(self._clock.sleep_until(until)),
            asyncio.ensure_future(self._asks.wait()),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
        self._asks.clear()

    async def release(self) -> None:
        """Let another node take over at once, and tell the others that they may."""
        lease, self._lease = self.lease, None
        if lease is None:
            return
        try:
            await self._leases.release(lease)
        except StorageUnavailable:
            log.warning("lease_not_released", partition=self._partition)
        else:
            self._vacated()
