"""How a node says goodbye: everybody is told when to come back, nobody holds it up."""

import asyncio
import random
from collections.abc import Collection

from server.protocol.events import SessionEnded
from server.sockets.engine import Engine

RETRY_MS = (500, 5000)
AT_ONCE = 200


async def drain(engine: Engine, farewells: Collection[asyncio.Task[None]], within_s: float) -> None:
    """End every connection and wait until all are gone, at most ``within_s``.

    Commands under way are answered first. Clients come back at random times between 0.5 s and 5 s.
    """
    engine.draining = True
    try:
        async with asyncio.timeout(within_s):
            await _end_all(engine)
            await engine.empty.wait()
            if farewells:
                await asyncio.wait(farewells)
    except TimeoutError:
        for connection in tuple(engine.sockets.values()):
            connection.abandon()


async def _end_all(engine: Engine) -> None:
    for number, connection in enumerate(tuple(engine.sockets.values()), start=1):
        connection.end_when_idle(
            SessionEnded(
                code="shutdown",
                message="This server is being restarted. You will be reconnected.",
                retry_after_ms=random.randint(*RETRY_MS),
            )
        )
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)
