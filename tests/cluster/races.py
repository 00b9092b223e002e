"""Two commands at the same moment, a little apart, so that each is first often enough."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

STEPS_MS = (0, -5, 4, -3, 2, -1, 1, -2, 3, -4, 5)
CENTRE_STEP_S, CENTRE_MAX_S = 0.001, 0.25

Json = dict[str, Any]


@dataclass
class Offsets:
    """How much later the second command is sent, in seconds: a fixed sweep about a centre.

    The centre follows the outcome: it makes up for one way being longer than the other, so that
    the sweep goes over the moment that matters on a slow machine too. The longer the same one wins,
    the larger are its steps.
    """

    centre_s: float = 0.0
    number: int = 0
    won: Counter[str] = field(default_factory=Counter[str])
    _in_a_row: int = 0

    def next(self) -> float:
        """Return the offset of the next race."""
        step_s = STEPS_MS[self.number % len(STEPS_MS)] / 1000
        self.number += 1
        return self.centre_s + step_s

    def note(self, winner: str, *, is_first: bool) -> None:
        """Note who won; where the first did, the second is sent a little sooner from now on."""
        self.won[winner] += 1
        way = -1 if is_first else 1
        self._in_a_row = self._in_a_row + way if self._in_a_row * way > 0 else way
        moved = self.centre_s + CENTRE_STEP_S * self._in_a_row
        self.centre_s = min(CENTRE_MAX_S, max(-CENTRE_MAX_S, moved))


async def apart(
    first: Callable[[], Awaitable[Json]], second: Callable[[], Awaitable[Json]], later_s: float
) -> tuple[Json, Json]:
    """Do both, the second so much later (or sooner, where negative); return both answers."""
    loop = asyncio.get_running_loop()
    start = loop.time() + 0.002
    return await asyncio.gather(
        at(start - min(0.0, later_s), first), at(start + max(0.0, later_s), second)
    )


async def at(when: float, do: Callable[[], Awaitable[Json]]) -> Json:
    """Do something at a time of the loop's clock, to the millisecond and less."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(max(0.0, when - loop.time() - 0.001))
    while loop.time() < when:  # noqa: ASYNC110 - a clock's time, not an event
        await asyncio.sleep(0)
    return await do()


def reason(answer: Json) -> str:
    """Return why a command was refused, or "ok"."""
    if answer["ok"]:
        return "ok"
    error = answer["error"]
    return str(error.get("details", {}).get("reason") or error["code"])
