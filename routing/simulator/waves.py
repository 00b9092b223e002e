"""Customers to come, a block at a time, as parallel lists: who serves them must be fast."""

from collections.abc import Iterator
from itertools import accumulate, count
from math import inf
from typing import NamedTuple

from msgspec import Struct

from routing.facts import TaskFacts
from routing.simulator.chance import BLOCK, Chance, exponentials, uniforms
from routing.simulator.scenario import CustomerType


class Wave(NamedTuple):
    """Some customers in the order of their coming."""

    at: list[float]
    kinds: list[int]
    tasks: list[TaskFacts]
    work: list[float]
    """Seconds in the hands of an agent of speed 1 who holds nothing else."""
    patience: list[float]


class Mix(Struct, frozen=True):
    """What of a scenario decides who comes."""

    types: tuple[CustomerType, ...]
    names: tuple[str, ...]
    """Of the queues, one a type."""
    liked: tuple[tuple[str, ...], ...]
    """By type: the ids of the agents whom a customer may have got used to."""


def waves(mix: Mix, chance: Chance) -> Iterator[Wave]:
    """Yield customers for ever."""
    arrivals, work, wishes = chance("arrivals"), chance("work"), chance("preferences")
    ids = _ids(chance)
    total = sum(kind.rate for kind in mix.types)
    shares = list(accumulate(kind.rate / total for kind in mix.types))
    means = [kind.mean for kind in mix.types]
    bears = [inf if kind.patience is None else kind.patience for kind in mix.types]
    now = 0.0
    while True:
        gaps = exponentials(arrivals, BLOCK)
        at = list(accumulate((gap / total for gap in gaps), initial=now))[1:]
        now = at[-1]
        kinds = [_kind(draw, shares) for draw in uniforms(arrivals, BLOCK)]
        yield Wave(
            at=at,
            kinds=kinds,
            tasks=_tasks(mix, at, kinds, (uniforms(wishes, BLOCK), uniforms(wishes, BLOCK)), ids),
            work=_scaled(exponentials(work, BLOCK), kinds, means),
            patience=_scaled(exponentials(work, BLOCK), kinds, bears),
        )


def _scaled(draws: list[float], kinds: list[int], means: list[float]) -> list[float]:
    return [draw * means[kind] for draw, kind in zip(draws, kinds, strict=True)]


def _ids(chance: Chance) -> Iterator[int]:
    """Number customers; the engine's dice are a hash of the id, so every run begins elsewhere."""
    return count(10**9 + int(chance("policy").random() * 8e9))


def _kind(draw: float, shares: list[float]) -> int:
    for kind, share in enumerate(shares):
        if draw < share:
            return kind
    return len(shares) - 1


def _tasks(
    mix: Mix,
    at: list[float],
    kinds: list[int],
    wishes: tuple[list[float], list[float]],
    ids: Iterator[int],
) -> list[TaskFacts]:
    names, tiers = mix.names, [kind.prio for kind in mix.types]
    wants = [kind.pref_prob for kind in mix.types]
    made: list[TaskFacts] = []
    for when, k, number, wish, whom in zip(at, kinds, ids, *wishes, strict=False):
        if wish < wants[k]:
            made.append(_wishing(mix, k, str(number), when, whom))
        else:
            made.append(TaskFacts(id=str(number), queue=names[k], queued_at=when, tier=tiers[k]))
    return made


def _wishing(mix: Mix, k: int, name: str, when: float, whom: float) -> TaskFacts:
    liked = mix.liked[k]
    return TaskFacts(
        id=name,
        queue=mix.names[k],
        queued_at=when,
        tier=mix.types[k].prio,
        last_agent=liked[int(whom * len(liked))],
        sticky_until=when + mix.types[k].sticky,
    )
