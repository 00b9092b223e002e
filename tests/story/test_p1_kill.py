"""P1: kill -9 of the server under traffic, again and again; every acked message is there once."""

from __future__ import annotations

import asyncio
import os
import secrets
from pathlib import Path

import aiohttp
import pytest

from storage.database import Database
from storage.messages import Messages
from storage.people import ShopRow
from storage.queues import NewQueue, Queues
from storage.shops import Shops
from tests.support.house import Visitor, once
from tests.support.line import Refused
from tests.support.serve import Server, environment, free_port

KILLS = int(os.environ.get("STORY_KILLS", "2"))
CUSTOMERS = 20
SENDS_PER_S = 10  # each
BETWEEN_KILLS_S = 1.5


class Sender:
    """A browser with an outbox: sends one after the other, each until it is acked."""

    def __init__(self, server: Server, shop: ShopRow) -> None:
        self.customer = Visitor(server.url, "/visitor", {"site": shop.key})
        self.acked: list[tuple[str, int]] = []

    async def run(self, stop: asyncio.Event) -> None:
        await self._connect()
        await self._until_acked("conversation:start", {})
        while not stop.is_set():
            await self._until_acked("message:send", {"conversation": self.customer.conversation})
            await asyncio.sleep(1 / SENDS_PER_S)
        await self.customer.leaves()

    async def _until_acked(self, command: str, more: dict[str, str]) -> None:
        client_id, text = once(), secrets.token_hex(8)
        while True:
            try:
                data = await self.customer.does(command, client_id=client_id, text=text, **more)
            except Refused as refused:
                if not refused.error["retryable"]:
                    raise
                await self._connect()
                continue
            except (ConnectionError, aiohttp.ClientError, TimeoutError):
                await self._connect()
                continue
            if command == "conversation:start":
                self.customer.conversation = data["conversation"]["id"]
                data = data["message"]
            self.acked.append((text, data["seq"]))
            return

    async def _connect(self) -> None:
        while True:
            await self.customer.leaves()
            try:
                await self.customer.connects()
            except (ConnectionError, aiohttp.ClientError, TimeoutError, Refused, AssertionError):
                await asyncio.sleep(0.1)
            else:
                return


@pytest.mark.slow
@pytest.mark.timeout(60 + 15 * KILLS)
async def test_p1_kill_9_under_traffic_loses_and_doubles_nothing(
    dsn: str, redis_url: str, database: Database, tmp_path: Path
) -> None:
    shop = await Shops(database).create("the-shop", "The Shop", "s" * 40)
    await Queues(database).create(NewQueue(shop_id=shop.id, key="general", name="General"))
    port = free_port()
    server = Server(environment(dsn, redis_url, tmp_path, port), port)
    await server.start()
    senders = [Sender(server, shop) for _ in range(CUSTOMERS)]
    stop = asyncio.Event()
    sending = [asyncio.create_task(sender.run(stop)) for sender in senders]
    try:
        for _ in range(KILLS):
            await asyncio.sleep(BETWEEN_KILLS_S)
            await server.kill()
            await server.start()
        await asyncio.sleep(BETWEEN_KILLS_S)
        stop.set()
        await asyncio.gather(*sending)
    finally:
        for task in sending:
            task.cancel()
        await server.kill()

    for sender in senders:
        assert len(sender.acked) > KILLS
        row = await database.fetchrow(
            "SELECT id FROM conversation WHERE id::text = $1", sender.customer.conversation
        )
        assert row is not None
        stored = await Messages(database).since(row["id"], 0, 100_000, private=False)
        assert [(each.text, each.seq) for each in stored] == sender.acked
        assert [each.seq for each in stored] == list(range(1, len(stored) + 1))
