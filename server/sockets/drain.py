"""How a node says goodbye: everybody is told when to come back, nobody holds it up."""

import asyncio
import random
from collections.abc import Collection

from server.protocol.events import SessionEnded
from server.sockets.engine import Engine

SOONEST_MS = 200
RETURNS_PER_S = 1000
SPREAD_MS = (500, 4000)
"""The longest is so short that agents are back before ``presence_grace_s`` is over, although pages
stay away for up to twice as long as they are told."""

AT_ONCE = 200


async def drain(engine: Engine, farewells: Collection[asyncio.Task[None]], within_s: float) -> None:
    """End every connection and wait until all are gone, at most ``within_s``.

    Commands under way are answered first. Clients come back at random times, spread out further the
    more there are.
    """
    engine.draining = True
    try:
        async with asyncio.timeout(within_s):
            await _end_all(engine)
            await engine.empty.wait()
            if farewells:
                await asyncio.wait(farewells)
    except TimeoutError:
        pass
    finally:
        for connection in tuple(engine.sockets.values()):
            connection.abandon()


def latest_ms(connections: int) -> int:
    """Return when the last of so many should come back, in milliseconds from now."""
    shortest, longest = SPREAD_MS
    return SOONEST_MS + min(longest, max(shortest, 1000 * connections // RETURNS_PER_S))


async def _end_all(engine: Engine) -> None:
    connections = tuple(engine.sockets.values())
    latest = latest_ms(len(connections))
    for number, connection in enumerate(connections, start=1):
        connection.end_when_idle(
            SessionEnded(
                code="shutdown",
                message="This server is being restarted. You will be reconnected.",
                retry_after_ms=random.randint(SOONEST_MS, latest),
            )
        )
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)
