"""How fast each agent is at what, learned from their handle times.

A contact of an agent in a queue took ``ratio`` times as long as the queue takes on average. The
mean ratio of an agent at a skill is drawn towards 1 as if ``PRIOR`` more contacts had been average
(shrinkage: an empirical-Bayes estimate). Their speed is its inverse. A speed counts only once there
are ``CONTACTS_MIN`` contacts and the difference is worth it, and in steps, so that agents who are
alike stay alike: they share a profile.
"""

from collections.abc import Iterable, Mapping
from math import exp, log

from msgspec import Struct

PRIOR = 30.0
"""So many average contacts are thought of beside those that were measured."""

CONTACTS_MIN = 30
"""With fewer contacts nothing is said (ROUTING.md 5)."""

DIFFERENCE_MIN = 0.15
"""A smaller difference from the average is not acted on (ROUTING.md 5)."""

STEP = log(1.1)
"""Speeds go in steps of a tenth."""

SPEED_RANGE = (0.5, 2.0)
"""Nobody is taken to be slower or faster than that, whatever was measured."""


class Sample(Struct, frozen=True):
    """Contacts of an agent in a queue: how many, and how long they took on average, in seconds."""

    agent: str
    queue: str
    contacts: int
    mean_s: float


def speeds(
    samples: Iterable[Sample], means_s: Mapping[str, float], needs: Mapping[str, Iterable[str]]
) -> dict[str, dict[str, float]]:
    """Return agent → skill → speed, where it differs enough from 1 to count.

    ``means_s`` is the mean handle time of each queue over all agents, ``needs`` the skills that it
    asks for: what an agent does in a queue tells about each of them.
    """
    seen: dict[tuple[str, str], tuple[int, float]] = {}
    for sample in samples:
        mean_s = means_s.get(sample.queue, 0.0)
        if mean_s <= 0 or sample.contacts <= 0:
            continue
        ratios = sample.contacts * sample.mean_s / mean_s
        for skill in needs.get(sample.queue, ()):
            count, total = seen.get((sample.agent, skill), (0, 0.0))
            seen[sample.agent, skill] = (count + sample.contacts, total + ratios)
    found: dict[str, dict[str, float]] = {}
    for (agent, skill), (count, total) in sorted(seen.items()):
        learned = speed(count, total)
        if learned != 1.0:
            found.setdefault(agent, {})[skill] = learned
    return found


def speed(contacts: int, ratios: float) -> float:
    """Return the speed of somebody whose ``contacts`` took ``ratios`` average times altogether."""
    if contacts < CONTACTS_MIN:
        return 1.0
    shrunk = (contacts + PRIOR) / (ratios + PRIOR)
    if abs(shrunk - 1) < DIFFERENCE_MIN:
        return 1.0
    low, high = SPEED_RANGE
    return round(min(high, max(low, exp(round(log(shrunk) / STEP) * STEP))), 3)
