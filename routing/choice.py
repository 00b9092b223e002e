"""Which agents are worth comparing for a task, and how they rank."""

from bisect import bisect_left, insort
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import islice

from routing.facts import AgentFacts, QueueFacts, TaskFacts
from routing.line import Visit
from routing.policy import POLICIES, Policy, Rank, Rows, Subject, View
from routing.pool import Profile, Row, has_room, idle_key
from routing.saving import Saving
from routing.stands import Service, Stands

Ranked = tuple[Rank, str, Subject]
Named = Container[str | None]

ALL = ""
"""All queues together, where otherwise one is named."""


class Choice:
    """Ranks agents for tasks. ``last`` is who was dealt a task of each queue last, ``ALL`` of any.

    Who ``explains`` compares the first of every row, also where the best can only be in one, and
    the second of the best row: else of two equals the record would not know what decided.
    """

    def __init__(
        self, stands: Stands, saving: Saving, slow: Sequence[float], *, explains: bool
    ) -> None:
        self._saving, self._kept = saving, saving.kept
        self._stands, self._pool, self._slow = stands, stands.pool, tuple(slow)
        self._explains, self._wants_best = explains, not (explains or stands.order.is_personal)
        self._prices = stands.pool.prices
        self.last: dict[str, str] = {}

    def dealt(self, queue_id: str, agent_id: str) -> None:
        """Note who was dealt a task of a queue."""
        self.last[queue_id] = self.last[ALL] = agent_id

    def known_last(self, queue_id: str) -> str:
        """Return who was dealt a task of a queue last, so that a round robin goes on there.

        Before the first of our own, as far as the facts say: who of those who may ever serve it
        took a task last, of whatever queue; "" if unknown.
        """
        return self.last.get(queue_id) or self._latest(self._stands.services[queue_id].everybody)

    def _latest(self, mask: int) -> str:
        agents, where = self._pool.agents.values(), self._pool.where
        took = [
            (agent.assigned_at, agent.id)
            for agent in agents
            if agent.assigned_at and where[agent.id].bit & mask
        ]
        return max(took, default=(0.0, ""))[1]

    def view(self, task: TaskFacts, service: Service, policy: Policy) -> View:
        """Return what a policy sees beside the agents."""
        self._pool.settle()
        best, names = self._stands.best_speed(service), self._pool.names
        if policy.rows != "everyone":
            return View(best, self._slow, self._prices, len(names), 0, 0)
        last = self.last.get(ALL, "") if policy.is_of_shop else self.known_last(service.queue.id)
        after = bisect_left(names, last) - (last not in self._pool.agents)
        return View(best, self._slow, self._prices, len(names), after, _draw(task.id))

    def ranked(self, task: TaskFacts, service: Service, visit: Visit, now: float) -> list[Ranked]:
        """Return those worth comparing, best first; only the best where that is all that counts."""
        names_somebody = task.names_somebody
        only = None if self._explains or names_somebody else self._only(task, service, visit)
        if only is not None:
            return [((), only.agent.id, only)]
        policy = POLICIES[service.queue.policy]
        is_short = policy.rows in {"lowest", "highest"} and not self._explains
        rows: Rows = policy.rows if is_short or policy.rows == "everyone" else "all"
        found = self._subjects(task, service, visit, rows)
        if names_somebody:
            found += self._named(task, service, visit, now)
        view = self.view(task, service, policy)
        rank = policy.rank
        ranked = [(rank(each, view), each.agent.id, each) for each in found]
        if self._wants_best and ranked and service.queue.offers_at_once == 1:
            return [min(ranked)]
        ranked.sort()
        if self._explains and ranked and rows == "all" and service.queue.offers_at_once == 1:
            second = self._second(task, service, ranked[0][2])
            if second is not None:
                insort(ranked, (policy.rank(second, view), second.agent.id, second))
        return ranked

    def _second(self, task: TaskFacts, service: Service, best: Subject) -> Subject | None:
        """Return who comes next in the row of the best, unless all of it are compared already."""
        agents, agent = self._pool.agents, best.agent
        named: Named = ()
        if task.names_somebody:
            named = {task.wanted_agent, task.last_agent, *task.refused}
        if agent.parkable or agent.id in named:
            return None
        row = self._pool.where[agent.id].rows[agent.in_hand]
        for _, name in islice(row, bisect_left(row, idle_key(agent)) + 1, None):
            if name in named or name in self._kept:
                continue
            if has_room(agents[name], service.queue):
                return Subject(agents[name], best.fit, 0)
        return None

    def _only(self, task: TaskFacts, service: Service, visit: Visit) -> Subject | None:
        """Return the only agent with room, as is the rule where many wait; else None."""
        mask = visit.stand.mask & self._pool.free
        if visit.only is not None or mask & (mask - 1) or not mask or self._kept:
            return None
        profile = self._pool.by_index[mask.bit_length() - 1]
        level = profile.levels.bit_length() - 1
        if profile.parking or profile.levels != 1 << level or len(profile.rows[level]) > 1:
            return None
        agent = self._pool.agents[profile.rows[level][0][1]]
        if not visit.stand.is_plain and not has_room(agent, service.queue):
            return None
        fit = profile.fits.get((service.queue.id, task.language))
        return Subject(agent, fit or self._stands.fit(profile, service, task.language))

    def may_take(self, task: TaskFacts, agent: AgentFacts, visit: Visit, now: float) -> bool:
        """Tell whether an agent may be given a waiting task now."""
        service = self._stands.services[task.queue]
        if agent.id in self._kept or not has_room(agent, service.queue):
            return False
        return self._saving.lets_in(agent, task, visit, now)

    def _subjects(
        self, task: TaskFacts, service: Service, visit: Visit, rows: Rows
    ) -> list[Subject]:
        """Return everybody worth comparing but those whom the task names, and who is kept."""
        mask = visit.stand.mask & self._pool.free
        if not mask or visit.only is not None:
            return []
        agents, language = self._pool.agents, task.language
        but: Named = self._kept
        key = (service.queue.id, language)
        if task.names_somebody:
            but = {task.wanted_agent, task.last_agent, *task.refused, *self._kept}
        is_short = rows == "lowest" and visit.stand.is_plain and service.queue.offers_at_once == 1
        found: list[Subject] = []
        for profile in self._pool.profiles(mask):
            fit = profile.fits.get(key) or self._stands.fit(profile, service, language)
            if is_short and not profile.parking:
                levels = profile.levels
                name = profile.rows[(levels & -levels).bit_length() - 1][0][1]
                if name not in but:
                    found.append(Subject(agents[name], fit))
                    continue
            for name in _heads(profile, service.queue, rows, agents, but):
                place = self._place(name) if rows == "everyone" else 0
                found.append(Subject(agents[name], fit, place))
        return found

    def _named(
        self, task: TaskFacts, service: Service, visit: Visit, now: float
    ) -> Iterator[Subject]:
        """Yield those whom a task names and who may take it."""
        for name in {task.wanted_agent, task.last_agent, *task.refused}:
            agent = self._pool.agents.get(name) if name else None
            if agent is not None and self.may_take(task, agent, visit, now):
                yield self._subject(task, service, agent)

    def _subject(self, task: TaskFacts, service: Service, agent: AgentFacts) -> Subject:
        fit = self._stands.fit(self._pool.where[agent.id], service, task.language)
        return Subject(
            agent,
            fit,
            self._place(agent.id),
            has_refused=agent.id in task.refused,
            is_wanted=agent.id == task.wanted_agent,
            is_last=agent.id == task.last_agent,
        )

    def _place(self, name: str) -> int:
        return bisect_left(self._pool.names, name)


def asked(ranked: Sequence[Ranked], queue: QueueFacts) -> tuple[str, ...]:
    """Return who is asked: as many as the queue says; whom a colleague named, first and alone."""
    _, name, best = ranked[0]
    if best.is_wanted or queue.offers_at_once == 1:
        return (name,)
    return tuple([name for _, name, _ in ranked[: queue.offers_at_once]])


def _heads(
    profile: Profile, queue: QueueFacts, rows: Rows, agents: Mapping[str, AgentFacts], but: Named
) -> Iterator[str]:
    """Yield the first of each row that counts, who has room and is not named otherwise.

    As many of a row as are asked at once.
    """

    def suits(name: str) -> bool:
        return name not in but and has_room(agents[name], queue)

    levels: Iterable[Row] = reversed(profile.rows) if rows == "highest" else profile.rows
    asked = 0
    for row in levels:
        able = (name for _, name in row if suits(name))
        found = list(able) if rows == "everyone" else list(islice(able, queue.offers_at_once))
        yield from found
        asked += len(found)
        if asked >= queue.offers_at_once and rows in {"lowest", "highest"}:
            break
    yield from (name for _, name in profile.parking if suits(name))


@lru_cache(maxsize=1024)
def _draw(task_id: str) -> int:
    """Return a number below 2^48 that belongs to a task alone, and looks drawn by chance."""
    return int.from_bytes(blake2b(task_id.encode(), digest_size=6).digest(), "big")
