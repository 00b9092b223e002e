"""What was tried, made true: skills, capacities and queues, all of a variant or nothing."""

from uuid import UUID

from msgspec import UNSET

from server.protocol.errors import Forbidden, NotFound
from server.protocol.setup.queues import QueuePatch
from server.protocol.simulations import AgentTried, Applied, QueueTried, Variant, Was
from server.services.accounts import Accounts
from server.services.admin.exchange.quiet import Quiet
from server.services.admin.overtaken import as_it_is, refuse_overtaken
from server.services.admin.queues import QueuesAdmin
from server.services.clock import Clock
from server.services.ids import uuid_of
from server.services.router import Router
from server.services.seats import AgentSeat
from storage.agents import AgentChanges
from storage.people import AgentRow
from storage.setup import Sets, SetupStore


class VariantsAdmin:
    """For supervisors and administrators; only an administrator changes an administrator."""

    def __init__(self, store: SetupStore, accounts: Accounts, router: Router, clock: Clock) -> None:
        self._store, self._accounts = store, accounts
        self._router, self._clock = router, clock

    async def make_true(self, seat: AgentSeat, variant: Variant, was: Was | None) -> Applied:
        """Change what is there in one transaction; who was imagined, or absent, stays as it is.

        Overtaken when it would overwrite what is not as it ``was``; None overwrites.
        """
        seat.must_lead()
        agents = [each for each in variant.agents if _changes(each)]

        async def work(sets: Sets) -> list[AgentRow]:
            if was is not None:
                now = await as_it_is(sets.agents, sets.queues, seat.shop_id, [variant])
                refuse_overtaken(variant, was, now)
            resized = [row for each in agents for row in await _change_agent(seat, sets, each)]
            queues = QueuesAdmin(sets.queues, Quiet(), self._clock)
            for each in variant.queues:
                await queues.update(seat, uuid_of(each.queue), _queue_patch(each))
            return resized

        resized = await self._store.try_out(seat.shop_id, work, lambda _: True)
        if agents or variant.queues:
            self._router.shop_touched(seat.shop_id)
        for row in resized:  # their consoles show it
            self._accounts.reconnect(row)
        not_made = sum(each.count for each in variant.added)
        not_made += sum(each.absent for each in variant.agents)
        return Applied(agents=len(agents), queues=len(variant.queues), not_made=not_made)


async def _change_agent(seat: AgentSeat, sets: Sets, tried: AgentTried) -> list[AgentRow]:
    """Change an agent; return them if they take more or fewer now, else nobody."""
    row = await sets.agents.get(uuid_of(tried.agent))
    if row is None or row.shop_id != seat.shop_id:
        raise NotFound
    if row.role == "admin" and seat.role != "admin":
        raise Forbidden("Only administrators change administrators.")
    changes = _changes(tried)
    await sets.agents.update(seat.shop_id, row.id, changes)
    return [row] if changes.get("capacity", row.capacity) != row.capacity else []


def _changes(tried: AgentTried) -> AgentChanges:
    changes = AgentChanges()
    if tried.absent:
        return changes
    if tried.capacity is not UNSET:
        changes["capacity"] = tried.capacity
    if tried.skills is not UNSET:
        changes["skills"] = {UUID(skill): level for skill, level in tried.skills.items()}
    return changes


def _queue_patch(tried: QueueTried) -> QueuePatch:
    return QueuePatch(
        policy=tried.policy,
        target_s=tried.target_s,
        priority=tried.priority,
        weight=tried.weight,
    )
