"""The range of the wait that customers see, held against how long they wait in the simulator."""

from dataclasses import dataclass, field

import pytest

from routing.eta import COVERAGE_MIN, Handling, Range
from routing.positions import places
from routing.simulator.scenario import Scenario
from routing.simulator.world import World
from tests.routing.simulator.scenes import happened, mixed, one_skill

MANY, CUSTOMERS = 100_000, range(500, 5500)


@dataclass
class Asked:
    """Asks what to expect for everybody as they begin to wait."""

    handling: dict[str, Handling]
    told: dict[int, Range | None] = field(default_factory=dict[int, Range | None])

    def look(self, world: World, now: float) -> None:
        new = [number for number in world.waiting.values() if number not in self.told]
        for number in new:
            task = world.tasks[number]
            found = places(world.engine, task.queue, self.handling, now)
            self.told[number] = next(each.estimate_s for each in found if each.task == task.id)


def coverage(it: Scenario, handling: dict[str, Handling]) -> list[float]:
    """Return for each type the share of ranges that held, of those who waited and were served."""
    asked = Asked(handling)
    world = happened(it, "min_cost", customers=CUSTOMERS, watch=asked.look)
    held: list[list[bool]] = [[] for _ in it.types]
    for number, told in asked.told.items():
        if told is not None and number in CUSTOMERS and world.taken_by[number] >= 0:
            low, high = told
            held[world.kinds[number]].append(low <= world.waits[number] <= high)
    assert all(len(each) > 200 for each in held)
    return [sum(each) / len(each) for each in held]


def known(it: Scenario) -> dict[str, Handling]:
    """What is known of each queue after very many conversations."""
    return {
        f"q{number:03}": Handling(kind.mean, MANY, kind.patience)
        for number, kind in enumerate(it.types)
    }


@pytest.mark.parametrize(
    ("agents", "load", "patience"), [(20, 20.0, 120), (10, 12.0, 300), (5, 10.0, 200)]
)
def test_g3_in_a_queue_of_its_own_the_range_holds_four_times_in_five(
    agents: int, load: float, patience: float
) -> None:
    it = one_skill(agents, load, patience=patience)
    [share] = coverage(it, known(it))
    assert 0.7 <= share <= 0.9


def test_whoever_ignored_that_people_give_up_would_be_wrong() -> None:
    it = one_skill(5, 10.0, patience=200)
    [share] = coverage(it, {"q000": Handling(300, MANY)})
    assert share < 0.7


def test_a_mean_that_is_wrong_shows_in_the_coverage() -> None:
    it = one_skill(10, 9.5, patience=600)
    [right] = coverage(it, known(it))
    [wrong] = coverage(it, {"q000": Handling(100, MANY, 600)})
    assert wrong < COVERAGE_MIN < right


def test_with_several_skills_priorities_and_chats_at_once_it_still_mostly_holds() -> None:
    it = mixed()
    shares = coverage(it, known(it))
    assert min(shares) >= 0.6
