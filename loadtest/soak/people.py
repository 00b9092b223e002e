"""Who is there: customers who come and go, agents, supervisors who read lists, and bad lines."""

import asyncio
import secrets
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from loadtest.chaos.history import History
from loadtest.chaos.people import OVER, Agent, Customer
from loadtest.chaos.person import Refused, World
from loadtest.chaos.shop import Shop
from loadtest.chaos.wire import Plain
from server.services.accounts import token_hash
from storage.agent_sessions import AgentSessions
from storage.agents import Agents, NewAgent
from storage.database import Database

VISITS = (1, 3)
SAYINGS = (2, 6)
READ_EVERY_S = 0.5
LISTS = ("/conversations?view=waiting", "/conversations?view=closed", "/agents")
EVERYTHING = "/conversations?view=all"
DETAILS = ("", "/messages", "/events", "/decisions")


class Passerby(Customer):
    """A browser that nobody has seen before; asks something, once or a few times, and is gone."""

    async def asks(self) -> None:
        """Have one conversation, from the first word to its end."""
        patient = asyncio.Event()
        conversation = await self._begin()
        await self._hears(conversation, {"active", *OVER}, patient)
        try:
            for _ in range(self.chance.randint(*SAYINGS)):
                await self._say(conversation)
            await self._leave(conversation, patient)
        except Refused:  # the agent closed it
            pass
        self.unfollow(conversation)


@dataclass(slots=True)
class Street:
    """Everybody, as long as it lasts; ``histories`` is what they can testify."""

    world: World
    shop: Shop
    chance: Random
    over: asyncio.Event = field(default_factory=asyncio.Event)
    agents: list[Agent] = field(default_factory=list[Agent])
    here: dict[int, Passerby] = field(default_factory=dict[int, Passerby])
    histories: list[History] = field(default_factory=list[History])
    came: int = 0
    cuts: int = 0
    lists: int = 0

    async def pass_by(self, place: int) -> None:
        """Let one customer after the other come to this place."""
        while not self.over.is_set():
            self.came += 1
            name, chance = f"customer{self.came}", Random(self.chance.random())
            passerby = Passerby(self.world, name, self.shop.key, chance)
            self.histories.append(passerby.history)
            async with passerby:
                self.here[place] = passerby
                for _ in range(chance.randint(*VISITS)):
                    if not self.over.is_set():
                        await passerby.asks()
            del self.here[place]

    async def cut_lines(self, every_s: float) -> None:
        """Let somebody lose the connection, now and then; they hop to the other node, and back."""
        while True:
            await asyncio.sleep(every_s)
            person = self.chance.choice([*self.agents, *self.here.values()])
            if person.wire is not None:
                person.wire.cut()
                self.cuts += 1

    async def supervise(self, token: str) -> None:
        """Read lists and what is in them, at one node or the other."""
        while True:
            for path in LISTS:
                await self._read(path, token)
            for one in (await self._read(EVERYTHING, token))["items"][:1]:
                for detail in DETAILS:
                    await self._read(f"/conversations/{one['id']}{detail}", token)
            await asyncio.sleep(READ_EVERY_S)

    async def _read(self, path: str, token: str) -> Plain:
        url = self.chance.choice(self.world.doors) + "/api/v1" + path
        headers = {"Authorization": f"Bearer {token}"}
        async with self.world.http.get(url, headers=headers) as answer:
            answer.raise_for_status()
            self.lists += 1
            return await answer.json()


async def hire_supervisor(db: Database, shop: Shop) -> str:
    """Return a token with which a supervisor signs in."""
    email = f"supervisor@{shop.key}.example"
    new = NewAgent(shop_id=shop.id, email=email, name=email, password_hash="-", role="supervisor")
    agent = await Agents(db).create(new)
    token, now = secrets.token_urlsafe(), datetime.now(UTC)
    await AgentSessions(db).create(token_hash(token), agent.id, now, now + timedelta(days=1))
    return token


@asynccontextmanager
async def open_street(world: World, shop: Shop, chance: Random) -> AsyncGenerator[Street]:
    """Let the agents come to work."""
    street = Street(world, shop, chance)
    async with AsyncExitStack() as stack:
        for agent_id, token in shop.tokens.items():
            agent = Agent(world, agent_id, token, Random(chance.random()))
            await stack.enter_async_context(agent)
            street.agents.append(agent)
            street.histories.append(agent.history)
        yield street
