"""The matching engine of one shop: facts go in, decisions come out. No clock, no I/O, no chance.

Between two calls of ``decide`` nobody waits beside a free hand who may take them. So a new match
always involves something that was touched since: a task that came or may now be taken by somebody
who refused it, an agent who has room, a queue that asks for less. Only those are looked at. The
outcome is the same as going through all who wait in the order of their turns and giving each the
best agent; the tests hold it against exactly that.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush

from routing import explain
from routing.facts import AgentFacts, Key, QueueFacts, TaskFacts, turn
from routing.line import Line, first, may_take, remove
from routing.policy import DEFAULT, Policy, Rank
from routing.pool import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Offer a task to an agent. The engine counts the slot as taken until it is told otherwise."""

    task: str
    agent: str
    offer_timeout_s: float
    record: explain.Record | None


Claim = tuple[Key, str]
"""Somebody's turn, and the agent who has room for them ("" where the task itself was touched)."""


class Engine:
    """All agents, queues and waiting tasks of a shop, and the rule by which they meet."""

    def __init__(self, policy: Policy = DEFAULT, *, explains: bool = True) -> None:
        self.pool = Pool()
        self.queues: dict[str, QueueFacts] = {}
        self.tasks: dict[str, TaskFacts] = {}
        self.lines: dict[str, Line] = {}
        self._policy = policy
        self._explains = explains
        self._wanted: dict[str, list[Key]] = {}
        self._touched_tasks: set[str] = set()
        self._touched_agents: set[str] = set()
        self._due: list[tuple[float, str]] = []

    # Facts in

    def put_agent(self, agent: AgentFacts) -> bool:
        """Take in an agent; tell whether anything is new."""
        if self.pool.agents.get(agent.id) == agent:
            return False
        self.pool.put(agent)
        self._touched_agents.add(agent.id)
        return True

    def drop_agent(self, agent_id: str) -> bool:
        """Forget an agent; tell whether they were known."""
        known = agent_id in self.pool.agents
        self.pool.drop(agent_id)
        return known

    def put_queue(self, queue: QueueFacts) -> bool:
        """Take in a queue; tell whether anything is new."""
        if self.queues.get(queue.id) == queue:
            return False
        line = self.lines.setdefault(queue.id, Line())
        tasks = [self.tasks[task_id] for _, task_id in line.everyone]
        for task in tasks:
            self.drop_task(task.id)
        self.queues[queue.id] = queue
        self.pool.put_queue(queue)
        for task in tasks:
            self.put_task(task)
        return True

    def drop_queue(self, queue_id: str) -> bool:
        """Forget a queue and all who wait in it; tell whether it was known."""
        line = self.lines.get(queue_id)
        if line is None:
            return False
        for _, task_id in list(line.everyone):
            self.drop_task(task_id)
        del self.lines[queue_id], self.queues[queue_id]
        self.pool.drop_queue(queue_id)
        return True

    def put_task(self, task: TaskFacts) -> bool:
        """Take in a task of a known queue; tell whether anything is new."""
        if self.tasks.get(task.id) == task:
            return False
        self.drop_task(task.id)
        self.tasks[task.id] = task
        key = self._key(task)
        self.lines[task.queue].put(key, offered=task.offered_to is not None)
        if task.offered_to is None:
            self._touched_tasks.add(task.id)
            if task.wanted_agent is not None:
                self._wanted.setdefault(task.wanted_agent, []).append(key)
                self._wanted[task.wanted_agent].sort()
            for until in task.refused.values():
                heappush(self._due, (until, task.id))
        return True

    def drop_task(self, task_id: str) -> bool:
        """Forget a task: it is in good hands, or gone. Tell whether it was known."""
        task = self.tasks.get(task_id)
        if task is None:
            return False
        key = self._key(task)
        self.lines[task.queue].drop(key)
        self._forget_wish(task, key)
        del self.tasks[task_id]
        return True

    # Decisions out

    def decide(self, now: float) -> list[Decision]:
        """Match what was touched, in the order of turns."""
        self._ring(now)
        claims: list[Claim] = [
            (self._key(self.tasks[task_id]), "")
            for task_id in self._touched_tasks
            if task_id in self.tasks
        ]
        for agent_id in self._touched_agents:
            claims.extend(self._claims_of(agent_id, now))
        self._touched_tasks.clear()
        self._touched_agents.clear()
        heapify(claims)
        decisions: list[Decision] = []
        while claims:
            key, agent_id = heappop(claims)
            if self._waits(key[1]):
                decisions.extend(self._match(self.tasks[key[1]], now))
            if agent_id:
                for claim in self._claims_of(agent_id, now):
                    heappush(claims, claim)
        return decisions

    @property
    def is_touched(self) -> bool:
        """Whether there is anything to decide."""
        return bool(self._touched_tasks or self._touched_agents)

    def next_due(self) -> float | None:
        """Return when a task may be taken again by somebody who refused it, if one is waiting."""
        return self._due[0][0] if self._due else None

    def covered(self, queue_id: str) -> bool:
        """Tell whether anybody at all, here or not, has what a queue requires."""
        return bool(self.pool.able(queue_id))

    # How

    def _key(self, task: TaskFacts) -> Key:
        return turn(task, self.queues[task.queue])

    def _waits(self, task_id: str) -> bool:
        task = self.tasks.get(task_id)
        return task is not None and task.offered_to is None

    def _ring(self, now: float) -> None:
        while self._due and self._due[0][0] <= now:
            _, task_id = heappop(self._due)
            if self._waits(task_id):
                self._touched_tasks.add(task_id)

    def _claims_of(self, agent_id: str, now: float) -> Iterable[Claim]:
        """Yield whose turn it is with an agent who has room: the first whom they may take."""
        agent = self.pool.agents.get(agent_id)
        if agent is None or not agent.free:
            return

        def suits(task_id: str) -> bool:
            return may_take(self.tasks[task_id], agent_id, now)

        heads = [
            first(line.waiting, suits)
            for queue_id, line in self.lines.items()
            if line.waiting and self.pool.is_able(agent, queue_id)
        ]
        heads.append(first(self._wanted.get(agent_id, ()), suits))
        found = [head for head in heads if head is not None]
        if found:
            yield (min(found), agent_id)

    def _match(self, task: TaskFacts, now: float) -> Iterable[Decision]:
        queue = self.queues[task.queue]
        ranked = sorted(self._candidates(task, queue, now))
        if not ranked:
            return
        agents = [(rank, self.pool.agents[agent_id]) for rank, agent_id in ranked]
        record = (
            explain.record(task, queue, agents, self.pool, self._policy, now)
            if self._explains
            else None
        )
        self._reserve(task, agents[0][1])
        yield Decision(
            task=task.id,
            agent=ranked[0][1],
            offer_timeout_s=queue.offer_timeout_s,
            record=record,
        )

    def _candidates(
        self, task: TaskFacts, queue: QueueFacts, now: float
    ) -> Iterable[tuple[Rank, str]]:
        """Yield the ranks of those worth comparing, nobody twice."""
        seen: set[str] = set()
        for agent in self.pool.heads(queue.id, task.refused):
            seen.add(agent.id)
            yield self._policy.rank(task, queue, agent), agent.id
        named = {task.wanted_agent, task.last_agent, *task.refused} - seen
        for agent in filter(None, (self.pool.agents.get(name) for name in named if name)):
            able = agent.id == task.wanted_agent or self.pool.is_able(agent, queue.id)
            if agent.free and able and may_take(task, agent.id, now):
                yield self._policy.rank(task, queue, agent), agent.id

    def _reserve(self, task: TaskFacts, agent: AgentFacts) -> None:
        key = self._key(task)
        self.lines[task.queue].offer(key)
        self._forget_wish(task, key)
        self.tasks[task.id] = replace(task, offered_to=agent.id)
        self.pool.put(replace(agent, in_hand=agent.in_hand + 1))

    def _forget_wish(self, task: TaskFacts, key: Key) -> None:
        wishes = self._wanted.get(task.wanted_agent or "")
        if wishes is not None:
            remove(wishes, key)
            if not wishes:
                del self._wanted[task.wanted_agent or ""]
