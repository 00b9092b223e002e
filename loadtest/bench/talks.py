"""Conversations, and the pace at which things are said in them.

*Closed*: the next thing is said when the agent has heard the last. *By acks*: when the last has
been acknowledged; whoever acknowledges faster than it delivers falls behind, and it shows. *At a
rate*: whatever becomes of it; times count from the moment at which it should have been said.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from itertools import chain
from uuid import uuid4

from msgspec import Struct

from loadtest.bench.peer import Line

TEXT = "Where is my order? I have been waiting since Tuesday, and nobody calls."
WARM_UP_S = 1.0
HEARD_WITHIN_S = 30.0

Pace = Callable[[Sequence["Talk"], float], Awaitable[None]]
"""Lets all talk until a monotonic time, and returns when the last has been acknowledged."""


class Volume(Struct, frozen=True):
    """What was said in so many seconds, and how it went.

    ``generator_ratio`` is the load generator's own CPU as a share of one core, ``late_p99_ms`` how
    late it was itself with what it should have said. ``unheard`` never arrived.
    """

    messages: int
    seconds: float
    p50_ms: float
    p99_ms: float
    ack_p99_ms: float
    late_p99_ms: float
    generator_ratio: float
    unheard: int = 0

    @property
    def per_s(self) -> float:
        """Messages a second."""
        return self.messages / self.seconds


class Talk:
    """One conversation. ``hear`` is told of every message that reaches the agent."""

    def __init__(self, customer: Line, conversation: str) -> None:
        self._customer, self._conversation = customer, conversation
        self._due_s: dict[str, float] = {}
        self._all_heard = asyncio.Event()
        self.heard_s: list[float] = []
        self.acked_s: list[float] = []
        self.late_s: list[float] = []

    @property
    def unheard(self) -> int:
        """How many are still on their way."""
        return len(self._due_s)

    def hear(self, client_id: object) -> None:
        """Take note that the agent has heard a message."""
        due_s = self._due_s.pop(str(client_id), None)
        if due_s is not None:
            self.heard_s.append(time.monotonic() - due_s)
            if not self._due_s:
                self._all_heard.set()

    async def say(self, due_s: float | None = None) -> None:
        """Say something, that was due at a monotonic time; return when it is acknowledged."""
        now_s, client_id = time.monotonic(), uuid4().hex
        due_s = now_s if due_s is None else due_s
        self.late_s.append(now_s - due_s)
        self._due_s[client_id] = due_s
        self._all_heard.clear()
        answer = await self._customer.ask(
            "message:send",
            {"conversation": self._conversation, "client_id": client_id, "text": TEXT},
        )
        if answer.get("ok") is not True:
            raise RuntimeError(f"refused: {answer}")
        self.acked_s.append(time.monotonic() - due_s)

    async def is_heard(self) -> None:
        """Return when the agent has heard everything."""
        if self._due_s:
            await self._all_heard.wait()

    def forget(self) -> None:
        """Begin to count anew."""
        for kept in (self.heard_s, self.acked_s, self.late_s):
            kept.clear()
        self._due_s.clear()


async def closed(talks: Sequence[Talk], until_s: float) -> None:
    """Say the next thing when the agent has heard the last."""

    async def run(talk: Talk) -> None:
        while time.monotonic() < until_s:
            await talk.say()
            async with asyncio.timeout(HEARD_WITHIN_S):
                await talk.is_heard()

    await _all(run(talk) for talk in talks)


async def by_acks(talks: Sequence[Talk], until_s: float) -> None:
    """Say the next thing when the last was acknowledged, heard or not."""

    async def run(talk: Talk) -> None:
        while time.monotonic() < until_s:
            await talk.say()

    await _all(run(talk) for talk in talks)


def at_rate(per_s: float) -> Pace:
    """Say so much a second, all together, whatever becomes of it."""

    async def pace(talks: Sequence[Talk], until_s: float) -> None:
        begun_s, number = time.monotonic(), 0
        async with asyncio.TaskGroup() as said:
            while (due_s := begun_s + number / per_s) < until_s:
                await asyncio.sleep(due_s - time.monotonic())
                said.create_task(talks[number % len(talks)].say(due_s))
                number += 1

    return pace


async def measure(
    talks: Sequence[Talk], pace: Pace, seconds: float, begin: Callable[[], None]
) -> Volume:
    """Warm up, call ``begin``, let everybody talk for ``seconds``, and wait for the last word."""
    await pace(talks, time.monotonic() + WARM_UP_S)
    await _heard(talks)
    for talk in talks:
        talk.forget()
    begin()
    begun_s, own_s = time.monotonic(), sum(os.times()[:2])
    await pace(talks, time.monotonic() + seconds)
    unheard = await _heard(talks)
    took_s = time.monotonic() - begun_s
    heard = sorted(chain.from_iterable(talk.heard_s for talk in talks))
    acked = sorted(chain.from_iterable(talk.acked_s for talk in talks))
    return Volume(
        messages=len(acked),
        seconds=took_s,
        p50_ms=_at(heard, 0.5),
        p99_ms=_at(heard, 0.99),
        ack_p99_ms=_at(acked, 0.99),
        late_p99_ms=_at(sorted(chain.from_iterable(talk.late_s for talk in talks)), 0.99),
        generator_ratio=(sum(os.times()[:2]) - own_s) / took_s,
        unheard=unheard,
    )


async def _heard(talks: Sequence[Talk]) -> int:
    """Wait, not for ever, until all is heard; return how much is not."""
    try:
        async with asyncio.timeout(HEARD_WITHIN_S):
            await _all(talk.is_heard() for talk in talks)
    except TimeoutError:
        pass
    return sum(talk.unheard for talk in talks)


async def _all(runs: Iterable[Coroutine[None, None, None]]) -> None:
    async with asyncio.TaskGroup() as group:
        for run in runs:
            group.create_task(run)


def _at(values: Sequence[float], share: float) -> float:
    """Return the value below which this share lies, in milliseconds."""
    return values[int(len(values) * share)] * 1000 if values else float("nan")
