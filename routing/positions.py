"""Where everybody stands in a line, and how long it will take them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from routing.engine import Engine
from routing.eta import Handling, Range, estimate


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a line: 1 is next. ``eta_s`` is absent where no honest range can be given.

    ``estimate_s`` is the same for those who are not on offer, though it may not be shown.
    """

    task: str
    position: int
    eta_s: Range | None
    estimate_s: Range | None = None


def places(
    engine: Engine, queue_id: str, handling: Mapping[str, Handling], now: float
) -> Iterator[Place]:
    """Yield the place of everybody in a queue's line, the offered included, next one first.

    Lines are those that ``decide`` left.
    """
    if not engine.queueing.members(queue_id):
        return
    slots, known = serving_slots(engine, queue_id), handling.get(queue_id)
    has_failed = known is not None and known.has_failed
    offered = 0
    for position, task_id in enumerate(engine.waiting(queue_id, now), start=1):
        if engine.tasks[task_id].offered_to:
            offered += 1
            timeout_s = round(engine.queues[queue_id].offer_timeout_s)
            yield Place(task_id, position, (0, timeout_s))
        else:
            range_s = estimate(position - offered, slots, known)
            yield Place(task_id, position, None if has_failed else range_s, range_s)


def serving_slots(engine: Engine, queue_id: str) -> float:
    """Count the slots at work for a queue; an agent who serves k lines counts 1/k in each."""
    counts = engine.queueing.counts
    busy = {name for name, count in counts.items() if count} | {queue_id}
    queue = engine.stands.services[queue_id].queue
    able = engine.pool.profiles(engine.stands.services[queue_id].everybody & engine.pool.ready)
    return sum(
        profile.ready
        * (profile.capacity // queue.units)
        / sum(key in busy for key in profile.queues)
        for profile in able
    )
