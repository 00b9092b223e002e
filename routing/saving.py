"""Whose room is saved for whom, so that a task of several units is not overtaken for ever.

Units come free one by one, and those who need only one take them all. So a task that needs several
*saves* from an age on (``routing.order.saves_at``): when it is its turn and it fits nobody, one
agent is kept for it, and nobody whose turn is later is given anything of theirs. Who is kept is
found anew in every decision, from the facts alone. Of each queue only the first few save, so that a
decision stays cheap however many wait.
"""

from collections.abc import Iterator

from routing.facts import AgentFacts, TaskFacts
from routing.line import Visit
from routing.pool import Pool, firm, idle_key, is_at_limit

SAVE_MAX = 16
"""So many of a queue save at once, the first in turn of those who fit nobody."""


class Saving:
    """Keeps agents for tasks. ``kept``: by agent, for which task, as the last decision left it."""

    def __init__(self, pool: Pool, most: int = SAVE_MAX) -> None:
        self._pool, self.most = pool, most
        self.kept: dict[str, str] = {}
        self._tried: dict[str, set[str]] = {}
        """Who has tried to save, by queue."""

    def begin(self) -> None:
        """Keep nobody any more, and find anew whom to keep."""
        self.kept.clear()
        self._tried.clear()

    def is_open(self, queue_id: str) -> bool:
        """Tell whether more of a queue may save."""
        return len(self._tried.get(queue_id, ())) < self.most

    def tries(self, task: TaskFacts) -> bool:
        """Note that a task tries to save; tell whether it may: once, and few of a queue."""
        tried = self._tried.setdefault(task.queue, set())
        if task.id in tried or len(tried) >= self.most:
            return False
        tried.add(task.id)
        return True

    def best_for(self, task: TaskFacts, visit: Visit, now: float) -> AgentFacts | None:
        """Return whom to keep for a task that fits nobody now: who has the most room for it.

        Of equals who comes first in a row, then the smallest id.
        """
        queue, able = visit.stand.queue, self._able(task, visit, now)
        return min(able, key=lambda it: (firm(it, queue) - it.capacity, idle_key(it)), default=None)

    def lets_in(self, agent: AgentFacts, task: TaskFacts, visit: Visit, now: float) -> bool:
        """Tell whether an agent may take a waiting task, room aside."""
        if not agent.ready or task.refused.get(agent.id, now) > now:
            return False
        if visit.only is not None:
            return visit.only == agent.id
        if agent.id == task.wanted_agent:
            return True
        return bool(self._pool.where[agent.id].bit & visit.stand.mask)

    def _able(self, task: TaskFacts, visit: Visit, now: float) -> Iterator[AgentFacts]:
        """Yield who may be kept: of each row only the first, and of each profile the best row."""
        agents = self._pool.agents
        for name in {visit.only or task.wanted_agent}:
            if name in agents and self._could(agents[name], task, visit, now):
                yield agents[name]
        for profile in self._pool.profiles(visit.stand.mask & self._pool.free):
            if visit.only is not None or profile.capacity < visit.stand.queue.units:
                continue
            for row in profile.rows:
                able = (agents[name] for _, name in row)
                first = next((it for it in able if self._could(it, task, visit, now)), None)
                if first is not None:
                    yield first
                    break
            parking = (agents[name] for _, name in profile.parking)
            yield from (it for it in parking if self._could(it, task, visit, now))

    def _could(self, agent: AgentFacts, task: TaskFacts, visit: Visit, now: float) -> bool:
        """Tell whether an agent has what may be saved, and may take a task once that is enough."""
        queue = visit.stand.queue
        return (
            agent.id not in self.kept
            and (agent.in_hand < agent.capacity or agent.parkable > 0)
            and queue.units <= agent.capacity
            and not is_at_limit(agent, queue)
            and self.lets_in(agent, task, visit, now)
        )
