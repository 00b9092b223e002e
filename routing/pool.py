"""The agents' side of the engine: who could take a task of a queue, found without asking everybody.

Agents with the same skills and capacity share a *profile*; inside it those with the same load stand
in a row, longest idle first. Choosing looks at the heads of these rows only.
"""

from bisect import bisect_left, insort
from collections.abc import Collection, Iterator, Mapping

from routing.facts import AgentFacts, QueueFacts, covers

ProfileKey = tuple[frozenset[tuple[str, int]], int]
Row = list[tuple[float, str]]


class Profile:
    """Agents who can do the same. ``rows[load]`` are those who have room, longest idle first."""

    __slots__ = ("capacity", "members", "ready", "rows", "skills")

    def __init__(self, skills: Mapping[str, int], capacity: int) -> None:
        self.skills = dict(skills)
        self.capacity = capacity
        self.members = 0
        self.ready = 0
        self.rows: list[Row] = [[] for _ in range(capacity)]


class Pool:
    """All agents, their profiles, and which profiles each queue may use."""

    def __init__(self) -> None:
        self.agents: dict[str, AgentFacts] = {}
        self.profiles: dict[ProfileKey, Profile] = {}
        self._queues: dict[str, QueueFacts] = {}
        self._able: dict[str, dict[ProfileKey, Profile]] = {}

    def put(self, agent: AgentFacts) -> None:
        """Take in an agent, or what has changed about them."""
        self.drop(agent.id)
        key = _profile_key(agent)
        profile = self.profiles.get(key)
        if profile is None:
            profile = self._add_profile(key, agent)
        self.agents[agent.id] = agent
        profile.members += 1
        profile.ready += agent.ready
        if agent.free:
            insort(profile.rows[agent.in_hand], (agent.idle_since, agent.id))

    def drop(self, agent_id: str) -> None:
        """Forget an agent."""
        agent = self.agents.pop(agent_id, None)
        if agent is None:
            return
        key = _profile_key(agent)
        profile = self.profiles[key]
        profile.members -= 1
        profile.ready -= agent.ready
        if agent.free:
            row = profile.rows[agent.in_hand]
            del row[bisect_left(row, (agent.idle_since, agent.id))]
        if not profile.members:
            self._drop_profile(key)

    def put_queue(self, queue: QueueFacts) -> None:
        """Find out which profiles may serve a queue."""
        self._queues[queue.id] = queue
        self._able[queue.id] = {
            key: profile
            for key, profile in self.profiles.items()
            if covers(profile.skills, queue.required)
        }

    def drop_queue(self, queue_id: str) -> None:
        """Forget a queue."""
        self._queues.pop(queue_id, None)
        self._able.pop(queue_id, None)

    def able(self, queue_id: str) -> Mapping[ProfileKey, Profile]:
        """Return the profiles with all that a queue requires."""
        return self._able[queue_id]

    def is_able(self, agent: AgentFacts, queue_id: str) -> bool:
        """Tell whether an agent has all that a queue requires."""
        return _profile_key(agent) in self._able[queue_id]

    def heads(self, queue_id: str, but: Collection[str]) -> Iterator[AgentFacts]:
        """Yield the longest idle of each profile and load who could serve a queue now."""
        for profile in self.able(queue_id).values():
            for row in profile.rows:
                for _, agent_id in row:
                    if agent_id not in but:
                        yield self.agents[agent_id]
                        break

    def _add_profile(self, key: ProfileKey, agent: AgentFacts) -> Profile:
        profile = self.profiles[key] = Profile(agent.skills, agent.capacity)
        for queue_id, queue in self._queues.items():
            if covers(profile.skills, queue.required):
                self._able[queue_id][key] = profile
        return profile

    def _drop_profile(self, key: ProfileKey) -> None:
        del self.profiles[key]
        for able in self._able.values():
            able.pop(key, None)


def _profile_key(agent: AgentFacts) -> ProfileKey:
    return (frozenset(agent.skills.items()), agent.capacity)
