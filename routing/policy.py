"""Who of those able and free should take a task: the smallest rank, then the smallest id.

A policy may compare agents of different skills, capacity or load as it likes. Of agents equal in
them it must prefer the one idle longest: the engine shows it only the first of each such group.
"""

from collections.abc import Mapping
from typing import Protocol

from routing.facts import LANGUAGE, AgentFacts, QueueFacts, TaskFacts

Rank = tuple[float, ...]


class Policy(Protocol):
    """A way to choose."""

    @property
    def name(self) -> str:
        """What queues call it."""
        ...

    @property
    def terms(self) -> tuple[str, ...]:
        """Name the parts of a rank, most important first."""
        ...

    def rank(self, task: TaskFacts, queue: QueueFacts, agent: AgentFacts) -> Rank:
        """Rate an agent who may take the task; smaller is better."""
        ...


class LeastLoaded:
    """Least relative load, then who fits best, then who has been idle longest.

    refused      0 or 1   who declined or missed this task before comes after all others
    wanted       0 or 1   0: a colleague handed the task to this agent
    load         0..1     taken slots / all slots
    last_agent   0 or 1   0: they spoke with this customer last
    language     -5..0    minus their level in the customer's language
    preferred    -n..0    minus the number of preferred skills they have
    idle_since   s        when their last contact ended
    """

    name = "least_loaded"
    terms = ("refused", "wanted", "load", "last_agent", "language", "preferred", "idle_since")

    def rank(self, task: TaskFacts, queue: QueueFacts, agent: AgentFacts) -> Rank:
        """Rate an agent who may take the task; smaller is better."""
        skills = agent.skills
        return (
            float(agent.id in task.refused),
            float(agent.id != task.wanted_agent),
            agent.load,
            float(agent.id != task.last_agent),
            -float(language_level(task, queue, skills)),
            -float(sum(skills.get(key, 0) >= level for key, level in queue.preferred.items())),
            agent.idle_since,
        )


def language_level(task: TaskFacts, queue: QueueFacts, skills: Mapping[str, int]) -> int:
    """Return how well somebody speaks the task's language, 0 to 5; 0 where it does not matter."""
    if task.language is None or not queue.match_language:
        return 0
    exact = skills.get(LANGUAGE + task.language.lower(), 0)
    return exact or skills.get(LANGUAGE + task.language.lower().split("-")[0], 0)


DEFAULT: Policy = LeastLoaded()
POLICIES: Mapping[str, Policy] = {DEFAULT.name: DEFAULT}
