"""One message to a thousand who watch: when the last of them has heard it, and what each costs."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import uuid4

from msgspec import Struct

from loadtest.bench.casts import KefuCast
from loadtest.bench.peer import Heard, Line
from loadtest.bench.scenes import Scene, in_turns
from loadtest.bench.talks import HEARD_WITHIN_S, TEXT

MESSAGES = 20
AGENTS = 1


class Fan(Struct, frozen=True):
    """From sending a message to the last watcher; the server's CPU for each of them."""

    watchers: int
    last_p50_ms: float
    last_max_ms: float
    each_us: float


@dataclass(slots=True)
class Crowd:
    """Everybody who hears."""

    size: int
    expected: str = ""
    heard: int = 0
    has_heard: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, name: str, payload: dict[str, object]) -> None:
        """Take note that one of them has heard a message."""
        if name == "message:created" and payload.get("client_id") == self.expected:
            self.heard += 1
            if self.heard == self.size:
                self.has_heard.set()


Gather = Callable[[Scene, int, Heard], Awaitable[tuple[Line, str]]]
"""Lets so many watch a conversation; returns who speaks there, and its id."""


async def reference_crowd(scene: Scene, watchers: int, hear: Heard) -> tuple[Line, str]:
    """Let them all be agents of one room."""
    auth: dict[str, object] = {"conversation": "crowded"}
    speaker = await scene.join("/visitor", {**auth, "namespace": "/visitor"})
    agent = {**auth, "namespace": "/agent"}
    await in_turns(watchers, lambda _: scene.join("/agent", agent, hear))
    return speaker, "crowded"


async def kefu_crowd(scene: Scene, watchers: int, hear: Heard) -> tuple[Line, str]:
    """Let them all be tabs of one customer. An agent has the conversation, and hears it too."""
    cast = KefuCast(scene)
    await cast.begin(AGENTS, 1)
    [(conversation, token)] = cast.tokens.items()
    auth: dict[str, object] = {"site": "demo", "token": token}
    await in_turns(watchers, lambda _: scene.join("/visitor", auth, hear))
    return cast.customers[0], conversation


async def fan_out(scene: Scene, watchers: int, gather: Gather) -> Fan:
    """Say some things, one after the other, each when all have heard the last."""
    crowd = Crowd(watchers)
    speaker, conversation = await gather(scene, watchers, crowd.hear)
    await _say(speaker, conversation, crowd)  # warm up
    *_, before_s = scene.spent_s()
    took_s = sorted([await _say(speaker, conversation, crowd) for _ in range(MESSAGES)])
    *_, after_s = scene.spent_s()
    return Fan(
        watchers=watchers,
        last_p50_ms=took_s[MESSAGES // 2] * 1000,
        last_max_ms=took_s[-1] * 1000,
        each_us=(after_s - before_s) * 1e6 / MESSAGES / watchers,
    )


async def _say(speaker: Line, conversation: str, crowd: Crowd) -> float:
    """Say something; return after how many seconds the last has heard it."""
    crowd.expected, crowd.heard = uuid4().hex, 0
    crowd.has_heard.clear()
    said: dict[str, object] = {"conversation": conversation, "client_id": crowd.expected}
    begun_s = time.monotonic()
    await speaker.ask("message:send", {**said, "text": TEXT})
    async with asyncio.timeout(HEARD_WITHIN_S):
        await crowd.has_heard.wait()
    return time.monotonic() - begun_s
