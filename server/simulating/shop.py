"""Reads from the database what a simulation of a shop needs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from routing.simulator.traffic import Traffic
from routing.simulator.wording import Mistake
from server.services.assignment.facts import queue_facts
from server.services.assignment.speeds import Speeds, learnt
from server.simulating.periods import Expected, Named, forecast, recorded
from storage.database import Database
from storage.errors import TooMuch
from storage.handling import Handling
from storage.routing_facts import RoutingFacts
from storage.traffic import PastTraffics

TOO_MANY = "These are too many customers; choose a shorter period."


async def recorded_traffic(
    database: Database,
    shop_id: UUID,
    begin: datetime,
    end: datetime,
    *,
    customers_max: int | None = None,
) -> Traffic:
    """Return a period of a shop as it was; ``Mistake`` when too many came."""
    try:
        past = await PastTraffics(database).between(shop_id, begin, end, customers_max)
    except TooMuch:
        raise Mistake(TOO_MANY) from None
    queues = await _queues(database, shop_id)
    speeds = await _speeds(database, shop_id, queues, end)
    # Seconds of work for a large shop: others go on meanwhile.
    return await asyncio.to_thread(recorded, past, queues, speeds, begin, end)


async def expected_traffic(
    database: Database, shop_id: UUID, lines: Sequence[Expected], zone: str, now: datetime
) -> Traffic:
    """Return a period of a shop as a forecast has it."""
    past = await PastTraffics(database).between(shop_id, now, now)
    queues = await _queues(database, shop_id)
    return forecast(past, queues, await _speeds(database, shop_id, queues, now), lines, zone)


async def _speeds(
    database: Database, shop_id: UUID, queues: Sequence[Named], now: datetime
) -> Speeds:
    """Return how fast agents have been in the 90 days before, and since."""
    handled = await Handling(database).by_agent(shop_id, now)
    return learnt(handled, [queue.facts for queue in queues])


async def _queues(database: Database, shop_id: UUID) -> list[Named]:
    facts = await RoutingFacts(database).shop(shop_id)
    queues = {str(queue.id): queue for queue in facts.queues}
    return [
        Named(
            queue.key,
            queue_facts(queue, queues, None),
            tuple(float(each.after_s) for each in queue.overflow if str(each.queue) in queues),
        )
        for queue in facts.queues
    ]
