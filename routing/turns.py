"""Whose turn it is with an agent who has room: only the heads of lines are compared."""

from collections.abc import Iterator
from math import inf

from routing.facts import NORMAL, AgentFacts
from routing.line import Stand, Tier
from routing.order import AGED, GROWING, Order, Turn
from routing.pool import has_room
from routing.queueing import Queueing
from routing.stands import Stands

HAIR_S = 0.001
"""So much later than even, that rounding leaves no doubt whose turn it is."""


class Turns:
    """Finds the best task for an agent, among all who wait."""

    def __init__(self, stands: Stands, queueing: Queueing, order: Order) -> None:
        self._stands, self._queueing, self._order = stands, queueing, order
        self._is_personal = order.is_personal or order.by_primary

    def best_for(self, agent: AgentFacts, now: float) -> Turn | None:
        """Return whose turn it is with an agent: the first whom they may take."""
        best: Turn | None = None
        queueing, stands = self._queueing, self._stands
        least, has_none = inf, agent.in_hand >= agent.capacity
        firsts, slopes = stands.firsts, stands.slopes
        for number in stands.served(stands.pool.where[agent.id], queueing.nonempty):
            value = (firsts[number] - now) * slopes[number]
            if value > least:
                continue
            stand = stands.numbered[number]
            if (has_none or not stand.is_plain) and not has_room(agent, stand.queue):
                continue
            top = stand.top
            if top is None:
                head = self._first_of(stand, agent, now)
                if head is not None and (best is None or head < best):
                    best, least = head, _value(head)
                continue
            head = (NORMAL, GROWING, value, top[0], top[1])
            if best is None or head < best:
                best, least = head, value
        if agent.id in queueing.named:
            named = self._named(agent, now)
            best = named if best is None else min(best, named or best)
        return best

    def handed_to(self, agent: AgentFacts, now: float) -> Turn | None:
        """Return whose turn it is of those whom colleagues hand to an agent who has room."""
        queueing = self._queueing
        return min(
            (
                queueing.turn(name, now)
                for name in queueing.named.get(agent.id, ())
                if queueing.tasks[name].wanted_agent == agent.id
                and agent.id not in queueing.tasks[name].refused
                and self._is_for(agent, name, now)
            ),
            default=None,
        )

    def overtakes_at(self, agent: AgentFacts, task_id: str, now: float) -> float:
        """Return when time alone puts somebody whom an agent may take before a task.

        Only those whose queue is more urgent can: who grows as fast, or is aged, keeps their turn.
        """
        visit = self._queueing.visits[task_id]
        slope, came = visit.stand.slope, visit.came
        if visit.tier[1] == AGED or self._is_personal:
            return inf
        even = (
            (stand.slope * since - slope * came) / (stand.slope - slope) + HAIR_S
            for stand, since in self._beside(agent, visit.tier, now)
            if stand.slope > slope
        )
        return min((at for at in even if at > now), default=inf)

    def _beside(self, agent: AgentFacts, tier: Tier, now: float) -> Iterator[tuple[Stand, float]]:
        """Yield who waits for an agent in a tier: the first of each stand, and all by name."""
        stands, queueing = self._stands, self._queueing
        for number in stands.served(stands.pool.where[agent.id], queueing.nonempty):
            stand = stands.numbered[number]
            line = stand.lines.get(tier)
            head = line.first(lambda it: it.refused.get(agent.id, now) <= now) if line else None
            if head is not None:
                yield stand, head[0]
        named = (queueing.visits.get(name) for name in queueing.named.get(agent.id, ()))
        yield from ((it.stand, it.came) for it in named if it is not None and it.tier == tier)

    def _named(self, agent: AgentFacts, now: float) -> Turn | None:
        """Return whose turn it is of those who wait for an agent by name."""
        queueing = self._queueing
        return min(
            (
                queueing.turn(name, now, self._factor(agent, queueing.tasks[name].queue))
                for name in queueing.named[agent.id]
                if self._is_for(agent, name, now)
            ),
            default=None,
        )

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
        fit = self._stands.fit(self._stands.pool.where[agent.id], service, None)
        return stand.slope, GROWING + fit.skill_place

    def _factor(self, agent: AgentFacts, queue_id: str) -> float:
        if not self._order.is_personal:
            return 1.0
        service = self._stands.services[queue_id]
        return self._stands.fit(self._stands.pool.where[agent.id], service, None).speed

    def _is_for(self, agent: AgentFacts, task_id: str, now: float) -> bool:
        """Tell whether a task that is not, or not only, at a stand may be taken by an agent."""
        queueing = self._queueing
        task, visit = queueing.tasks[task_id], queueing.visits.get(task_id)
        if visit is None or not visit.is_live or task_id in queueing.fresh:
            return False
        if visit.only != agent.id and (visit.only is not None or task.wanted_agent != agent.id):
            return False
        queue = self._stands.services[task.queue].queue
        return has_room(agent, queue) and task.refused.get(agent.id, now) <= now


def _value(best: Turn) -> float:
    """Return the value above which no ordinary turn goes before the best."""
    ordinary = (NORMAL, GROWING)
    if best[:2] == ordinary:
        return best[2]
    return inf if best[:2] > ordinary else -inf
