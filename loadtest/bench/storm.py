"""A reconnect storm: customers are cut off, and come back at once to go on where they were.

Each has a token and a conversation, and something is said there while they are away. *Back* is who
has entered again, was told how the conversation stands, and has read what was said meanwhile.
``missed`` must be 0.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, cast

import aiohttp
from msgspec import Struct

from loadtest.bench.casts import conversation_of
from loadtest.bench.peer import Line
from loadtest.bench.scenes import Scene, in_turns

AT_ONCE = 100
"""So many are on their way at a time."""

AGAIN_S = (0.5, 1.5)
"""Who is refused because too much is going on comes again after so long, as our pages do."""

CHANCE = Random(20260101)


class Storm(Struct, frozen=True):
    """What a storm of so many sessions came to; CPU for each of them in microseconds."""

    sessions: int
    seconds: float
    server_us: float
    postgres_us: float
    refused: int
    missed: int


def told(storm: Storm) -> str:
    """Return the row that people read."""
    return (
        f"reconnect storm: {storm.sessions:,} sessions back in {storm.seconds:.1f} s, "
        f"{storm.sessions / storm.seconds:,.0f} a second, {storm.refused} refused at first, "
        f"{storm.missed} missed something; "
        f"{storm.server_us / 1000:.1f} + {storm.postgres_us / 1000:.1f} ms of CPU each "
        "(node + PostgreSQL)"
    )


@dataclass(slots=True)
class Customer:
    """Somebody with a browser, perhaps at an address of their own."""

    number: int
    http: aiohttp.ClientSession | None = None
    token: str = ""
    conversation: str = ""
    line: Line | None = None
    refused: int = 0
    said: list[str] = field(default_factory=list[str])
    heads: list[int] = field(default_factory=list[int])

    async def enter(self, scene: Scene) -> Line:
        """Come, for the first time or again; insist where too much is going on."""
        auth: dict[str, object] = {"site": "demo"}
        if self.token:
            auth["token"] = self.token
        while True:
            try:
                self.line = await scene.join("/visitor", auth, self._hear, self.http)
            except (ConnectionRefusedError, aiohttp.ClientError):
                self.refused += 1
                await asyncio.sleep(CHANCE.uniform(*AGAIN_S))
            else:
                return self.line

    async def begin(self) -> None:
        """Ask something."""
        assert self.line is not None
        client_id = self._next()
        start: dict[str, object] = {"client_id": client_id, "text": "Hello?"}
        self.conversation = conversation_of(await self.line.ask("conversation:start", start))
        self.said.append(client_id)

    def is_cut_off(self) -> None:
        """Lose the connection."""
        assert self.line is not None
        self.line.cut()
        self.line = None
        self.heads.clear()

    async def says_elsewhere(self, scene: Scene) -> None:
        """Say something on another device, which then leaves."""
        other = Customer(self.number, self.http, self.token)
        line = await other.enter(scene)
        client_id = self._next()
        said: dict[str, object] = {"conversation": self.conversation, "client_id": client_id}
        answer = await line.ask("message:send", {**said, "text": "Is anybody there?"})
        if answer.get("ok") is True:
            self.said.append(client_id)
        line.cut()

    async def comes_back(self, scene: Scene) -> bool:
        """Enter and read; tell whether everything is there, up to the head that one was told."""
        line = await self.enter(scene)
        since: dict[str, object] = {"conversation": self.conversation, "after": 0, "limit": 200}
        try:
            answer = await line.ask("message:since", since)
        except ConnectionResetError:
            return False
        if answer.get("ok") is not True or not self.heads:
            return False
        messages = cast("dict[str, Any]", answer["data"])["messages"]
        numbers = [int(each["seq"]) for each in messages]
        is_whole = numbers == list(range(1, self.heads[-1] + 1))
        return is_whole and set(self.said) <= {each["client_id"] for each in messages}

    def _next(self) -> str:
        return f"storm-{self.number}-{len(self.said)}"

    def _hear(self, name: str, payload: dict[str, object]) -> None:
        if name == "session:started":
            self.token = str(payload["token"])
            conversation = payload.get("conversation")
            if isinstance(conversation, dict):
                self.heads.append(int(cast("dict[str, Any]", conversation)["head"]))


async def new_customers(scene: Scene, count: int) -> list[Customer]:
    """Let customers come."""
    customers = [Customer(number) for number in range(count)]
    await in_turns(count, lambda number: customers[number].enter(scene))
    return customers


async def storm(scene: Scene, customers: Sequence[Customer]) -> Storm:
    """Let them ask, cut them all off, say something to each, and let them come back."""
    count = len(customers)
    await in_turns(count, lambda number: customers[number].begin())
    for customer in customers:
        customer.is_cut_off()
    await in_turns(count, lambda number: customers[number].says_elsewhere(scene))
    for customer in customers:
        customer.refused = 0
    began_s, before = time.monotonic(), scene.spent_s()
    found = await in_turns(count, lambda number: customers[number].comes_back(scene), AT_ONCE)
    seconds, after = time.monotonic() - began_s, scene.spent_s()
    return Storm(
        sessions=count,
        seconds=seconds,
        server_us=sum(after[2:]) * 1e6 / count - sum(before[2:]) * 1e6 / count,
        postgres_us=(after[0] - before[0]) * 1e6 / count,
        refused=sum(customer.refused for customer in customers),
        missed=count - sum(found),
    )
