"""Conversations in a closed loop: the next thing is said when the agent has heard the last."""

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from loadtest.bench.peer import Peer

TEXT = "Where is my order? I have been waiting since Tuesday, and nobody calls."
WARM_UP_S = 1.0
HEARD_WITHIN_S = 20.0


class Talk:
    """One conversation. ``hear`` is told of every message that reaches the agent."""

    def __init__(self, customer: Peer, conversation: str) -> None:
        self._customer, self._conversation = customer, conversation
        self._expected = ""
        self._heard = asyncio.Event()
        self.latencies_s: list[float] = []

    def hear(self, client_id: object) -> None:
        """Take note that the agent has heard a message."""
        if client_id == self._expected:
            self._heard.set()

    async def run(self, until: float) -> None:
        """Talk until the monotonic time ``until``."""
        while time.monotonic() < until:
            self._expected = uuid4().hex
            self._heard.clear()
            begun = time.monotonic()
            answer = await self._customer.ask(
                "message:send",
                {"conversation": self._conversation, "client_id": self._expected, "text": TEXT},
            )
            if answer.get("ok") is not True:
                raise RuntimeError(f"refused: {answer}")
            await asyncio.wait_for(self._heard.wait(), HEARD_WITHIN_S)
            self.latencies_s.append(time.monotonic() - begun)


@dataclass(frozen=True, slots=True)
class Volume:
    """What was said in ``seconds``, and how busy the load generator itself was (0..1)."""

    messages: int
    seconds: float
    p50_ms: float
    p99_ms: float
    generator_ratio: float


async def measure(talks: list[Talk], seconds: float, begin: Callable[[], None]) -> Volume:
    """Warm up, call ``begin``, and let everybody talk for ``seconds``."""
    await _talk(talks, WARM_UP_S)
    for talk in talks:
        talk.latencies_s.clear()
    begin()
    begun, own = time.monotonic(), sum(os.times()[:2])
    await _talk(talks, seconds)
    took = time.monotonic() - begun
    waits = sorted(wait for talk in talks for wait in talk.latencies_s)
    return Volume(
        messages=len(waits),
        seconds=took,
        p50_ms=waits[len(waits) // 2] * 1000,
        p99_ms=waits[len(waits) * 99 // 100] * 1000,
        generator_ratio=(sum(os.times()[:2]) - own) / took,
    )


async def _talk(talks: list[Talk], seconds: float) -> None:
    until = time.monotonic() + seconds
    async with asyncio.TaskGroup() as group:
        for talk in talks:
            group.create_task(talk.run(until))
