"""Single customers, whose day is known beforehand to the second."""

from math import inf

from routing.engine import Engine
from routing.facts import AgentFacts, QueueFacts, Ring, TaskFacts
from routing.order import FIFO
from routing.simulator.measure import figures
from routing.simulator.waves import Wave
from routing.simulator.world import BLOCKED, LEFT, WAITS, Desk, Shift, World


def agent(name: str, level: int = 1, **more: object) -> AgentFacts:
    return AgentFacts(id=name, skills={"a": level}, **({"capacity": 1} | more))


def desk(*agents: AgentFacts, **more: object) -> Desk:
    rings = (Ring(needs={"a": 3}), Ring(after_s=20.0, needs={"a": 1}))
    queue = QueueFacts(id="q", rings=rings, policy="longest_idle")
    speeds = tuple((1.0,) for _ in agents)
    return Desk(agents=agents, queues=(queue,), speeds=speeds, **more)


def customer(at: float, work: float = 100.0, patience: float = inf, **more: object) -> tuple:
    task = TaskFacts(id=f"c{at:06.0f}", queue="q", queued_at=at, **more)
    return at, 0, task, work, patience


def after(place: Desk, *customers: tuple) -> World:
    engine = Engine(order=FIFO, explains=False, slow=place.slow, sticky_queue_max=None)
    world = World(engine, place)
    world.run([Wave(*map(list, zip(*customers, strict=True)))], 0, len(customers))
    return world


def test_an_expert_takes_at_once_and_others_when_the_ring_opens() -> None:
    world = after(desk(agent("a", 3), agent("b", 1)), customer(0), customer(10), customer(15))
    assert world.taken_by == [0, 1, 0]
    assert world.waits == [0.0, 20.0, 85.0]


def test_who_gives_up_is_gone_and_the_next_in_line_is_served() -> None:
    world = after(desk(agent("a", 3)), customer(0), customer(10, patience=30), customer(20))
    assert world.taken_by == [0, LEFT, 0]
    assert world.waits == [0.0, 30.0, 80.0]


def test_who_is_being_served_does_not_give_up() -> None:
    world = after(desk(agent("a", 3)), customer(0, patience=5))
    assert (world.taken_by, world.waits) == ([0], [0.0])


def test_who_would_have_to_wait_without_a_place_is_turned_away() -> None:
    world = after(desk(agent("a", 3), room=1), customer(0), customer(10), customer(20))
    assert world.taken_by == [0, 0, BLOCKED]


def test_a_customer_waits_for_their_agent_until_the_window_ends() -> None:
    place = desk(agent("a", 3), agent("b", 3))
    wish = {"last_agent": "a"}
    world = after(
        place,
        customer(0, 60, last_agent="a"),
        customer(10, 60, sticky_until=25.0, **wish),
        customer(50, 60, sticky_until=65.0, **wish),
    )
    assert world.taken_by == [0, 1, 0]
    assert world.waits == [0.0, 15.0, 10.0]


def test_two_chats_at_once_share_an_agent() -> None:
    """Alone for 50 s at 1, then both at 0.5; the first has 50 left, so it ends after 150 s."""
    place = desk(agent("a", 3, capacity=2), slow=(1.0, 0.5))
    world = after(place, customer(0, 100), customer(50, 100), customer(60, 10), customer(151, 1))
    assert world.taken_by == [0, 0, 0, 0]
    assert world.waits == [0.0, 0.0, 90.0, 19.0]


def test_nobody_is_served_before_somebody_comes_to_work() -> None:
    place = desk(agent("a", 3, online=False), shifts=(Shift(100, 0, True), Shift(150, 0, False)))
    world = after(place, customer(10), customer(20, patience=300), customer(130, patience=inf))
    assert world.taken_by == [0, LEFT, WAITS]
    assert world.waits == [90.0, 300.0, 190.0]


def test_time_away_does_not_count_as_idle() -> None:
    place = desk(agent("a", 3, online=False), shifts=(Shift(0, 0, True), Shift(150, 0, False)))
    world = after(place, customer(0, 100), customer(200, patience=10))
    assert figures(world, range(2), [20.0])["occ_mean"] == 100 / 150
