"""Figures of what a node stands on move with it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from uuid import uuid4

from prometheus_client import CollectorRegistry

from server.parts.figures import figure_bus, figure_process, figure_storing
from storage.bus import BusHealth
from storage.database import Connections, Database, Limits
from storage.group_commit import GroupCommit
from storage.rows import Appended, Draft
from storage.waiters import Patience
from tests.support.clock import START


def test_a_node_that_does_not_hear_says_for_how_long_and_never_without_end() -> None:
    registry, health = CollectorRegistry(), [BusHealth(connected=True, deaf=False, lag_s=0.01)]
    figure_bus(registry, lambda: health[0])
    assert registry.get_sample_value("kefu_bus_deaf_seconds") == 0

    health[0] = BusHealth(connected=False, deaf=True, lag_s=None, deaf_s=math.inf)
    said = registry.get_sample_value("kefu_bus_deaf_seconds")
    assert said is not None
    assert 0 < said < math.inf


def test_a_process_says_what_it_uses() -> None:
    registry = CollectorRegistry()
    figure_process(registry)
    for name in ("process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds"):
        assert registry.get_sample_value(name)


async def test_connections_in_use_and_free_ones_are_told_apart(dsn: str) -> None:
    db = await Database.connect(dsn, Limits(connections_min=0, connections_max=3))
    registry = CollectorRegistry()
    figure_storing(registry, lambda: 0, lambda: db.connections)

    def told(state: str) -> float | None:
        return registry.get_sample_value("kefu_database_connections", {"state": state})

    assert db.connections == Connections(used=0, free=3)
    async with db.transaction(), db.transaction():
        assert (told("used"), told("free")) == (2, 1)
    assert (told("used"), told("free")) == (0, 3)
    await db.close()


def draft() -> Draft:
    return Draft(
        conversation_id=uuid4(),
        shop_id=uuid4(),
        client_id="once",
        sender_kind="customer",
        sender_id=uuid4(),
        sender_name="Ann",
        text="Hello?",
        now=START,
    )


async def test_messages_that_wait_for_the_commit_before_theirs_are_counted() -> None:
    goes_on, has_begun = asyncio.Event(), asyncio.Event()

    async def store(drafts: Sequence[Draft], _patience: Patience) -> list[Appended]:
        has_begun.set()
        await goes_on.wait()
        return [Appended("stored") for _ in drafts]

    commits, registry = GroupCommit(store, batch_max=10, queue_max=10), CollectorRegistry()
    figure_storing(registry, lambda: commits.waiting, lambda: Connections(0, 0))
    first = asyncio.create_task(commits.add(draft()))
    await has_begun.wait()
    others = [asyncio.create_task(commits.add(draft())) for _ in range(3)]
    await asyncio.sleep(0)

    assert registry.get_sample_value("kefu_messages_waiting") == 3

    goes_on.set()
    await asyncio.gather(first, *others)
    assert registry.get_sample_value("kefu_messages_waiting") == 0
