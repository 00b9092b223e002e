"""A node of this version and one of the next serve the same people while versions change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from loadtest.rolling.versions import TRIAL, next_version, run
from server.settings import Settings
from storage.migrate import revision_of
from tests.cluster.stage import Stage, open_stage
from tests.support.house import Agent, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture
async def stage(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """Two nodes; the second is of the next version, which migrated what the first serves."""
    (newer := tmp_path / "newer").mkdir()
    next_version(newer)
    async with open_stage(dsn, redis_url, tmp_path, drain_notice_s=0.0) as opened:
        old, new = opened.nodes
        for node in (old, new):
            opened.stack.push_async_callback(node.kill)
        new.program = newer
        await old.start()
        yield opened


async def upgrade(stage: Stage, dsn: str, redis_url: str) -> None:
    """Migrate as the next version does."""
    urls = {"database_url": SecretStr(dsn), "redis_url": SecretStr(redis_url)}
    await run(stage.nodes[1].program, Settings(**urls, secret_key=SecretStr("k" * 40)), "migrate")
    assert await revision_of(stage.db) == TRIAL


async def are_heard(customer: Visitor, agent: Agent, text: str) -> None:
    """Let each say something that the other hears."""
    agent.conversation = customer.conversation
    for one, other in ((customer, agent), (agent, customer)):
        await one.says(text)
        await other.hears(text=text)


async def test_people_talk_across_versions_and_nobody_is_forgotten(
    stage: Stage, dsn: str, redis_url: str
) -> None:
    old, new = stage.nodes
    customer, agent = await stage.visitor(0), await stage.agent("ann", 0)
    await customer.begins("Hello?")
    await agent.accepts()
    await are_heard(customer, agent, "on the old version")

    await upgrade(stage, dsn, redis_url)
    await are_heard(customer, agent, "on the new schema")
    await old.kill()
    # The old one does not know the schema, which promises to work with it.
    await asyncio.gather(old.start(), new.start())
    await customer.connects()
    await agent.connects(new.url)
    await are_heard(customer, agent, "across versions")
    other = await stage.visitor(0)
    await other.begins("Hello?")
    await agent.accepts()

    assert await old.stop() == 0
    await customer.connects(new.url)
    await are_heard(customer, agent, "on the new version")
    third = await stage.visitor(1)
    await third.begins("Hello?")
    await agent.accepts()
