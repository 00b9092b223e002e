"""`kefu backup` while two nodes serve, `kefu restore` elsewhere, and there the talk goes on."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from storage.database import Database
from storage.messages import Messages
from tests.cluster.stage import WIDE, Stage
from tests.support.database import administer, renamed
from tests.support.house import Agent, Visitor
from tests.support.serve import Server, environment, free_port

pytestmark = [pytest.mark.timeout(120), pytest.mark.slow]


async def kefu(*arguments: str, url: str, data_dir: Path) -> tuple[int, str]:
    """Run one command to its end; return its code and what it said."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KEFU_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server", *arguments),
        env={**clean, "KEFU_DATABASE_URL": url, "KEFU_DATA_DIR": str(data_dir)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode()


@pytest.fixture
async def elsewhere(postgres_dsn: str) -> AsyncIterator[str]:
    """Address of a database without anything in it."""
    name = f"elsewhere_{uuid4().hex}"
    await administer(postgres_dsn, f"CREATE DATABASE {name}")
    yield renamed(postgres_dsn, name)
    await administer(postgres_dsn, f"DROP DATABASE {name} WITH (FORCE)")


class Chatter:
    """A customer and an agent who do not stop talking, at different nodes."""

    def __init__(self, customer: Visitor, agent: Agent) -> None:
        self.customer, self.agent = customer, agent
        self.acked: dict[int, str] = {}
        self.more = asyncio.Event()

    async def go_on(self) -> None:
        for turn in range(1_000_000):
            speaker = (self.customer, self.agent)[turn % 2]
            text = f"turn {turn}"
            self.acked[(await speaker.says(text))["seq"]] = text
            self.more.set()

    async def gets_on(self, turns: int) -> None:
        """Wait until so many more were acked."""
        goal = len(self.acked) + turns
        while len(self.acked) < goal:
            self.more.clear()
            await self.more.wait()


async def transcript(database: Database, conversation: str) -> dict[int, str]:
    stored = await Messages(database).since(UUID(conversation), 0, 1_000_000, private=False)
    assert [each.seq for each in stored] == list(range(1, len(stored) + 1))
    return {each.seq: each.text for each in stored}


async def test_p1_a_copy_made_under_traffic_holds_what_was_acked_and_is_gone_on_with(
    stage: Stage, dsn: str, redis_url: str, elsewhere: str, tmp_path: Path
) -> None:
    await stage.opens()
    agent, customer = await stage.agent("lin", 0), await stage.visitor(1)
    await customer.begins("Hello?")
    await agent.accepts()
    path, talk = tmp_path / "night.kefu", Chatter(customer, agent)
    talking = asyncio.create_task(talk.go_on())
    await talk.gets_on(20)
    before = dict(talk.acked)
    code, said = await kefu("backup", str(path), url=dsn, data_dir=tmp_path)
    await talk.gets_on(20)
    talking.cancel()
    await asyncio.gather(talking, return_exceptions=True)
    assert code == 0, said
    assert "keep it like a secret" in said

    code, said = await kefu("restore", str(path), url=elsewhere, data_dir=tmp_path)
    assert code == 0, said
    assert "Each was read back and is what was copied." in said
    there = await Database.connect(elsewhere)
    then = await transcript(there, customer.conversation)
    await there.close()
    now = await transcript(stage.db, customer.conversation)
    assert before.items() <= then.items() <= now.items()
    assert talk.acked.items() <= now.items()
    assert len(then) < len(now), "nothing was said while it was copied"

    port = free_port()
    node = Server(environment(elsewhere, redis_url, tmp_path, port, **WIDE), port)
    await node.start()
    try:
        await goes_on(stage, node, customer, agent, len(then))
    finally:
        await node.kill()


async def goes_on(stage: Stage, node: Server, customer: Visitor, agent: Agent, head: int) -> None:
    """Let both come back to where they were when it was copied, and others come new."""
    conversation = customer.conversation
    await customer.connects(node.url)
    assert customer.started["conversation"]["id"] == conversation
    await agent.connects(node.url)
    read = (await customer.reads(after=head - 1))["messages"]
    assert [each["seq"] for each in read] == [head]
    assert (await customer.says("Where were we?"))["seq"] == head + 1
    await agent.hears(text="Where were we?")
    assert (await agent.says("Here."))["seq"] == head + 2
    await agent.does("conversation:close", conversation=conversation)
    other = await stage.visitor(0)
    await other.leaves()
    await other.connects(node.url)
    await other.begins("And I?")
    await agent.accepts(await agent.is_offered(other.conversation))


async def test_refusals_have_a_code_and_a_sentence(
    dsn: str, database: Database, elsewhere: str, tmp_path: Path
) -> None:
    await database.execute("INSERT INTO shop (key, name, identity_secret) VALUES ('k', 'K', 's')")
    path = tmp_path / "shop.kefu"
    nowhere = f"postgresql://me:hunter2@127.0.0.1:{free_port()}/kefu"

    async def refused(command: str, file: Path, url: str) -> str:
        code, said = await kefu(command, str(file), url=url, data_dir=tmp_path)
        assert code == 1, said
        assert "Traceback" not in said
        return said

    assert (await kefu("backup", str(path), url=dsn, data_dir=tmp_path))[0] == 0
    assert "file_exists: " in await refused("backup", path, dsn)
    assert "database_not_empty: The database is not" in await refused("restore", path, dsn)
    assert "file_unreadable: " in await refused("restore", tmp_path / "none", elsewhere)
    said = await refused("backup", tmp_path / "other.kefu", nowhere)
    assert "database_away: " in said
    assert "hunter2" not in said
    path.write_bytes(path.read_bytes()[:-100])
    assert "backup_damaged: " in await refused("restore", path, elsewhere)
