"""One run of a scenario: a policy, and chance that belongs to the run."""

from collections.abc import Callable

from routing.engine import Engine
from routing.simulator.chance import Chance
from routing.simulator.measure import Figures, figures
from routing.simulator.policies import POLICIES
from routing.simulator.scenario import Scenario
from routing.simulator.setup import desk, mix
from routing.simulator.waves import waves
from routing.simulator.world import World

Watch = Callable[[World, float], None]


def run(
    scenario: Scenario, policy: str, chance: Chance, customers: range, watch: Watch | None = None
) -> Figures:
    """Serve customers until it is clear what becomes of those in ``customers``; measure these."""
    world = served(scenario, policy, chance, customers, watch)
    return figures(world, customers, [scenario.threshold_s] * len(scenario.types))


def served(
    scenario: Scenario, policy: str, chance: Chance, customers: range, watch: Watch | None = None
) -> World:
    """Return the world after a run, with all that happened in it."""
    rule = POLICIES[policy]
    engine = Engine(order=rule.order, explains=False, slow=scenario.slow, sticky_queue_max=None)
    world = World(engine, desk(scenario, rule.policy), watch)
    world.run(waves(mix(scenario), chance), customers.start, len(customers))
    return world
