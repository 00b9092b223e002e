"""A shop served by several `kefu serve` processes, and its people at any of them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from server.services.accounts import token_hash
from storage.agent_sessions import AgentSessions
from storage.agents import Agents, NewAgent
from storage.database import Database, Limits
from storage.people import AgentRow, QueueRow, ShopRow
from storage.queues import NewQueue, Queues
from storage.rows import Role
from storage.shops import ShopChanges, Shops
from tests.support.house import Agent, Visitor
from tests.support.serve import Server, environment, free_port

WIDE = {
    "commands_per_s": 10_000,
    "commands_burst": 10_000,
    "conversations_per_hour": 100_000,
    "conversations_per_hour_per_address": 1_000_000,
    "database_pool_min": 2,
    "log_level": "error",
}
"""Limits are not what is tried here."""


@dataclass
class Outcome:
    """What PostgreSQL says came of a conversation."""

    state: str
    agent: str | None
    closed_by: str | None
    holders: list[str]
    offers: dict[str, str | None]
    """By agent, how their (last) offer ended; None while it is live."""
    events: list[str]
    joined: int

    @property
    def taken(self) -> int:
        """How often somebody took it."""
        return sum(self.events.count(kind) for kind in ("accepted", "picked", "assigned"))


@dataclass
class Stage:
    """Some nodes, one shop, one queue."""

    db: Database
    shop: ShopRow
    queue: QueueRow
    nodes: list[Server]
    stack: AsyncExitStack
    names: dict[UUID, str] = field(default_factory=dict[UUID, str])

    async def opens(self, **settings: Any) -> None:
        """Set the queue up and start the nodes."""
        await Queues(self.db).update(self.shop.id, self.queue.id, settings)  # type: ignore[arg-type]
        for node in self.nodes:
            self.stack.push_async_callback(node.kill)
        await asyncio.gather(*(node.start() for node in self.nodes))

    async def agent(
        self, name: str, at: int, *, status: str = "available", role: Role = "agent"
    ) -> Agent:
        """Let somebody sign in at a node."""
        row, token = await self.hires(name, role=role)
        agent = await self.window(token, at)
        agent.row, agent.token = row, token
        await agent.becomes(status)
        return agent

    async def hires(
        self, name: str, *, role: Role = "agent", capacity: int = 3
    ) -> tuple[AgentRow, str]:
        """Make an agent who is signed in; return the token too."""
        row = await Agents(self.db).create(
            NewAgent(
                shop_id=self.shop.id,
                email=f"{name}@shop.example",
                name=name,
                password_hash="-",
                role=role,
                capacity=capacity,
            )
        )
        self.names[row.id] = name
        token, now = secrets.token_urlsafe(), datetime.now(UTC)
        await AgentSessions(self.db).create(
            token_hash(token), row.id, now, now + timedelta(hours=12)
        )
        return row, token

    async def window(self, token: str, at: int) -> Agent:
        """Open a console at a node."""
        agent = Agent(self.nodes[at].url, "/agent", {"token": token})
        self.stack.push_async_callback(agent.leaves)
        await agent.connects()
        agent.token = token
        return agent

    async def visitor(self, at: int) -> Visitor:
        """Let a customer come to a node."""
        visitor = Visitor(self.nodes[at].url, "/visitor", {"site": self.shop.key})
        self.stack.push_async_callback(visitor.leaves)
        await visitor.connects()
        return visitor

    async def outcome(self, conversation: str) -> Outcome:
        """Read what came of a conversation."""
        row = await self.db.fetchrow(OUTCOME, UUID(conversation))
        assert row is not None
        return Outcome(
            state=row["state"],
            agent=self.names.get(row["agent_id"]),
            closed_by=row["closed_by"],
            holders=[self.names[each] for each in row["holders"]],
            offers={self.names[UUID(each)]: how for each, how in (row["offers"] or {}).items()},
            events=row["events"],
            joined=row["joined"],
        )


@asynccontextmanager
async def open_stage(
    dsn: str, redis_url: str, data_dir: Path, *, count: int = 2, **settings: object
) -> AsyncGenerator[Stage]:
    """Make the shop; nobody serves it yet."""
    async with AsyncExitStack() as stack:
        db = await Database.connect(dsn, Limits(connections_min=0, connections_max=4))
        stack.push_async_callback(db.close)
        shop = await Shops(db).create("the-shop", "The Shop", "s" * 40)
        await Shops(db).update(shop.id, ShopChanges(misses_max=10))
        queue = await Queues(db).create(
            NewQueue(shop_id=shop.id, key="general", name="General", wrap_up_s=0, sticky_s=0)
        )
        ports = [free_port() for _ in range(count)]
        told = {**WIDE, **settings}
        nodes = [
            Server(environment(dsn, redis_url, data_dir, port, **told), port) for port in ports
        ]
        yield Stage(db, shop, queue, nodes, stack)


OUTCOME = """
SELECT c.state, c.agent_id, c.closed_by,
       ARRAY (SELECT agent_id FROM slot WHERE conversation_id = c.id) AS holders,
       (SELECT jsonb_object_agg(agent_id, end_reason) FROM (
           SELECT agent_id, end_reason FROM offer WHERE conversation_id = c.id ORDER BY id) o
       ) AS offers,
       ARRAY (SELECT kind FROM conversation_event WHERE conversation_id = c.id ORDER BY id)
           AS events,
       (SELECT count(*) FROM message WHERE conversation_id = c.id AND notice = 'agent_joined')
           AS joined
  FROM conversation c WHERE c.id = $1
"""
