"""A node that goes hands the routing over: another takes it at once, and it never comes back."""

import asyncio
from datetime import datetime

from server.services.assignment.lease import Tenure
from storage.database import Database
from storage.leases import Leases
from storage.rows import Lease
from tests.support.clock import FakeClock

TTL_S = 2.5


async def test_the_routing_is_taken_over_while_no_time_passes(database: Database) -> None:
    clock, changed = FakeClock(), asyncio.Event()
    other = Tenure(Leases(database), clock, "other", ttl_s=TTL_S)
    leaving = Tenure(Leases(database), clock, "leaving", ttl_s=TTL_S, vacated=other.ask_now)
    await leaving.renew()
    renewing = asyncio.create_task(other.run(changed.set))
    while not clock.sleeping:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert other.lease is None

    await leaving.retire()
    await changed.wait()

    assert other.lease is not None
    assert leaving.lease is None
    renewing.cancel()
    await asyncio.gather(renewing, return_exceptions=True)


async def test_who_has_retired_takes_it_no_more(database: Database) -> None:
    leases, clock = Leases(database), FakeClock()
    tenure = Tenure(leases, clock, "leaving", ttl_s=TTL_S)
    await tenure.renew()
    await tenure.retire()

    await tenure.renew()

    assert tenure.lease is None
    following = await leases.hold(0, "other", TTL_S, clock.now())
    assert following is not None
    assert following.epoch == 2, "nor for a moment"


class Slow:
    """Leases, whose answer is on its way for as long as a test likes."""

    def __init__(self, leases: Leases) -> None:
        self._leases = leases
        self.is_asked, self.may_answer = asyncio.Event(), asyncio.Event()

    async def hold(self, partition: int, node: str, ttl_s: float, now: datetime) -> Lease | None:
        lease = await self._leases.hold(partition, node, ttl_s, now)
        self.is_asked.set()
        await self.may_answer.wait()
        return lease

    async def release(self, lease: Lease) -> None:
        await self._leases.release(lease)


async def test_a_lease_that_comes_to_who_has_retired_is_given_back(database: Database) -> None:
    clock = FakeClock()
    slow, told = Slow(Leases(database)), asyncio.Event()
    leaving = Tenure(slow, clock, "leaving", ttl_s=TTL_S, vacated=told.set)
    asking = asyncio.create_task(leaving.renew())
    await slow.is_asked.wait()

    await leaving.retire()
    assert not told.is_set(), "it had nothing to give"
    slow.may_answer.set()
    await asking

    assert leaving.lease is None
    assert told.is_set(), "who asked too early would wait until it is time to"
    assert await Leases(database).hold(0, "other", TTL_S, clock.now()) is not None
