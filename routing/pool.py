"""The agents' side of the engine: who could take a task, found without asking everybody.

Agents with the same skills, speeds and capacity share a *profile*; inside it those with the same
load stand in a row, longest idle first. Sets of profiles are the bits of an integer, so that "who
has room and may take this" is one ``&``. Choosing looks at the heads of rows only (ROUTING.md 4).
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from routing.facts import AgentFacts, QueueFacts, covers
from routing.policy import Fit

ProfileKey = tuple[frozenset[tuple[str, int]], frozenset[tuple[str, float]], tuple[str, ...], int]
Row = list[tuple[float, str]]


class Profile:
    """Agents who can do the same. ``rows[load]`` are the ready ones with room.

    ``parking`` are those whose work may in part be interrupted: what they have room for depends.
    ``serves`` are the stands they may take from, as bits; ``stands`` those of them that were looked
    at last, ``seen`` as bits. ``queues`` are those they may ever serve.
    """

    __slots__ = (
        "bit",
        "capacity",
        "fits",
        "index",
        "key",
        "levels",
        "members",
        "parking",
        "primary",
        "queues",
        "ready",
        "rows",
        "seen",
        "serves",
        "skills",
        "speeds",
        "stands",
    )

    def __init__(self, key: ProfileKey, index: int, agent: AgentFacts) -> None:
        self.key, self.index, self.bit = key, index, 1 << index
        self.skills, self.speeds = agent.skills, agent.speeds
        self.primary, self.capacity = agent.primary, agent.capacity
        self.members = self.ready = self.levels = self.serves = 0
        self.rows: list[Row] = [[] for _ in range(agent.capacity)]
        self.seen, self.stands = 0, tuple[int, ...]()
        self.parking: Row = []
        self.queues: list[str] = []
        self.fits: dict[tuple[str, str | None], Fit] = {}


class Pool:
    """All agents and their profiles. ``free`` and ``ready`` are sets of profiles, as bits.

    ``came`` and ``went`` hear of profiles: the first before anybody of it is counted.
    """

    def __init__(self, came: Callable[[Profile], None], went: Callable[[Profile], None]) -> None:
        self._came, self._went = came, went
        self.agents: dict[str, AgentFacts] = {}
        self.by_index: dict[int, Profile] = {}
        self.where: dict[str, Profile] = {}
        self.free = self.ready = 0
        self.slots: dict[str, int] = {}
        """Free units open to each queue, in its last ring."""
        self.prices: dict[str, float] = {}
        """What one free unit less costs each queue: load / (units * (units + 1)), while it has any.

        That is how much longer its customers wait in expectation, up to a common factor
        (ROUTING.md 5)."""
        self._loads: dict[str, float] = {}
        self._owed: dict[Profile, int] = {}
        self.names: list[str] = []
        """All ids, sorted."""
        self.version = 0
        """Grows when a profile comes or goes."""
        self._by_key: dict[ProfileKey, Profile] = {}
        self._spare: list[int] = []

    def put(self, agent: AgentFacts) -> None:
        """Take in an agent, or what has changed about them."""
        old = self.agents.get(agent.id)
        if old is None:
            insort(self.names, agent.id)
        elif _is_alike(old, agent):
            self.move(agent)
            return
        else:
            self._forget(old)
        key = profile_key(agent)
        profile = self._by_key.get(key) or self._add(key, agent)
        profile.members += 1
        self.agents[agent.id] = agent
        self.where[agent.id] = profile
        self._enter(profile, agent)

    def move(self, agent: AgentFacts) -> None:
        """Take in what has changed about an agent who can do the same as before."""
        old = self.agents[agent.id]
        if old.ready and agent.ready:
            self.hold(agent)
        else:
            profile = self.where[agent.id]
            self.agents[agent.id] = agent
            self._leave(profile, old)
            self._enter(profile, agent)

    def hold(self, agent: AgentFacts) -> None:
        """Take in what an agent holds now, and since when; nothing else has changed."""
        name = agent.id
        old, profile = self.agents[name], self.where[name]
        self.agents[name] = agent
        before, after = profile.capacity - old.in_hand, profile.capacity - agent.in_hand
        if before <= 0 and after <= 0 and not (old.parkable or agent.parkable):
            return
        if agent.ready:
            if before > 0 or old.parkable:
                self._leave_row(profile, old)
            if after > 0 or agent.parkable:
                self._enter_row(profile, agent)
            room = (after if after > 0 else 0) - (before if before > 0 else 0)
            if room:
                self._owed[profile] = self._owed.get(profile, 0) + room

    def drop(self, agent_id: str) -> bool:
        """Forget an agent; tell whether they were known."""
        agent = self.agents.get(agent_id)
        if agent is None:
            return False
        self._forget(agent)
        del self.agents[agent_id], self.names[bisect_left(self.names, agent_id)]
        return True

    def profiles(self, mask: int) -> Iterator[Profile]:
        """Return the profiles of a set, by number."""
        return map(self.by_index.__getitem__, numbers(mask))

    def covering(self, needs: Mapping[str, int]) -> int:
        """Return the set of profiles that have all that is needed."""
        return sum(each.bit for each in self.by_index.values() if covers(each.skills, needs))

    def set_queue(self, queue_id: str, mask: int, load: float) -> None:
        """Note which profiles may ever serve a queue, and its load in erlangs."""
        self.settle()
        slots = 0
        for profile in self.by_index.values():
            serves = bool(profile.bit & mask)
            if serves != (queue_id in profile.queues):
                (profile.queues.append if serves else profile.queues.remove)(queue_id)
            if serves:
                slots += self._slots(profile)
        self._loads[queue_id], self.slots[queue_id] = load, slots
        self.prices[queue_id] = load / (slots * (slots + 1)) if slots > 0 else 0.0

    def settle(self) -> None:
        """Bring ``slots`` and ``prices`` up to date; what was taken and given back cost nothing."""
        slots, prices, loads = self.slots, self.prices, self._loads
        for profile, room in self._owed.items():
            for queue_id in profile.queues if room else ():
                units = slots[queue_id] = slots[queue_id] + room
                prices[queue_id] = loads[queue_id] / (units * (units + 1)) if units > 0 else 0.0
        self._owed.clear()

    def drop_queue(self, queue_id: str) -> None:
        """Forget a queue."""
        self.set_queue(queue_id, 0, 0.0)
        del self.slots[queue_id], self.prices[queue_id], self._loads[queue_id]

    def _slots(self, profile: Profile) -> int:
        rows = sum((profile.capacity - load) * len(row) for load, row in enumerate(profile.rows))
        return rows + sum(self.agents[name].free for _, name in profile.parking)

    def _enter(self, profile: Profile, agent: AgentFacts) -> None:
        if agent.ready:
            profile.ready += 1
            self.ready |= profile.bit
            self._enter_row(profile, agent)
            self._count(profile, agent.free)

    def _leave(self, profile: Profile, agent: AgentFacts) -> None:
        if agent.ready:
            profile.ready -= 1
            if not profile.ready:
                self.ready &= ~profile.bit
            self._leave_row(profile, agent)
            self._count(profile, -agent.free)

    def _enter_row(self, profile: Profile, agent: AgentFacts) -> None:
        if agent.parkable:
            insort(profile.parking, idle_key(agent))
        elif agent.in_hand < profile.capacity:
            insort(profile.rows[agent.in_hand], idle_key(agent))
            profile.levels |= 1 << agent.in_hand
        else:
            return
        self.free |= profile.bit

    def _leave_row(self, profile: Profile, agent: AgentFacts) -> None:
        if agent.parkable:
            del profile.parking[bisect_left(profile.parking, idle_key(agent))]
        elif agent.in_hand < profile.capacity:
            row = profile.rows[agent.in_hand]
            del row[bisect_left(row, idle_key(agent))]
            if not row:
                profile.levels &= ~(1 << agent.in_hand)
        if not profile.levels and not profile.parking:
            self.free &= ~profile.bit

    def _count(self, profile: Profile, room: int) -> None:
        """Note that a profile has so many free units more."""
        self._owed[profile] = self._owed.get(profile, 0) + room

    def _forget(self, agent: AgentFacts) -> None:
        profile = self.where.pop(agent.id)
        self._leave(profile, agent)
        profile.members -= 1
        if not profile.members:
            self.settle()
            del self._by_key[profile.key], self.by_index[profile.index]
            self._spare.append(profile.index)
            self.version += 1
            self._went(profile)

    def _add(self, key: ProfileKey, agent: AgentFacts) -> Profile:
        index = self._spare.pop() if self._spare else len(self.by_index)
        profile = Profile(key, index, agent)
        self._by_key[key] = self.by_index[index] = profile
        self.version += 1
        self._came(profile)
        return profile


@lru_cache(maxsize=512)
def numbers(bits: int) -> tuple[int, ...]:
    """Return the numbers of the bits that are set, the lowest first."""
    found: list[int] = []
    while bits:
        low = bits & -bits
        bits ^= low
        found.append(low.bit_length() - 1)
    return tuple(found)


def idle_key(agent: AgentFacts) -> tuple[float, str]:
    """Return what rows go by: the longest idle first, of the busy the least recently given work."""
    return (agent.assigned_at if agent.in_hand else agent.idle_since, agent.id)


def has_room(agent: AgentFacts, queue: QueueFacts) -> bool:
    """Tell whether somebody could hold one more task of a queue, whoever may be parked for it."""
    held = agent.in_hand if queue.interruptible else agent.in_hand - agent.parkable
    return held + queue.units <= agent.capacity and (
        queue.per_agent_max is None or not is_at_limit(agent, queue)
    )


def firm(agent: AgentFacts, queue: QueueFacts) -> int:
    """Return how many units somebody holds that a task of a queue cannot have."""
    return agent.in_hand if queue.interruptible else agent.in_hand - agent.parkable


def is_at_limit(agent: AgentFacts, queue: QueueFacts) -> bool:
    """Tell whether somebody holds as many of a queue as it lets anybody."""
    most = queue.per_agent_max
    return most is not None and agent.held.get(queue.id, 0) >= most


def profile_key(agent: AgentFacts) -> ProfileKey:
    """Return what agents of a profile have in common."""
    skills, speeds = frozenset(agent.skills.items()), frozenset(agent.speeds.items())
    return (skills, speeds, agent.primary, agent.capacity)


def _is_alike(old: AgentFacts, new: AgentFacts) -> bool:
    """Tell whether an agent is of the same profile as before."""
    return (
        (old.skills is new.skills or old.skills == new.skills)
        and (old.speeds is new.speeds or old.speeds == new.speeds)
        and old.capacity == new.capacity
        and old.primary == new.primary
    )
