"""How agents divide themselves among the tasks in hand.

Who holds ``n`` tasks works at each of them at speed ``slow[n - 1]``. Every agent has a clock that
shows how much work each task has had since it was zero; a task is done when the clock shows its
mark. So whatever comes or goes, only the next end of that agent has to be reckoned anew.
"""

from collections.abc import Sequence
from heapq import heappop, heappush
from math import inf


class Sharing:
    """The work in hand of all agents, by their numbers."""

    __slots__ = ("_clock", "_marks", "_next", "_seen", "_slow")

    def __init__(self, agents: int, slow: Sequence[float], most: int) -> None:
        self._slow = (*slow, *[slow[-1]] * (most - len(slow)))
        self._clock = [0.0] * agents
        self._seen = [0.0] * agents
        self._marks: list[list[tuple[float, int]]] = [[] for _ in range(agents)]
        self._next = [inf] * agents

    def begin(self, agent: int, task: int, work: float, now: float) -> float:
        """Take a task in hand; return when the first of this agent's tasks will be done."""
        marks = self._marks[agent]
        if marks:
            passed = (now - self._seen[agent]) * self._slow[len(marks) - 1]
            self._clock[agent] += passed
        else:
            self._clock[agent] = 0.0
        self._seen[agent] = now
        heappush(marks, (self._clock[agent] + work, task))
        return self._reckon(agent, now)

    def end(self, agent: int, now: float) -> int | None:
        """Return the task that is done now; None where things changed since it was reckoned."""
        if self._next[agent] != now:
            return None
        mark, task = heappop(self._marks[agent])
        self._clock[agent], self._seen[agent], self._next[agent] = mark, now, inf
        return task

    def upcoming(self, agent: int, now: float) -> float:
        """Return when the next task will be done; infinity if there is none, or it is known."""
        if self._marks[agent] and self._next[agent] == inf:
            return self._reckon(agent, now)
        return inf

    def _reckon(self, agent: int, now: float) -> float:
        marks = self._marks[agent]
        left = marks[0][0] - self._clock[agent]
        self._next[agent] = at = now + left / self._slow[len(marks) - 1]
        return at
