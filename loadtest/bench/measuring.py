"""What is asked of each contestant, and in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from msgspec import Struct

from loadtest.bench.contestants import BARE, FLOOR, KEFU, NODE, PYTHON, Contestant, on_stage
from loadtest.bench.scenes import Cost, Idle, Scene
from loadtest.bench.storm import Storm, new_customers, storm
from loadtest.bench.talks import Pace, at_rate, by_acks, closed
from loadtest.bench.watchers import Fan, fan_out

QUIET_PER_S = 200.0
STEPS = (0.1, 0.25, 0.75, 0.9)
"""Shares of the saturating rate at which the cost is measured for the curve."""


class Result(Struct):
    """What came of one contestant on so many nodes; None is what was not asked."""

    name: str
    nodes: int
    closed: Cost
    by_acks: Cost | None = None
    half: Cost | None = None
    quiet: Cost | None = None
    fan: Fan | None = None
    idle: Idle | None = None
    storm: Storm | None = None
    steps: list[Cost] = []
    """At other rates."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much of everything: ``idle``, ``storm`` and ``watchers`` are sessions."""

    seconds: float = 5.0
    talks: int = 100
    idle: int = 1000
    storm: int = 1000
    watchers: int = 999


@dataclass(frozen=True, slots=True)
class Step:
    """One contestant, and what is asked beside the cost of a message at full speed."""

    contestant: Contestant
    nodes: int = 1
    acks: bool = False
    half: bool = False
    quiet: bool = False
    fan: bool = False
    idle: bool = False
    storm: bool = False
    shares: Sequence[float] = ()


def essential() -> list[Step]:
    """Return what takes minutes. Kefu comes first: bare python-socketio has to keep its rate."""
    return [
        Step(KEFU, half=True, quiet=True, fan=True, idle=True, storm=True),
        Step(BARE, half=True, fan=True, idle=True),
        Step(NODE, quiet=True, fan=True),
        Step(PYTHON, quiet=True),
        Step(FLOOR),
        *(Step(each, nodes=2, acks=True) for each in (KEFU, NODE, PYTHON)),
    ]


def everything() -> list[Step]:
    """Return what takes a quarter of an hour: curves, three nodes, what is good to know."""
    return [
        Step(KEFU, half=True, quiet=True, fan=True, idle=True, storm=True, shares=STEPS),
        *(
            Step(each, half=True, quiet=True, fan=True, idle=True, shares=STEPS)
            for each in (BARE, NODE, PYTHON)
        ),
        Step(FLOOR, half=True, quiet=True),
        *(Step(each, nodes, acks=True) for nodes in (2, 3) for each in (KEFU, NODE, PYTHON)),
    ]


async def ask(step: Step, amounts: Amounts, half_per_s: float | None) -> Result:
    """Put all questions to one contestant; half its own saturating rate where none is given."""
    contestant = step.contestant
    async with on_stage(contestant, step.nodes, amounts.talks) as scene:
        idle = fan = waves = None
        if step.idle and contestant.enter is not None:
            async with scene() as place:
                idle = await place.idle(amounts.idle, partial(contestant.enter, place))
        if step.fan:
            async with scene() as place:
                fan = await fan_out(place, amounts.watchers, contestant.crowd)
        async with scene() as place:
            result = await _talk(place, step, amounts, half_per_s)
        if step.storm:
            async with scene() as place:
                waves = await storm(place, await new_customers(place, amounts.storm))
        result.idle, result.fan, result.storm = idle, fan, waves
        return result


async def _talk(scene: Scene, step: Step, amounts: Amounts, half_per_s: float | None) -> Result:
    """Measure what a message costs at every pace that is wanted."""
    talks = await step.contestant.talks(scene, amounts.talks)

    async def cost(pace: Pace) -> Cost:
        return await scene.cost(talks, pace, amounts.seconds)

    full = await cost(closed)
    full_per_s = full.volume.per_s
    half = at_rate(half_per_s or full_per_s / 2)
    return Result(
        name=step.contestant.name,
        nodes=step.nodes,
        closed=full,
        by_acks=await cost(by_acks) if step.acks else None,
        quiet=await cost(at_rate(QUIET_PER_S)) if step.quiet else None,
        half=await cost(half) if step.half else None,
        steps=[await cost(at_rate(full_per_s * share)) for share in step.shares],
    )
