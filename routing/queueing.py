"""Who waits, where, and until when nothing changes for them by itself."""

from collections.abc import Iterable
from heapq import heappop, heappush
from math import inf

from msgspec.structs import replace

from routing.facts import TaskFacts
from routing.line import Stand, Visit, Visits
from routing.lots import Lots
from routing.order import AGED, GROWING, Order, Turn, aged_at, arrival, saves_at, turn
from routing.stands import Service, Stands


class Queueing:
    """All tasks of a shop. ``fresh`` are those that were put since ``settle``."""

    def __init__(self, stands: Stands, order: Order, sticky_max: int | None) -> None:
        self._stands, self._pool = stands, stands.pool
        self._order, self._sticky_max = order, sticky_max
        self.tasks: dict[str, TaskFacts] = {}
        self.visits: Visits = {}
        self.fresh: set[str] = set()
        self.nonempty = 0
        """The stands where somebody waits, as bits."""
        self.ages = False
        """Whether the shop has aged tasks: as soon as a queue has a target."""
        self.counts: dict[str, int] = {}
        """How many wait in each queue, the offered left out."""
        self._members: dict[str, set[str]] = {}
        self.named: dict[str, set[str]] = {}
        """Who waits for one agent, alone or among others."""
        self.lots = Lots()
        self.savers = self.lots.names
        """Who waits and has room saved for it, because it needs several units."""
        self._due: list[tuple[float, str, int]] = []
        self._number = 0

    # Facts in

    def put(self, task: TaskFacts) -> None:
        """Take in a task, or what has changed about it."""
        if task.id in self.tasks:
            self.drop(task.id)
        self.tasks[task.id] = task
        members = self._members.get(task.queue)
        if members is None:
            members = self._members[task.queue] = set()
        members.add(task.id)
        self.fresh.add(task.id)

    def drop(self, task_id: str) -> bool:
        """Forget a task; tell whether it was known."""
        task = self.tasks.pop(task_id, None)
        if task is None:
            return False
        visit = self.visits.pop(task_id, None)
        if visit is not None and visit.is_live:
            self._leave(task, visit)
        self.fresh.discard(task_id)
        self._members[task.queue].discard(task_id)
        return True

    def members(self, queue_id: str) -> list[TaskFacts]:
        """Return all tasks of a queue, in no order."""
        return [self.tasks[name] for name in self._members.get(queue_id, ())]

    def touch(self, task_ids: Iterable[str]) -> None:
        """Look at some again: who may take them has changed."""
        self.fresh.update(name for name in task_ids if name in self.tasks)

    def favouring(self, agent_id: str) -> Iterable[str]:
        """Return who waits for one agent, alone or among others."""
        return tuple(self.named.get(agent_id, ()))

    def queues_changed(self) -> None:
        """Find out anew whether the shop has aged tasks."""
        services = self._stands.services.values()
        ages = self._order.ages and any(each.queue.target_s is not None for each in services)
        if ages != self.ages:
            self.ages = ages
            self.touch(tuple(self.tasks))

    # As time goes by

    def next_due(self) -> float | None:
        """Return when something changes by itself for somebody who waits."""
        while self._due and not self._is_due(*self._due[0][1:]):
            heappop(self._due)
        return self._due[0][0] if self._due else None

    def settle(self, now: float) -> list[str]:
        """Find the place of everybody who is fresh or due; return whom somebody could take.

        Those whom nobody can take wait: within a decision nobody gets room.
        """
        due = self._due
        while due and due[0][0] <= now:
            _, task_id, number = heappop(due)
            if self._is_due(task_id, number):
                self.fresh.add(task_id)
        if not self.fresh:
            return []
        fresh = sorted(self.fresh) if len(self.fresh) > 1 else self.fresh
        free, found = self._pool.free, list[str]()
        for name in fresh:
            task = self.tasks[name]
            if self._place(task, now):
                if free & self.visits[name].stand.mask or task.names_somebody:
                    found.append(name)
                else:
                    self.wait(name, now)
        self.fresh.clear()
        return found

    def wait(self, task_id: str, now: float) -> None:
        """Let somebody wait whom nobody can take now."""
        task, visit = self.tasks[task_id], self.visits[task_id]
        visit.is_settled = True
        if visit.only is None:
            visit.stand.push(task_id, visit)
            visit.is_queued = True
            self.nonempty |= visit.stand.bit
        if task_id in self.savers:
            self.lots.push(task_id, visit)
        is_long = self.ages or not (visit.stand.is_last and visit.stand.is_plain)
        if task.refused or visit.only or is_long:
            when = self._next_change(task, visit, now)
            if when is not None:
                heappush(self._due, (when, task_id, visit.number))

    def offered(self, task_id: str, agents: tuple[str, ...]) -> None:
        """Let somebody keep their place, unmatched, while they are being offered."""
        task, visit = self.tasks[task_id], self.visits[task_id]
        if visit.is_live:
            self._leave(task, visit)
        self.tasks[task_id] = replace(task, offered_to=agents)

    # Turns

    def turn(self, task_id: str, now: float, factor: float = 1.0) -> Turn:
        """Return somebody's turn; ``factor`` is the speed of who would take them."""
        visit = self.visits[task_id]
        tier, group = visit.tier
        if group == AGED:
            return (tier, AGED, visit.came, visit.came, task_id)
        slope = visit.stand.slope * factor
        return (tier, GROWING, (visit.came - now) * slope, visit.came, task_id)

    def waiting(self, queue_id: str, now: float) -> list[str]:
        """Return all who wait in a queue, the offered among them, in the order of turns."""
        queue = self._stands.services[queue_id].queue
        order, ages = self._order, self.ages
        return [
            found[-1]
            for found in sorted(
                turn(task, queue, order, now, ages=ages) for task in self.members(queue_id)
            )
        ]

    # Places

    def _may(self, task_id: str, agent_id: str, now: float) -> bool:
        return self.tasks[task_id].refused.get(agent_id, now) <= now

    def _place(self, task: TaskFacts, now: float) -> bool:
        """Make a task's visit; tell whether it could be matched."""
        before = self.visits.get(task.id)
        if before is not None and before.is_live:
            self._leave(task, before)
        service = self._stands.services[task.queue]
        stands, group, came = service.stands, GROWING, arrival(task, service.queue)
        stand = stands[0] if len(stands) == 1 else stands[self._ring(task, service, now)]
        if self.ages and aged_at(task, service.queue) <= now:
            group, came = AGED, task.queued_at
        self._number += 1
        visit = Visit(self._number, stand, (task.tier, group), came, task.refused)
        self.visits[task.id] = visit
        if task.offered_to:
            visit.is_live = False
            return False
        self.counts[task.queue] = self.counts.get(task.queue, 0) + 1
        if not stand.is_plain and saves_at(task, service.queue, self._order) <= now:
            self.savers.add(task.id)
        favourite = task.wanted_agent or task.last_agent
        if favourite and (task.wanted_agent or task.sticky_until > now):
            if task.sticky_until > now and self._waits_alone(task, favourite, stand, now):
                visit.only = favourite
            self.named.setdefault(favourite, set()).add(task.id)
        return True

    def _leave(self, task: TaskFacts, visit: Visit) -> None:
        """Take a live visit out of its line."""
        visit.is_live = False
        self.counts[task.queue] -= 1
        if self.savers:
            self.lots.left(task.id)
        if visit.is_queued:
            visit.stand.left(visit)
            if not visit.stand.live:
                self.nonempty &= ~visit.stand.bit
        named = self.named.get(task.wanted_agent or task.last_agent or "")
        if named is not None:
            named.discard(task.id)

    def _ring(self, task: TaskFacts, service: Service, now: float) -> int:
        """Return the last ring that is open, by the very sum that says when the next one opens."""
        rings, since = service.queue.rings, task.queued_at
        return max((n for n, ring in enumerate(rings) if since + ring.after_s <= now), default=0)

    def _waits_alone(self, task: TaskFacts, name: str, stand: Stand, now: float) -> bool:
        """Tell whether a task waits for its favourite only: ready, able, and not besieged."""
        agent = self._pool.agents.get(name)
        if agent is None or not agent.ready or not self._may(task.id, name, now):
            return False
        if name != task.wanted_agent and not self._pool.where[name].bit & stand.mask:
            return False
        others = self.named.get(name, ())
        alone = sum(self.visits[other].only == name for other in others if other in self.visits)
        return self._sticky_max is None or alone < self._sticky_max

    def _next_change(self, task: TaskFacts, visit: Visit, now: float) -> float | None:
        queue = visit.stand.queue
        times = [until for until in task.refused.values() if until > now]
        if visit.stand.ring + 1 < len(queue.rings):
            times.append(task.queued_at + queue.rings[visit.stand.ring + 1].after_s)
        if visit.only is not None:
            times.append(task.sticky_until)
        if self.ages and visit.tier[1] != AGED:
            times.append(aged_at(task, queue))
        if not visit.stand.is_plain and task.id not in self.savers:
            times.append(saves_at(task, queue, self._order))
        return min((at for at in times if at < inf), default=None)

    def _is_due(self, task_id: str, number: int) -> bool:
        visit = self.visits.get(task_id)
        return visit is not None and visit.is_live and visit.number == number
