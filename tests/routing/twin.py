"""The engine's twin: it looks at everybody each time and is too simple to be wrong."""

from collections import Counter
from collections.abc import Container, Mapping
from hashlib import blake2b

from msgspec.structs import replace

from routing.engine import Engine
from routing.facts import AGED_TARGETS, TARGET_S, AgentFacts, QueueFacts, TaskFacts, covers
from routing.order import turn
from routing.policy import POLICIES, Fit, Subject, View

PREFERENCES = 0.25


def ages(engine: Engine) -> bool:
    return any(queue.target_s is not None for queue in engine.queues.values())


def age_turn(engine: Engine, task: TaskFacts, now: float) -> tuple[object, ...]:
    return turn(task, engine.queues[task.queue], engine.order, now, ages=ages(engine))


def open_rings(engine: Engine, task: TaskFacts, now: float) -> int:
    """How many rings are open: by age, and those skipped while nobody of the earlier is ready."""
    rings = engine.queues[task.queue].rings
    last = max(n for n, ring in enumerate(rings) if task.queued_at + ring.after_s <= now)
    ready = [agent for agent in engine.pool.agents.values() if agent.ready]
    while last + 1 < len(rings) and rings[last + 1].skip:
        if any(covers(agent.skills, ring.needs) for agent in ready for ring in rings[: last + 1]):
            break
        last += 1
    return last + 1


def room(agent: AgentFacts, queue: QueueFacts) -> bool:
    firm = agent.in_hand - (0 if queue.interruptible else agent.parkable)
    limited = queue.per_agent_max is not None
    if limited and agent.held.get(queue.id, 0) >= (queue.per_agent_max or 0):
        return False
    return agent.ready and firm + queue.units <= agent.capacity


def may(engine: Engine, agent: AgentFacts, task: TaskFacts, now: float) -> bool:
    queue = engine.queues[task.queue]
    if not room(agent, queue) or task.refused.get(agent.id, now) > now:
        return False
    visit = engine.queueing.visits.get(task.id)
    if visit is not None and visit.only is not None:  # who waits alone depends on who came first
        return visit.only == agent.id
    if agent.id == task.wanted_agent:
        return True
    rings = queue.rings[: open_rings(engine, task, now)]
    return any(covers(agent.skills, ring.needs) for ring in rings)


def rank(
    engine: Engine, agents: dict[str, AgentFacts], task: TaskFacts, agent: AgentFacts, last: str
) -> tuple[float, ...]:
    queue, policy = engine.queues[task.queue], POLICIES[engine.queues[task.queue].policy]
    names = sorted(agents)
    before = sum(name < last for name in names) - (last not in agents)
    able = [each for each in agents.values() if serves(each, queue)]
    view = View(
        best_speed=max((speed(each, queue) for each in able), default=1.0),
        slow=(1.0,),
        prices={name: price(engine, agents, name) for name in engine.queues},
        people=len(names),
        after=before,
        draw=draw(task),
    )
    rings = [n for n, ring in enumerate(queue.rings) if covers(agent.skills, ring.needs)]
    level = 0
    if task.language and queue.match_language:
        level = agent.skills.get(f"lang:{task.language}", 0)
    met = sum(agent.skills.get(name, 0) >= least for name, least in queue.preferred.items())
    fit = Fit(
        ring=min(rings, default=0),
        speed=speed(agent, queue),
        others=tuple(
            sorted(
                name
                for name, other in engine.queues.items()
                if name != queue.id and serves(agent, other)
            )
        ),
        unmet=len(queue.preferred) - met,
        language=level,
        foreign=bool(task.language) and queue.match_language and not level,
        skill_place=0,
    )
    subject = Subject(
        agent,
        fit,
        names.index(agent.id),
        has_refused=agent.id in task.refused,
        is_wanted=agent.id == task.wanted_agent,
        is_last=agent.id == task.last_agent,
    )
    return policy.rank(subject, view)


def draw(task: TaskFacts) -> int:
    """What is drawn for a task alone, whoever is there: 48 bits of the hash of its id."""
    return int.from_bytes(blake2b(task.id.encode(), digest_size=6).digest(), "big")


def serves(agent: AgentFacts, queue: QueueFacts) -> bool:
    return any(covers(agent.skills, ring.needs) for ring in queue.rings)


def speed(agent: AgentFacts, queue: QueueFacts) -> float:
    return min((agent.speeds.get(name, 1.0) for name in queue.rings[0].needs), default=1.0)


def price(engine: Engine, agents: dict[str, AgentFacts], name: str) -> float:
    queue = engine.queues[name]
    units = sum(agent.free for agent in agents.values() if serves(agent, queue))
    return queue.load / (units * (units + 1)) if units else 0.0


def settle(engine: Engine, now: float) -> None:
    """Let the engine note who waits for one agent alone, and match nobody yet."""
    for task_id in engine.queueing.settle(now):
        engine.queueing.touch([task_id])


def dealt_last(engine: Engine, queue: QueueFacts) -> str:
    """Who was dealt a task of this queue last; else who of those who serve it took any last."""
    able = [agent for agent in engine.pool.agents.values() if serves(agent, queue)]
    took = sorted((agent.assigned_at, agent.id) for agent in able if agent.assigned_at)
    return took[-1][1] if took else ""


def twin(engine: Engine, now: float, dealt: dict[str, str]) -> list[tuple[str, tuple[str, ...]]]:
    """Go through all who wait in the order of turns and give each the best of all agents."""
    return Round(engine, now, dealt).go()


class Round:
    """Everybody who waits, looked at once."""

    def __init__(self, engine: Engine, now: float, dealt: dict[str, str]) -> None:
        self.engine, self.now, self.dealt = engine, now, dealt
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.kept: set[str] = set()
        self.tried: Counter[str] = Counter()
        self.agents = dict(engine.pool.agents)
        self.waiting = [task for task in engine.tasks.values() if not task.offered_to]
        self.waiting.sort(key=lambda task: age_turn(engine, task, now))

    def go(self) -> list[tuple[str, tuple[str, ...]]]:
        for task in tuple(self.waiting):
            if task in self.waiting and not self.deal(task):
                self.keep_for(task)
        return self.found

    def deal(self, task: TaskFacts) -> bool:
        engine, agents, queue = self.engine, self.agents, self.engine.queues[task.queue]
        last = self.dealt.get(queue.id) or dealt_last(engine, queue)
        open_to = [each for name, each in agents.items() if name not in self.kept]
        able = [agent for agent in open_to if may(engine, agent, task, self.now)]
        if not able:
            return False
        best = sorted(able, key=lambda agent: (rank(engine, agents, task, agent, last), agent.id))
        most = 1 if best[0].id == task.wanted_agent else queue.offers_at_once
        chosen = tuple(agent.id for agent in best[:most])
        for name in chosen:
            agents[name] = holding(agents[name], queue)
        self.dealt[queue.id] = chosen[0]
        self.found.append((task.id, chosen))
        self.waiting.remove(task)
        return True

    def keep_for(self, task: TaskFacts) -> None:
        queue = self.engine.queues[task.queue]
        if not saves(task, queue, self.now) or self.tried[queue.id] >= self.engine.saving.most:
            return
        self.tried[queue.id] += 1
        while best := to_keep(self.engine, self.agents, self.kept, task, self.now):
            if not self.hand_on(best):
                self.kept.add(best)
                break

    def hand_on(self, name: str) -> bool:
        """Give somebody the first whom a colleague hands to them, if there is one."""
        handed = [it for it in self.waiting if it.wanted_agent == name and name not in it.refused]
        able = (it for it in handed if may(self.engine, self.agents[name], it, self.now))
        first = next(able, None)
        return first is not None and self.deal(first)


def saves(task: TaskFacts, queue: QueueFacts, now: float) -> bool:
    """Whether room is saved for a task: of several units, and an emergency, or old."""
    is_old = task.queued_at + AGED_TARGETS * (queue.target_s or TARGET_S) <= now
    return queue.units > 1 and (is_old or task.tier < 0)


def to_keep(
    engine: Engine,
    agents: Mapping[str, AgentFacts],
    kept: Container[str],
    task: TaskFacts,
    now: float,
) -> str | None:
    """Who is kept for a task that fits nobody: the one with the most room, if anybody has any."""
    queue = engine.queues[task.queue]
    others = [agent for name, agent in agents.items() if name not in kept]
    held = [agent for agent in others if agent.in_hand < agent.capacity or agent.parkable]
    later = [
        (-left(agent, queue), agent.assigned_at if agent.in_hand else agent.idle_since, agent.id)
        for agent in held
        if queue.units <= agent.capacity and may(engine, empty(agent, queue), task, now)
    ]
    return sorted(later)[0][-1] if later else None


def left(agent: AgentFacts, queue: QueueFacts) -> int:
    return agent.capacity - agent.in_hand + (0 if queue.interruptible else agent.parkable)


def empty(agent: AgentFacts, queue: QueueFacts) -> AgentFacts:
    """The same agent with all units free, and no fewer tasks of the queue."""
    return replace(agent, in_hand=0, parkable=0)


def reserved(engine: Engine, now: float) -> dict[str, tuple[object, ...]]:
    """Who is kept, and from which turn on, when nobody is matched any more."""
    kept = dict[str, tuple[object, ...]]()
    tried: Counter[str] = Counter()
    waiting = [task for task in engine.tasks.values() if not task.offered_to]
    for task in sorted(waiting, key=lambda task: age_turn(engine, task, now)):
        if saves(task, engine.queues[task.queue], now) and tried[task.queue] < engine.saving.most:
            tried[task.queue] += 1
            best = to_keep(engine, engine.pool.agents, kept, task, now)
            if best is not None:
                kept[best] = age_turn(engine, task, now)
    return kept


def holding(agent: AgentFacts, queue: QueueFacts, more: int = 1) -> AgentFacts:
    held = {**agent.held, queue.id: agent.held.get(queue.id, 0) + more}
    parkable = agent.parkable + more * queue.units if queue.interruptible else agent.parkable
    in_hand = agent.in_hand + more * queue.units
    return replace(agent, in_hand=in_hand, parkable=parkable, held=held)


__all__ = [
    "AGED_TARGETS", "PREFERENCES", "TARGET_S", "age_turn", "holding", "left", "may", "reserved",
    "settle", "twin",
]  # fmt: skip
