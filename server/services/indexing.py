"""Keeps what can be searched for close behind what is stored. Any node may do it, one does."""

import asyncio
from typing import Protocol
from uuid import UUID

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from storage.errors import AnotherNode, StorageUnavailable, Unindexable

PAUSE_S = 1.0
PACK_EVERY = 10
"""Packing reads what is fresh; there is no hurry."""

AT_ONCE_MAX = 1000

log = structlog.stdlib.get_logger()


class Index(Protocol):
    """What is kept: each step is all done, or not at all."""

    async def take(self, rows_max: int) -> int:
        """Take in what is due; return how much that was."""
        ...

    async def skip(self) -> UUID | None:
        """Leave out what is due next; return the conversation."""
        ...

    async def pack(self) -> int:
        """Pack what is closed; return how often."""
        ...

    async def recall(self) -> bool:
        """Take in some of what is older than the index; False when there is no more."""
        ...

    async def lag_s(self) -> float:
        """Return how long what is due next has been waiting, in seconds."""
        ...


class IndexMetrics:
    """How far the search is behind, in the registry it is given."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.lag_s = Gauge(
            "kefu_search_lag_seconds",
            "How long the oldest words that cannot be found yet have been stored; 0 on nodes that "
            "leave it to another.",
            registry=registry,
        )
        self.recalling = Gauge(
            "kefu_search_recalling",
            "1 while conversations from before there was a search are taken in.",
            registry=registry,
        )
        self.failed = Counter(
            "kefu_search_failed",
            "Steps of the index that failed; should stay 0.",
            registry=registry,
        )


class Indexing:
    """The job that keeps the index. It works at most half the time, and rests when all is done."""

    def __init__(self, index: Index, metrics: IndexMetrics) -> None:
        self._index, self._metrics = index, metrics
        self._at_once = AT_ONCE_MAX
        self._turns = 0

    async def run(self) -> None:
        """Keep the index. A job: it never returns."""
        now = asyncio.get_running_loop().time
        while True:
            began = now()
            has_more = await self.turn()
            await asyncio.sleep(now() - began if has_more else PAUSE_S)

    async def turn(self) -> bool:
        """Do what is due now; return whether there is more."""
        try:
            has_more = await self._take()
            self._turns += 1
            if self._turns % PACK_EVERY == 0:
                has_more = bool(await self._index.pack()) or has_more
            if not has_more:
                has_more = await self._index.recall()
                self._metrics.recalling.set(has_more)
        except AnotherNode:
            self._metrics.lag_s.set(0)
            self._metrics.recalling.set(0)
        except StorageUnavailable:
            log.warning("search_not_indexed")
        except Unindexable as error:
            self._failed(error)
        except Exception:  # job boundary: what cannot be found is no reason to serve nobody
            self._metrics.failed.inc()
            log.exception("search_failed", at_once=self._at_once)
        else:
            return has_more
        return False

    async def _take(self) -> bool:
        """Take in a part; a smaller one after a failure, until what is at fault stands alone."""
        try:
            taken = await self._index.take(self._at_once)
        except Unindexable as error:
            self._failed(error)
            if self._at_once == 1:
                log.warning("search_left_out", conversation=str(await self._index.skip()))
            self._at_once = max(1, self._at_once // 2)
            return True
        is_full = taken >= self._at_once
        self._at_once = min(AT_ONCE_MAX, self._at_once * 2)
        self._metrics.lag_s.set(await self._index.lag_s())
        return is_full

    def _failed(self, error: Unindexable) -> None:
        self._metrics.failed.inc()
        log.error("search_failed", sqlstate=error.sqlstate, at_once=self._at_once)
