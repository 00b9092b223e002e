"""The whole server in this process, on a free port, with real sockets, PostgreSQL and Valkey."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from pydantic import SecretStr

from server.app import build
from server.lifecycle import Place, serve
from server.services.accounts import token_hash
from server.services.clock import Clock
from server.settings import Settings
from storage.agent_sessions import AgentSessions
from storage.agents import Agents, NewAgent
from storage.conversations import Conversations
from storage.database import Database, Limits
from storage.messages import Messages
from storage.people import AgentRow, QueueRow, ShopRow
from storage.queues import NewQueue, Queues
from storage.rows import ConversationRow, MessageRow
from storage.shops import ShopChanges, Shops
from storage.skills import Skills
from tests.support.line import Json, Line, Refused

STOP_S = 8.0
KEY = "the-shop"
FILES = ("text/csv", "text/calendar", "application/vnd.openxmlformats")
SHOP_SECRET = "a secret that only the shop's server knows"
PASSWORD_HASH = "no password opens this"

QUICK: dict[str, Any] = {
    "ping_interval_s": 1.0,
    "ping_timeout_s": 5.0,
    "head_beat_s": 0.2,
    "heal_every_s": 0.1,
    "lease_ttl_s": 1.0,
    "presence_grace_s": 0.3,
    "sweep_interval_s": 1.0,
    "drain_s": 1.0,
    "drain_notice_s": 0.0,
    "database_pool_min": 1,
    "database_pool_max": 6,
    "commands_per_s": 1000.0,
    "commands_burst": 1000,
}


def once() -> str:
    """Return a fresh client_id."""
    return secrets.token_hex(12)


class Person:
    """Somebody at the other end of a line."""

    def __init__(self, node: str, namespace: str, auth: Json) -> None:
        self.node, self._namespace, self.auth = node, namespace, auth
        self.line = Line(node, namespace)
        self.started: Json = {}
        self.conversation = ""

    async def connects(self, node: str | None = None, **headers: str) -> None:
        """Come (back); ``started`` is what the server said."""
        await self.line.close()
        self.node = node or self.node
        self.line = Line(self.node, self._namespace)
        await self.line.open(self.auth, headers)
        self.started = await self.line.hear("session:started")

    async def asks(self, command: str, **payload: Any) -> Json:
        """Send a command and return the whole acknowledgement."""
        return await self.line.ask(command, payload)

    async def does(self, command: str, **payload: Any) -> Json:
        """Send a command and return its data, or raise Refused."""
        return await self.line.do(command, payload)

    async def hears(self, event: str = "message:created", **wanted: Any) -> Json:
        """Return the next event of that name with these fields."""
        return await self.line.hear(event, **wanted)

    async def says(self, text: str, client_id: str | None = None, **more: Any) -> Json:
        """Say something in the present conversation; return ``{seq, at}``."""
        return await self.does(
            "message:send",
            conversation=self.conversation,
            client_id=client_id or once(),
            text=text,
            **more,
        )

    async def reads(self, after: int = 0, conversation: str | None = None, **more: Any) -> Json:
        """Return what was said after a number."""
        return await self.does(
            "message:since", conversation=conversation or self.conversation, after=after, **more
        )

    async def leaves(self) -> None:
        """Close the line."""
        await self.line.close()


class Visitor(Person):
    """A customer's browser."""

    async def connects(self, node: str | None = None, **headers: str) -> None:
        """Come (back), with the token that was given before."""
        await super().connects(node, **headers)
        self.auth = {**self.auth, "token": self.started["token"]}
        if self.started.get("conversation"):
            self.conversation = self.started["conversation"]["id"]

    @property
    def id(self) -> str:
        """Who the server says they are."""
        return self.started["visitor"]["id"]

    async def begins(self, text: str | None = None, **more: Any) -> Json:
        """Start a conversation; return the acknowledgement's data."""
        said = {} if text is None else {"text": text}
        begun = await self.does("conversation:start", **{"client_id": once(), **said, **more})
        self.conversation = begun["conversation"]["id"]
        return begun


class Agent(Person):
    """An agent's console."""

    row: AgentRow
    token: str

    async def is_offered(self, conversation: str | None = None) -> Json:
        """Return the next offer (of that conversation)."""
        while True:
            offer = await self.hears("offer:made")
            if conversation is None or offer["conversation"]["id"] == conversation:
                return offer

    async def accepts(self, offer: Json | None = None) -> Json:
        """Take an offer, the next one if none is named."""
        offer = offer or await self.is_offered()
        taken = await self.does("offer:accept", offer=offer["offer"])
        self.conversation = taken["conversation"]["id"]
        return taken["conversation"]

    async def becomes(self, status: str) -> None:
        """Set the status."""
        await self.does("status:set", status=status)


@dataclass
class House:
    """A shop, its people, and the nodes that serve them."""

    settings: Settings
    db: Database
    shop: ShopRow
    queue: QueueRow
    stack: AsyncExitStack
    clock: Clock | None = None
    nodes: list[str] = field(default_factory=list)
    stops: list[asyncio.Event] = field(default_factory=list)
    gone: list[asyncio.Event] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Address of the first node."""
        return self.nodes[0]

    async def node(self, **settings: Any) -> str:
        """Start one more node; return its address."""
        stop, gone = asyncio.Event(), asyncio.Event()
        address = await self.stack.enter_async_context(
            running_node(self.settings.model_copy(update=settings), self.clock, stop, gone)
        )
        self.stops.append(stop)
        self.gone.append(gone)
        self.nodes.append(address)
        return address

    async def stops_first_node(self) -> None:
        """Let the first node drain and stop, as SIGTERM would."""
        self.stops[0].set()

    async def visitor(
        self, node: str | None = None, *, connect: bool = True, **auth: Any
    ) -> Visitor:
        """Let a customer come, on the first node unless one is named."""
        visitor = Visitor(node or self.url, "/visitor", {"site": self.shop.key, **auth})
        self.stack.push_async_callback(lambda: visitor.leaves())
        if connect:
            await visitor.connects()
        return visitor

    async def agent(
        self,
        name: str = "Lin",
        *,
        status: str | None = "available",
        capacity: int = 3,
        role: str = "agent",
        skills: dict[str, int] | None = None,
        shop: ShopRow | None = None,
        node: str | None = None,
        connect: bool = True,
    ) -> Agent:
        """Let an agent sign in and become ``status``; None leaves them away."""
        shop = shop or self.shop
        row = await Agents(self.db).create(
            NewAgent(
                shop_id=shop.id,
                email=f"{name.lower()}.{secrets.token_hex(4)}@shop.example",
                name=name,
                password_hash=PASSWORD_HASH,
                role=role,  # type: ignore[arg-type]
                capacity=capacity,
                skills=await self._skills(shop, skills or {}),
            )
        )
        token = await self.token_for(row)
        agent = Agent(node or self.url, "/agent", {"token": token})
        agent.row, agent.token = row, token
        self.stack.push_async_callback(lambda: agent.leaves())
        if connect:
            await agent.connects()
            if status is not None:
                await agent.becomes(status)
        return agent

    def console(self, agent: Agent, node: str) -> Agent:
        """Return one more console of an agent, not yet connected."""
        other = Agent(node, "/agent", {"token": agent.token})
        other.row, other.token = agent.row, agent.token
        self.stack.push_async_callback(lambda: other.leaves())
        return other

    async def token_for(self, agent: AgentRow) -> str:
        """Sign an agent in without a password; return the token."""
        token, now = secrets.token_urlsafe(), self.now()
        await AgentSessions(self.db).create(
            token_hash(token), agent.id, now, now + timedelta(hours=1)
        )
        return token

    async def talk(self, visitor: Visitor, agent: Agent, text: str = "Hello?") -> str:
        """Bring the two together; return the id of their conversation."""
        begun = await visitor.begins(text)
        offer = await agent.is_offered(begun["conversation"]["id"])
        await agent.accepts(offer)
        await visitor.hears("conversation:changed", state="active")
        return visitor.conversation

    async def other_shop(self, key: str = "other-shop", **changes: Any) -> ShopRow:
        """Make a second shop with its general queue."""
        shop = await Shops(self.db).create(key, key.title(), "other secret", ShopChanges(**changes))
        await Queues(self.db).create(NewQueue(shop_id=shop.id, key="general", name="General"))
        return shop

    async def change_shop(self, **changes: Any) -> None:
        """Change the shop's settings."""
        updated = await Shops(self.db).update(
            self.shop.id, ShopChanges(**changes), datetime.now(UTC)
        )
        assert updated is not None
        self.shop = updated

    async def row(self, conversation: str) -> ConversationRow:
        """Read a conversation from PostgreSQL."""
        row = await Conversations(self.db).get(UUID(conversation))
        assert row is not None
        return row

    async def transcript(self, conversation: str, *, private: bool = False) -> list[MessageRow]:
        """Read all messages from PostgreSQL."""
        return await Messages(self.db).since(UUID(conversation), 0, 100_000, private)

    @asynccontextmanager
    async def rest(
        self, agent: Agent | None = None, node: str | None = None
    ) -> AsyncIterator[Rest]:
        """Speak to the REST API, as ``agent`` if one is named."""
        headers = {} if agent is None else {"Authorization": f"Bearer {agent.token}"}
        async with aiohttp.ClientSession(headers=headers) as session:
            yield Rest(session, node or self.url)

    def now(self) -> datetime:
        """Return the time by the nodes' clock."""
        return self.clock.now() if self.clock is not None else datetime.now(UTC)

    async def _skills(self, shop: ShopRow, levels: dict[str, int]) -> dict[UUID, int]:
        skills = Skills(self.db)
        known = {skill.key: skill.id for skill in await skills.of_shop(shop.id)}
        for key in levels.keys() - known.keys():
            kind = "language" if key.startswith("lang:") else "skill"
            known[key] = (await skills.create(shop.id, key, key, kind)).id
        return {known[key]: level for key, level in levels.items()}


@dataclass
class Rest:
    """The REST API of one node."""

    session: aiohttp.ClientSession
    node: str

    async def ask(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[int, Json]:
        """Return status and JSON; of a file its text."""
        url = f"{self.node}/api/v1{path}"
        async with self.session.request(method, url, json=body, headers=headers) as response:
            text = await response.text(errors="replace")
            if response.content_type.startswith(FILES):
                return response.status, {"text": text}
            return response.status, (await response.json(content_type=None) if text else {})

    async def get(self, path: str) -> Json:
        """Return what is there; fails when it is refused."""
        status, answer = await self.ask("GET", path)
        assert status == 200, answer
        return answer


@asynccontextmanager
async def running_node(
    settings: Settings, clock: Clock | None, stop: asyncio.Event, gone: asyncio.Event
) -> AsyncIterator[str]:
    """Serve a node on a free port until the end, or until ``stop`` is set; then set ``gone``."""
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    node = await build(settings, clock)
    place = Place.of(settings, port=0)
    task = asyncio.create_task(serve(node, place, stop, port.set_result))
    task.add_done_callback(lambda _: gone.set())
    await asyncio.wait({task, port}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        await task
    try:
        yield f"http://127.0.0.1:{port.result()}"
    finally:
        stop.set()
        await asyncio.wait({task}, timeout=STOP_S)
        if not task.done():
            left = "\n".join(repr(each) for each in asyncio.all_tasks())
            raise AssertionError(f"the node does not stop; still running:\n{left}")
        await task


def house_settings(dsn: str, redis_url: str, data_dir: Path, **changes: Any) -> Settings:
    """Return settings for tests: quick beats, no waiting."""
    return Settings(
        database_url=SecretStr(dsn),
        redis_url=SecretStr(redis_url),
        secret_key=SecretStr("k" * 40),
        data_dir=data_dir,
        **{**QUICK, **changes},
    )


@asynccontextmanager
async def open_house(
    dsn: str,
    redis_url: str,
    data_dir: Path,
    clock: Clock | None = None,
    *,
    node_dsn: str | None = None,
    **settings: Any,
) -> AsyncIterator[House]:
    """Open a shop with one queue and one node. ``node_dsn`` is how nodes reach PostgreSQL."""
    async with AsyncExitStack() as stack:
        db = await Database.connect(dsn, Limits(connections_min=0, connections_max=4))
        stack.push_async_callback(db.close)
        shop = await Shops(db).create(KEY, "The Shop", SHOP_SECRET)
        queue = await Queues(db).create(
            NewQueue(shop_id=shop.id, key="general", name="General", wrap_up_s=60)
        )
        house = House(
            settings=house_settings(node_dsn or dsn, redis_url, data_dir, **settings),
            db=db,
            shop=shop,
            queue=queue,
            stack=stack,
            clock=clock,
        )
        await house.node()
        yield house


@pytest.fixture
async def house(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """Open the house for one test."""
    async with open_house(dsn, redis_url, tmp_path) as opened:
        yield opened


__all__ = ["Agent", "House", "Person", "Refused", "Rest", "Visitor", "house", "once", "open_house"]
