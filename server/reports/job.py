"""Keeps the facts of reports close behind what is stored. Any node may do it, one does."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, suppress
from typing import Protocol
from uuid import UUID

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from server.reports.facts import facts_of
from server.reports.open_time import OpenTime
from storage.errors import AnotherNode, StorageError, StorageUnavailable, Uncountable
from storage.reports.keeping import Due
from storage.reports.rows import Facts, ShopHours, Story

PAUSE_S = 1.0
AT_ONCE = 500
"""Notes, or older conversations, of one step: some tenths of a second."""
BREATH = 20
"""Conversations that are counted before those who talk on this node are heard again."""
STAND_ASIDE_S = 0.05

log = structlog.stdlib.get_logger()


class Step(Protocol):
    """What can be done while nobody else counts."""

    async def due(self, notes_max: int, /) -> Due:
        """Take conversations to which something has happened off the list."""
        ...

    async def older(self, conversations_max: int, /) -> list[UUID] | None:
        """Return some from before there were reports; None when there are no more."""
        ...

    async def roll(self) -> bool:
        """Roll up a day that is not yet; False when there are no more."""
        ...

    async def stories(self, conversations: Sequence[UUID], /) -> list[Story]:
        """Return what is known of conversations."""
        ...

    async def hours(self, shops: set[UUID], /) -> dict[UUID, ShopHours]:
        """Return which hours shops kept when."""
        ...

    async def write(self, conversations: Sequence[UUID], found: Sequence[Facts], /) -> None:
        """Replace what is kept of these conversations."""
        ...


class Keeping(Protocol):
    """Where facts are kept."""

    def step(self) -> AbstractAsyncContextManager[Step]:
        """Do what is done within, all or nothing."""
        ...

    async def lag_s(self) -> float:
        """Return how long what is due next has been waiting, in seconds."""
        ...


class ReportMetrics:
    """How far reports are behind, in the registry it is given."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.lag_s = Gauge(
            "kefu_reports_lag_seconds",
            "How long the oldest change that reports do not count yet has been stored; 0 on nodes "
            "that leave it to another.",
            registry=registry,
        )
        self.recalling = Gauge(
            "kefu_reports_recalling",
            "1 while conversations from before there were reports are taken in.",
            registry=registry,
        )
        self.counted = Counter(
            "kefu_reports_counted", "Conversations counted, each time anew.", registry=registry
        )
        self.failed = Counter(
            "kefu_reports_failed",
            "Steps of counting, and conversations, that failed; should stay 0.",
            registry=registry,
        )


class Reporting:
    """The job that keeps the facts. It works at most half the time, and rests when all is done."""

    def __init__(self, keeping: Keeping, metrics: ReportMetrics, at_once: int = AT_ONCE) -> None:
        self._keeping, self._metrics = keeping, metrics
        self._at_once = self._at_once_max = at_once

    async def run(self) -> None:
        """Keep the facts. A job: it never returns."""
        now = asyncio.get_running_loop().time
        while True:
            began = now()
            has_more = await self.turn()
            await asyncio.sleep(now() - began if has_more else PAUSE_S)

    async def turn(self) -> bool:
        """Count what is due now, else what is older, else roll up; tell whether there is more."""
        try:
            return await self._turn()
        except AnotherNode:
            self._metrics.lag_s.set(0)
            self._metrics.recalling.set(0)
        except StorageUnavailable:
            log.warning("reports_not_counted")
            await self._stands_still()
        except Exception:  # job boundary: what reports lack is no reason to serve nobody
            log.exception("reports_not_counted")
            await self._stands_still()
        return False

    async def catch_up(self) -> None:
        """Return when all that was due when this was called is counted, here or elsewhere."""
        while True:
            try:
                if not (await self._take() or await self._recall() or await self._roll()):
                    return
            except AnotherNode:
                await asyncio.sleep(STAND_ASIDE_S)

    async def _turn(self) -> bool:
        has_more = await self._take()
        self._metrics.lag_s.set(await self._keeping.lag_s())
        if not has_more:
            has_more = await self._recall()
            self._metrics.recalling.set(has_more)
        return has_more or await self._roll()

    async def _take(self) -> bool:
        try:
            async with self._keeping.step() as step:
                due = await step.due(self._at_once)
                await self._count(step, due.conversations)
        except Uncountable as error:
            async with self._keeping.step() as step:
                due = await step.due(1) if self._fails(error) else Due([], 0)
            self._leave_out(due.conversations)
            return True
        has_more = due.notes >= self._at_once
        self._succeeds()
        return has_more

    async def _recall(self) -> bool:
        try:
            async with self._keeping.step() as step:
                older = await step.older(self._at_once)
                await self._count(step, older or ())
        except Uncountable as error:
            async with self._keeping.step() as step:
                older = await step.older(1) if self._fails(error) else None
            self._leave_out(older or ())
            return True
        self._succeeds()
        return older is not None

    async def _stands_still(self) -> None:
        """Say how far behind that leaves us, as far as anybody can tell."""
        self._metrics.failed.inc()
        with suppress(StorageError):
            self._metrics.lag_s.set(await self._keeping.lag_s())

    async def _roll(self) -> bool:
        async with self._keeping.step() as step:
            return await step.roll()

    def _fails(self, error: Uncountable) -> bool:
        """Count less from now on, until what is at fault stands alone; tell whether it does."""
        self._metrics.failed.inc()
        log.error("reports_not_counted", sqlstate=error.sqlstate, at_once=self._at_once)
        is_alone = self._at_once == 1
        self._at_once = max(1, self._at_once // 2)
        return is_alone

    def _succeeds(self) -> None:
        self._at_once = min(self._at_once_max, self._at_once * 2)

    def _leave_out(self, conversations: Sequence[UUID]) -> None:
        """Say what a recount will find: what was kept of it before stays."""
        for each in conversations:
            log.error("conversation_not_counted", conversation=str(each))

    async def _count(self, step: Step, conversations: Sequence[UUID]) -> None:
        if not conversations:
            return
        found, failed = list[Facts](), set[UUID]()
        for number, (story, open_time) in enumerate(await _read(step, conversations), 1):
            try:
                found.append(facts_of(story, open_time))
            except Exception:  # job boundary: one conversation is no reason to count no other
                log.exception("conversation_not_counted", conversation=str(story.conversation_id))
                self._metrics.failed.inc()
                failed.add(story.conversation_id)
            if number % BREATH == 0:
                await asyncio.sleep(0)
        await step.write([each for each in conversations if each not in failed], found)
        self._metrics.counted.inc(len(found))


class Reading(Protocol):
    """Where stories and hours are read."""

    async def stories(self, conversations: Sequence[UUID], /) -> list[Story]:
        """Return what is known of conversations."""
        ...

    async def hours(self, shops: set[UUID], /) -> dict[UUID, ShopHours]:
        """Return which hours shops kept when."""
        ...


async def counted(reading: Reading, conversations: Sequence[UUID]) -> tuple[list[Facts], set[UUID]]:
    """Derive the facts of conversations from all that is stored, and say of which that fails."""
    found, failed = list[Facts](), set[UUID]()
    for story, open_time in await _read(reading, conversations):
        try:
            found.append(facts_of(story, open_time))
        except Exception:  # job boundary: one conversation is no reason to count no other
            log.exception("conversation_not_counted", conversation=str(story.conversation_id))
            failed.add(story.conversation_id)
    return found, failed


async def _read(reading: Reading, conversations: Sequence[UUID]) -> list[tuple[Story, OpenTime]]:
    """Return what is stored of conversations, each with the opening hours of its shop."""
    stories = await reading.stories(conversations)
    hours = await reading.hours({each.shop_id for each in stories})
    open_time = {shop: OpenTime(each) for shop, each in hours.items()}
    return [(each, open_time[each.shop_id]) for each in stories]
