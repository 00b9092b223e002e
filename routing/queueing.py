"""Who waits, where, and until when nothing changes for them by itself."""

from collections.abc import Iterable
from heapq import heappop, heappush
from math import inf

from msgspec.structs import replace

from routing.facts import NORMAL, AgentFacts, TaskFacts
from routing.line import Stand, Visit, Visits
from routing.order import AGED, GROWING, Order, Turn, aged_at, arrival, turn
from routing.pool import has_room
from routing.stands import Service, Stands


class Queueing:
    """All tasks of a shop. ``fresh`` are those that were put since ``settle``."""

    def __init__(self, stands: Stands, order: Order, sticky_max: int | None) -> None:
        self._stands, self._pool = stands, stands.pool
        self._order, self._sticky_max = order, sticky_max
        self._is_personal = order.is_personal or order.by_primary
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
        self._named: dict[str, set[str]] = {}
        self._due: list[tuple[float, str, int]] = []
        self._number = 0

    # Facts in

    def put(self, task: TaskFacts) -> None:
        """Take in a task, or what has changed about it."""
        self.drop(task.id)
        self.tasks[task.id] = task
        self._members.setdefault(task.queue, set()).add(task.id)
        self.fresh.add(task.id)

    def drop(self, task_id: str) -> bool:
        """Forget a task; tell whether it was known."""
        task = self.tasks.pop(task_id, None)
        if task is None:
            return False
        self._leave(task)
        self.visits.pop(task_id, None)
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
        return tuple(self._named.get(agent_id, ()))

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
        if visit.only is None:
            visit.stand.push(task_id, visit)
            visit.is_queued = True
            self.nonempty |= visit.stand.bit
        when = self._next_change(task, visit, now)
        if when is not None:
            heappush(self._due, (when, task_id, visit.number))

    def offered(self, task_id: str, agents: tuple[str, ...]) -> None:
        """Let somebody keep their place, unmatched, while they are being offered."""
        task = self.tasks[task_id]
        self._leave(task)
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

    def best_for(self, agent: AgentFacts, now: float) -> Turn | None:
        """Return whose turn it is with an agent: the first whom they may take."""
        best: Turn | None = None
        least, stands, has_none = inf, self._stands, agent.in_hand >= agent.capacity
        firsts, slopes = stands.firsts, stands.slopes
        for number in stands.served(self._pool.where[agent.id], self.nonempty):
            if (firsts[number] - now) * slopes[number] > least:
                continue
            stand = stands.numbered[number]
            if (has_none or not stand.is_plain) and not has_room(agent, stand.queue):
                continue
            top, slope = stand.top, stand.slope
            if top is not None:
                head = (NORMAL, GROWING, (top[0] - now) * slope, top[0], top[1])
            else:
                head = self._first_of(stand, agent, now)
            if head is not None and (best is None or head < best):
                best, least = head, _value(head)
        for task_id in self._named.get(agent.id, ()) if self._named else ():
            if self._is_for(agent, task_id, now):
                head = self.turn(task_id, now, self._factor(agent, self.tasks[task_id].queue))
                best = head if best is None else min(best, head)
        return best

    def _first_of(self, stand: Stand, agent: AgentFacts, now: float) -> Turn | None:
        """Return whose turn it is of those at a stand whom an agent may take."""
        best: Turn | None = None
        slope, group = stand.slope, GROWING
        if self._is_personal:
            slope, group = self._of_agent(stand, agent)
        for (tier, aged), line in stand.lines.items():
            entry = top = line.top or line.head()
            if entry is not None and entry[3].refused:
                entry = line.first(lambda visit: visit.refused.get(agent.id, now) <= now)
            if entry is None:
                continue
            came, task_id, _, visit = entry
            if aged == AGED:
                head = (tier, AGED, came, came, task_id)
            else:
                head = (tier, group, (came - now) * slope, came, task_id)
            if best is None or head < best:
                best = head
            if entry is top and not (aged == AGED or visit.refused or tier or self._is_personal):
                stand.first_is(entry)  # and so for every agent
        return best

    def _of_agent(self, stand: Stand, agent: AgentFacts) -> tuple[float, int]:
        """Return slope and group of a stand as they are for one agent."""
        if self._order.is_personal:
            return stand.slope * self._factor(agent, stand.queue.id), GROWING
        if not self._order.by_primary:
            return stand.slope, GROWING
        service = self._stands.services[stand.queue.id]
        fit = self._stands.fit(self._pool.where[agent.id], service, None)
        return stand.slope, GROWING + fit.skill_place

    def _factor(self, agent: AgentFacts, queue_id: str) -> float:
        if not self._order.is_personal:
            return 1.0
        service = self._stands.services[queue_id]
        return self._stands.fit(self._pool.where[agent.id], service, None).speed

    def _may(self, task_id: str, agent_id: str, now: float) -> bool:
        return self.tasks[task_id].refused.get(agent_id, now) <= now

    def _is_for(self, agent: AgentFacts, task_id: str, now: float) -> bool:
        """Tell whether a task that is not, or not only, at a stand may be taken by an agent."""
        task, visit = self.tasks[task_id], self.visits.get(task_id)
        if visit is None or not visit.is_live or task_id in self.fresh:
            return False
        if visit.only != agent.id and (visit.only is not None or task.wanted_agent != agent.id):
            return False
        queue = self._stands.services[task.queue].queue
        return has_room(agent, queue) and self._may(task_id, agent.id, now)

    # Places

    def _place(self, task: TaskFacts, now: float) -> bool:
        """Make a task's visit; tell whether it could be matched."""
        self._leave(task)
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
        favourite = task.wanted_agent or task.last_agent
        if favourite and (task.wanted_agent or task.sticky_until > now):
            if task.sticky_until > now and self._waits_alone(task, favourite, service, now):
                visit.only = favourite
            self._named.setdefault(favourite, set()).add(task.id)
        return True

    def _leave(self, task: TaskFacts) -> None:
        visit = self.visits.get(task.id)
        if visit is None or not visit.is_live:
            return
        visit.is_live = False
        self.counts[task.queue] -= 1
        if visit.is_queued:
            visit.stand.left(visit)
            if not visit.stand.live:
                self.nonempty &= ~visit.stand.bit
        named = self._named.get(task.wanted_agent or task.last_agent or "")
        if named is not None:
            named.discard(task.id)

    def _ring(self, task: TaskFacts, service: Service, now: float) -> int:
        age_s, rings = now - task.queued_at, service.queue.rings
        return max((n for n, ring in enumerate(rings) if ring.after_s <= age_s), default=0)

    def _waits_alone(self, task: TaskFacts, name: str, service: Service, now: float) -> bool:
        """Tell whether a task waits for its favourite only: ready, able, and not besieged."""
        agent = self._pool.agents.get(name)
        if agent is None or not agent.ready or not self._may(task.id, name, now):
            return False
        if name != task.wanted_agent and service.queue.id not in self._pool.where[name].queues:
            return False
        others = self._named.get(name, ())
        alone = sum(self.visits[other].only == name for other in others if other in self.visits)
        return self._sticky_max is None or alone < self._sticky_max

    def _next_change(self, task: TaskFacts, visit: Visit, now: float) -> float | None:
        queue = visit.stand.queue
        if not (task.refused or visit.only or self.ages or len(queue.rings) > 1):
            return None
        times = [until for until in task.refused.values() if until > now]
        if visit.stand.ring + 1 < len(queue.rings):
            times.append(task.queued_at + queue.rings[visit.stand.ring + 1].after_s)
        if visit.only is not None:
            times.append(task.sticky_until)
        if self.ages and visit.tier[1] != AGED:
            times.append(aged_at(task, queue))
        return min(times, default=None)

    def _is_due(self, task_id: str, number: int) -> bool:
        visit = self.visits.get(task_id)
        return visit is not None and visit.is_live and visit.number == number


def _value(best: Turn) -> float:
    """Return the value above which no ordinary turn goes before the best."""
    ordinary = (NORMAL, GROWING)
    if best[:2] == ordinary:
        return best[2]
    return inf if best[:2] > ordinary else -inf
