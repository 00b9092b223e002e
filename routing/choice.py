"""Which agents are worth comparing for a task, and how they rank."""

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import islice

from routing.facts import AgentFacts, QueueFacts, TaskFacts
from routing.line import Visit
from routing.policy import POLICIES, Policy, Rank, Rows, Subject, View
from routing.pool import Profile, has_room
from routing.stands import Service, Stands

Ranked = tuple[Rank, str, Subject]
Named = Container[str | None]


class Prices(Mapping[str, float]):
    """What one free unit less costs each queue: load / (units * (units + 1)), while it has any.

    That is how much longer its customers wait in expectation, up to a common factor (ROUTING.md 5).
    """

    def __init__(self, stands: Stands) -> None:
        self._stands, self._slots = stands.services, stands.pool.slots

    def __getitem__(self, queue_id: str) -> float:
        load = self._stands[queue_id].queue.load
        units = self._slots[queue_id]
        return load / (units * (units + 1)) if units > 0 else 0.0

    def __iter__(self) -> Iterator[str]:
        return iter(self._slots)

    def __len__(self) -> int:
        return len(self._slots)


class Choice:
    """Ranks agents for tasks. ``last`` is who was dealt a task last, of any queue; "" if unknown.

    Who ``explains`` compares the first of every row, also where the best can only be in one.
    """

    def __init__(self, stands: Stands, slow: Sequence[float], *, explains: bool) -> None:
        self._stands, self._pool, self._slow = stands, stands.pool, tuple(slow)
        self._explains = explains
        self._prices = Prices(stands)
        self.last = ""

    @property
    def known_last(self) -> str:
        """Who was dealt a task last; before the first of our own, as far as the facts say."""
        return self.last or _latest(self._pool.agents)

    def view(self, task: TaskFacts, service: Service, policy: Policy) -> View:
        """Return what a policy sees beside the agents."""
        best, names = self._stands.best_speed(service), self._pool.names
        if policy.rows != "everyone":
            return View(best, self._slow, self._prices, len(names), 0, 0)
        last = self.known_last
        after = bisect_left(names, last) - (last not in self._pool.agents)
        return View(best, self._slow, self._prices, len(names), after, _draw(task.id))

    def ranked(self, task: TaskFacts, service: Service, visit: Visit, now: float) -> list[Ranked]:
        """Return those worth comparing, best first."""
        policy = POLICIES[service.queue.policy]
        is_short = policy.rows in {"lowest", "highest"} and not self._explains
        rows: Rows = policy.rows if is_short or policy.rows == "everyone" else "all"
        found = [*self._subjects(task, service, visit, rows, now)]
        if not found:
            return []
        view = self.view(task, service, policy)
        ranked = [(policy.rank(each, view), each.agent.id, each) for each in found]
        ranked.sort()
        return ranked

    def may_take(self, task: TaskFacts, agent: AgentFacts, visit: Visit, now: float) -> bool:
        """Tell whether an agent may be given a waiting task now."""
        service = self._stands.services[task.queue]
        if not agent.ready or not has_room(agent, service.queue):
            return False
        if task.refused.get(agent.id, now) > now:
            return False
        if visit.only is not None:
            return visit.only == agent.id
        if agent.id == task.wanted_agent:
            return True
        return bool(self._pool.where[agent.id].bit & visit.stand.mask)

    def _subjects(
        self, task: TaskFacts, service: Service, visit: Visit, rows: Rows, now: float
    ) -> Iterator[Subject]:
        """Yield everybody worth comparing, nobody twice."""
        named, agents = {task.wanted_agent, task.last_agent, *task.refused}, self._pool.agents
        if visit.only is None:
            for profile in self._pool.profiles(visit.stand.mask & self._pool.free):
                fit = self._stands.fit(profile, service, task.language)
                for agent in _heads(profile, service.queue, rows, agents, named):
                    yield Subject(agent, fit, self._place(agent) if rows == "everyone" else 0)
        for name in named:
            agent = agents.get(name) if name else None
            if agent is not None and self.may_take(task, agent, visit, now):
                yield self._subject(task, service, agent)

    def _subject(self, task: TaskFacts, service: Service, agent: AgentFacts) -> Subject:
        fit = self._stands.fit(self._pool.where[agent.id], service, task.language)
        return Subject(
            agent,
            fit,
            self._place(agent),
            has_refused=agent.id in task.refused,
            is_wanted=agent.id == task.wanted_agent,
            is_last=agent.id == task.last_agent,
        )

    def _place(self, agent: AgentFacts) -> int:
        return bisect_left(self._pool.names, agent.id)


def _heads(
    profile: Profile, queue: QueueFacts, rows: Rows, agents: Mapping[str, AgentFacts], but: Named
) -> Iterator[AgentFacts]:
    """Yield the first of each row that counts, who has room and is not named otherwise.

    As many of a row as are asked at once.
    """
    levels: Iterable[int] = range(profile.capacity)
    if rows == "highest":
        levels = reversed(range(profile.capacity))
    for level in levels:
        if not profile.levels >> level & 1:
            continue
        row = (agents[name] for _, name in profile.rows[level] if name not in but)
        fit = (agent for agent in row if has_room(agent, queue))
        some = fit if rows == "everyone" else islice(fit, queue.offers_at_once)
        found = 0
        for agent in some:
            found += 1
            yield agent
        if found >= queue.offers_at_once and rows in {"lowest", "highest"}:
            break
    for _, name in profile.parking:
        if name not in but and has_room(agents[name], queue):
            yield agents[name]


def _latest(agents: Mapping[str, AgentFacts]) -> str:
    """Return who took a task last, as far as the facts say."""
    took = [(agent.assigned_at, agent.id) for agent in agents.values() if agent.assigned_at]
    return max(took, default=(0.0, ""))[1]


@lru_cache(maxsize=1024)
def _draw(task_id: str) -> int:
    """Return a number below 2^48 that belongs to a task alone, and looks drawn by chance."""
    return int.from_bytes(blake2b(task_id.encode(), digest_size=6).digest(), "big")
