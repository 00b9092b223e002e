"""The matching engine of one shop: facts go in, decisions come out. No clock, no I/O, no chance.

Between two calls of ``decide`` nobody waits beside a free hand who may take them. So a new match
always involves something that was touched since: a task that came or may be taken by more agents
now, an agent who has room, a queue that asks for less. Only those are looked at. The outcome is the
same as going through all who wait in the order of their turns and giving each the best agent; the
tests hold it against exactly that.
"""

from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush
from math import inf

from msgspec import Struct
from msgspec.structs import replace

from routing import explain
from routing.choice import Choice, asked
from routing.facts import AgentFacts, QueueFacts, TaskFacts
from routing.hands import with_, without
from routing.line import Visit
from routing.order import SCORE, Order, Turn
from routing.queueing import Queueing
from routing.saving import Saving
from routing.stands import Stands
from routing.turns import Turns


class Decision(Struct, frozen=True, kw_only=True, gc=False):
    """Offer a task to agents, the best first; the first to accept has it.

    The engine counts their units as taken until it is told otherwise.
    """

    task: str
    agents: tuple[str, ...]
    offer_timeout_s: float
    record: explain.Record | None

    @property
    def agent(self) -> str:
        """The best."""
        return self.agents[0]


Claim = tuple[Turn, str]
"""Somebody's turn, and the agent who has room for them ("" where the task itself was touched)."""


class Engine:
    """All agents, queues and waiting tasks of a shop, and the rule by which they meet.

    ``slow``: the speed of each task of somebody who holds 1, 2, 3 … of them. At most
    ``sticky_queue_max`` tasks wait for one agent alone; None: any number.
    """

    def __init__(
        self,
        *,
        order: Order = SCORE,
        explains: bool = True,
        slow: Sequence[float] = (1.0,),
        sticky_queue_max: int | None = 2,
    ) -> None:
        self.stands = Stands(order)
        self.pool = self.stands.pool
        self.queueing = Queueing(self.stands, order, sticky_queue_max)
        self.turns = Turns(self.stands, self.queueing, order)
        self.saving = Saving(self.pool)
        self.choice = Choice(self.stands, self.saving, slow, explains=explains)
        self.order = order
        self._explains = explains
        self._touched_agents: set[str] = set()
        self._overtaken_at = inf

    @property
    def tasks(self) -> Mapping[str, TaskFacts]:
        """All who wait or are on offer."""
        return self.queueing.tasks

    @property
    def queues(self) -> Mapping[str, QueueFacts]:
        """All queues."""
        return {name: service.queue for name, service in self.stands.services.items()}

    # Facts in

    def put_agent(self, agent: AgentFacts) -> bool:
        """Take in an agent; tell whether anything is new."""
        before, profile = self.pool.agents.get(agent.id), self.pool.where.get(agent.id)
        if before == agent:
            return False
        self.pool.put(agent)
        was_ready = before is not None and before.ready
        if was_ready != agent.ready or self.pool.where[agent.id] is not profile:
            self._readiness_changed(agent.id)
        self._touched_agents.add(agent.id)
        return True

    def drop_agent(self, agent_id: str) -> bool:
        """Forget an agent; tell whether they were known."""
        if not self.pool.drop(agent_id):
            return False
        self._readiness_changed(agent_id)
        return True

    def put_queue(self, queue: QueueFacts) -> bool:
        """Take in a queue; tell whether anything is new."""
        known = self.stands.services.get(queue.id)
        if known is not None and known.queue == queue:
            return False
        tasks = self.queueing.members(queue.id)
        for task in tasks:
            self.queueing.drop(task.id)
        self.stands.put_queue(queue)
        for task in tasks:
            self.queueing.put(task)
        self.queueing.queues_changed()
        return True

    def drop_queue(self, queue_id: str) -> bool:
        """Forget a queue and all who wait in it; tell whether it was known."""
        if queue_id not in self.stands.services:
            return False
        for task in self.queueing.members(queue_id):
            self.drop_task(task.id)
        self.stands.drop_queue(queue_id)
        self.choice.last.pop(queue_id, None)
        self.queueing.queues_changed()
        return True

    def put_task(self, task: TaskFacts) -> bool:
        """Take in a task of a known queue; tell whether anything is new."""
        before = self.queueing.tasks.get(task.id)
        if before is not None and before == task:
            return False
        self.queueing.put(task)
        return True

    def drop_task(self, task_id: str) -> bool:
        """Forget a task: it is in good hands, or gone. Tell whether it was known."""
        if task_id in self.queueing.savers:
            self._touched_agents.update(self.saving.kept)
        return self.queueing.drop(task_id)

    def took(self, task_id: str, agent_id: str, now: float) -> None:
        """Note that an agent has accepted; others to whom it was offered have their units back."""
        task = self.queueing.tasks[task_id]
        queue = self.stands.services[task.queue].queue
        self.drop_task(task_id)
        for other in task.offered_to:
            if other != agent_id and other in self.pool.agents:
                self.put_agent(without(self.pool.agents[other], queue))
        self.pool.hold(replace(self.pool.agents[agent_id], assigned_at=now))

    def freed(self, agent_id: str, queue_id: str, now: float) -> None:
        """Note that a task of a queue has ended in an agent's hands."""
        queue = self.stands.services[queue_id].queue
        agent = without(self.pool.agents[agent_id], queue, idle_since=now)
        self.pool.hold(agent)
        self._touched_agents.add(agent_id)

    # Decisions out

    def decide(self, now: float) -> list[Decision]:
        """Match what was touched, in the order of turns."""
        claims, kept, passed = self._claims(now), self.saving.kept, self.queueing.lots.passed
        decisions: list[Decision] = []
        while claims:
            turn, agent_id = heappop(claims)
            if agent_id in kept:
                continue  # who comes now comes after the one whose room is saved
            task_id = turn[-1]
            decision = self._match(task_id, agent_id, now)
            if decision is not None:
                decisions.append(decision)
            elif not agent_id:
                decisions += self._waits(task_id, now)
            if agent_id:
                self._claim(claims, agent_id, now)
            elif task_id in passed:
                self._next_saver(claims, task_id, now)
        if kept:
            self._saved(now)
        return decisions

    @property
    def is_touched(self) -> bool:
        """Whether there is anything to decide."""
        return bool(self.queueing.fresh or self._touched_agents)

    def next_due(self) -> float | None:
        """Return when time alone may make a match: a ring opens, a refusal or a window ends.

        Or somebody's turn comes before that of whom room was saved for.
        """
        due = self.queueing.next_due()
        if self._overtaken_at == inf:
            return due
        return self._overtaken_at if due is None else min(due, self._overtaken_at)

    def covered(self, queue_id: str) -> bool:
        """Tell whether anybody at all, here or not, has what a queue requires in the end."""
        return self.stands.covered(queue_id)

    def ready_for(self, queue_id: str) -> bool:
        """Tell whether anybody who may serve a queue in the end is ready, with room or not."""
        return self.stands.ready_for(queue_id)

    def waiting(self, queue_id: str, now: float) -> list[str]:
        """Return all who wait in a queue, the offered among them, in the order of turns."""
        return self.queueing.waiting(queue_id, now)

    def is_kept_from(self, agent_id: str, task_id: str, now: float) -> bool:
        """Tell whether the room of an agent is saved for somebody whose turn is before a task's."""
        other = self.saving.kept.get(agent_id, task_id)
        visit = self.queueing.visits.get(other)
        is_there = other != task_id and visit is not None and visit.is_live
        return is_there and self.queueing.turn(other, now) < self.queueing.turn(task_id, now)

    def look(self, now: float) -> None:
        """Give everybody the place they have at a time, and see whose room is saved; match nobody.

        For an engine that never decides.
        """
        queueing = self.queueing
        queueing.touch(tuple(queueing.tasks))
        queueing.settle(now)
        self.saving.begin()
        for turn in sorted(queueing.turn(task_id, now) for task_id in queueing.savers):
            task, visit = queueing.tasks[turn[-1]], queueing.visits[turn[-1]]
            if not self.saving.is_open(task.queue):
                continue
            if self.choice.ranked(task, self.stands.services[task.queue], visit, now):
                continue
            best = self.saving.best_for(task, visit, now) if self.saving.tries(task) else None
            if best is not None:
                self.saving.kept[best.id] = task.id

    # How

    def _readiness_changed(self, agent_id: str) -> None:
        """Look again at those for whom it matters whether somebody is there."""
        self.queueing.touch(self.queueing.favouring(agent_id))
        for queue_id in self.stands.readiness_changed():
            self.queueing.touch(task.id for task in self.queueing.members(queue_id))

    def _claims(self, now: float) -> list[Claim]:
        """Return whose turn it may be: of all touched, and of the first for whom room is saved.

        Whom to keep for those is found anew, so that whoever was kept may be free for others.
        """
        if not self.queueing.tasks and not self.saving.kept:
            self._touched_agents.clear()
            return []
        found = self.queueing.settle(now)
        if self.saving.kept or self.queueing.savers:
            found += self.queueing.lots.firsts()
            self._touched_agents.update(self.saving.kept)
            self.saving.begin()
            self._overtaken_at = inf
        if not found and not self._touched_agents:
            return []
        claims: list[Claim] = [(self.queueing.turn(task_id, now), "") for task_id in found]
        for agent_id in self._touched_agents:
            self._claim(claims, agent_id, now)
        self._touched_agents.clear()
        heapify(claims)
        return claims

    def _claim(self, claims: list[Claim], agent_id: str, now: float) -> None:
        """Add whose turn it is with an agent who has room, if there is somebody."""
        agent = self.pool.agents.get(agent_id)
        if agent is not None and agent.in_hand - agent.parkable < agent.capacity and agent.ready:
            turn = self.turns.best_for(agent, now)
            if turn is not None:
                heappush(claims, (turn, agent_id))

    def _waits(self, task_id: str, now: float) -> list[Decision]:
        """Let somebody wait whom nobody can take now, with room saved for who needs much."""
        visit = self.queueing.visits[task_id]
        if not visit.is_live:
            return []
        if not visit.is_settled:
            self.queueing.wait(task_id, now)
        return self._keep(task_id, visit, now) if task_id in self.queueing.savers else []

    def _keep(self, task_id: str, visit: Visit, now: float) -> list[Decision]:
        """Keep an agent for somebody. Whom a colleague hands to that agent has them before."""
        task, handed = self.queueing.tasks[task_id], list[Decision]()
        if not self.saving.tries(task):
            return handed
        while best := self.saving.best_for(task, visit, now):
            first = self.turns.handed_to(best, now)
            decision = None if first is None else self._match(first[-1], best.id, now)
            if decision is None:
                self.saving.kept[best.id] = task_id
                break
            handed.append(decision)
        return handed

    def _next_saver(self, claims: list[Claim], task_id: str, now: float) -> None:
        """Add the turn of who comes next of those for whom room is saved, as long as more may."""
        task, visit = self.queueing.tasks[task_id], self.queueing.visits[task_id]
        name = self.queueing.lots.after(visit) if self.saving.is_open(task.queue) else None
        if name is not None:
            heappush(claims, (self.queueing.turn(name, now), ""))

    def _saved(self, now: float) -> None:
        """Note when time alone changes for whom room is saved."""
        kept, agents = self.saving.kept, self.pool.agents
        times = (self.turns.overtakes_at(agents[name], kept[name], now) for name in kept)
        self._overtaken_at = min(times, default=inf)

    def _match(self, task_id: str, agent_id: str, now: float) -> Decision | None:
        """Give somebody whose turn it is the best agent, unless they have been given one by now."""
        visit = self.queueing.visits[task_id]
        if not visit.is_live:
            return None
        task = self.queueing.tasks[task_id]
        service = self.stands.services[task.queue]
        if not (visit.stand.mask & self.pool.free or task.names_somebody):
            return None
        ranked = self.choice.ranked(task, service, visit, now)
        if agent_id and self.order.is_personal:
            ranked = [each for each in ranked if each[1] == agent_id]
        if not ranked:
            return None
        queue = service.queue
        chosen = asked(ranked, queue)
        record = None
        if self._explains:
            record = explain.record(self, task, visit, ranked, now)
        for name in chosen:
            self.pool.hold(with_(self.pool.agents[name], queue))
        self.choice.dealt(queue.id, chosen[0])
        self.queueing.offered(task_id, chosen)
        return Decision(
            task=task_id, agents=chosen, offer_timeout_s=queue.offer_timeout_s, record=record
        )
