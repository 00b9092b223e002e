"""The waiting side of the engine: the line of each queue, in the order of turns."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable

from routing.facts import Key, TaskFacts


class Line:
    """Those who wait in one queue. ``waiting`` may be matched; ``everyone`` has the offered too."""

    __slots__ = ("everyone", "waiting")

    def __init__(self) -> None:
        self.waiting: list[Key] = []
        self.everyone: list[Key] = []

    def put(self, key: Key, *, offered: bool) -> None:
        """Let somebody in at their place."""
        insort(self.everyone, key)
        if not offered:
            insort(self.waiting, key)

    def drop(self, key: Key) -> None:
        """Let somebody out."""
        remove(self.everyone, key)
        remove(self.waiting, key)

    def offer(self, key: Key) -> None:
        """Keep the place of somebody who is being offered, and match them no more."""
        remove(self.waiting, key)

    def position(self, key: Key) -> int:
        """Return 1 for who is next."""
        return bisect_left(self.everyone, key) + 1


def remove(keys: list[Key], key: Key) -> None:
    """Take a key out of a sorted list, if it is there."""
    index = bisect_left(keys, key)
    if index < len(keys) and keys[index] == key:
        del keys[index]


def first(keys: Iterable[Key], suits: Callable[[str], bool]) -> Key | None:
    """Return the first key whose task suits."""
    return next((key for key in keys if suits(key[1])), None)


def may_take(task: TaskFacts, agent_id: str, now: float) -> bool:
    """Tell whether a task is not being kept from an agent who declined or missed it."""
    return task.refused.get(agent_id, now) <= now
