"""Who may take from which queue, and which skills a queue lacks. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from routing.facts import Ring, covers
from server.protocol.live import LiveAgent
from server.services.assignment.facts import rings
from storage.people import QueueFacts

Skills = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Takers:
    """How many may take from a queue: in the end, now, and with room; and what it lacks."""

    able: int = 0
    ready: int = 0
    free: int = 0
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a queue asks of agents."""

    rings: tuple[Ring, ...]
    units: int


@dataclass(slots=True)
class Cover:
    """Queues and skills as they were read last. Those with the same skills are looked at once."""

    asked: Mapping[str, Asked] = field(default_factory=dict[str, Asked])
    skills: Mapping[UUID, Skills] = field(default_factory=dict[UUID, Skills])
    serves: Mapping[str, list[str]] = field(default_factory=dict[str, list[str]])

    @classmethod
    def of(cls, queues: Sequence[QueueFacts], skills: Mapping[UUID, Skills]) -> "Cover":
        """Find out which queues each agent may take from, sooner or later."""
        by_id = {str(each.id): each for each in queues}
        asked = {key: Asked(rings(each, by_id), each.units) for key, each in by_id.items()}
        known: dict[frozenset[tuple[str, int]], list[str]] = {}
        serves: dict[str, list[str]] = {}
        for agent_id, levels in skills.items():
            mark = frozenset(levels.items())
            if mark not in known:
                known[mark] = [key for key, each in asked.items() if _may_take(levels, each)]
            serves[str(agent_id)] = known[mark]
        return cls(asked, skills, serves)

    def takers(self, agents: Iterable[LiveAgent]) -> dict[str, Takers]:
        """Count for each queue those who may take from it."""
        able, ready, free = Counter[str](), Counter[str](), Counter[str]()
        at_work: list[Skills] = []
        for agent in agents:
            able.update(agent.serves)
            if not is_ready(agent):
                continue
            ready.update(agent.serves)
            room = agent.capacity - agent.taken
            free.update(key for key in agent.serves if room >= self._units(key))
            at_work.append(self.skills.get(UUID(agent.id), {}))
        best = _best(at_work)
        return {
            key: Takers(able[key], ready[key], free[key], _lacks(each, best, anybody=bool(at_work)))
            for key, each in self.asked.items()
        }

    def _units(self, queue_id: str) -> int:
        asked = self.asked.get(queue_id)
        return 1 if asked is None else asked.units


def is_ready(agent: LiveAgent) -> bool:
    """Tell whether anything would be offered to an agent, room aside."""
    return agent.here and agent.status == "available" and agent.responding and not agent.idle


def _may_take(levels: Skills, asked: Asked) -> bool:
    return any(covers(levels, ring.needs) for ring in asked.rings)


def _best(skills: Iterable[Skills]) -> dict[str, int]:
    """Return the highest level of each skill among some."""
    best: dict[str, int] = {}
    for levels in skills:
        for key, level in levels.items():
            best[key] = max(level, best.get(key, 0))
    return best


def _lacks(asked: Asked, best: Skills, *, anybody: bool) -> tuple[str, ...]:
    """Return what is asked for at once and nobody has at that level, of those at work."""
    if not anybody:
        return ()  # it is people that are missing, not skills
    needs = asked.rings[0].needs
    return tuple(sorted(key for key, level in needs.items() if best.get(key, 0) < level))
