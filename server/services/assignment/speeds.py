"""How fast agents are at what, from the conversations they had."""

from collections.abc import Iterable, Mapping

from routing.facts import QueueFacts
from routing.learn import Sample, speeds
from storage.handling import Handled

Speeds = Mapping[str, Mapping[str, float]]
"""Agent → skill → speed; who is not named is average at everything."""


def learnt(handled: Iterable[Handled], queues: Iterable[QueueFacts]) -> Speeds:
    """Return the speeds that differ enough to count; a queue teaches about all it asks for."""
    samples = [
        (Sample(str(each.agent_id), str(each.queue_id), each.count, each.mean_s), each.queue_mean_s)
        for each in handled
    ]
    return speeds(
        (sample for sample, _ in samples),
        {sample.queue: mean_s for sample, mean_s in samples},
        {queue.id: queue.rings[0].needs for queue in queues},
    )
