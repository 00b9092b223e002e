"""B19, B20: strict turns, queue by queue."""

from collections import Counter

from routing.engine import Engine
from routing.explain import replay
from routing.facts import QueueFacts
from tests.routing.people import NOW, agent, engine, pairs, queue, task


def in_turn(name: str) -> QueueFacts:
    return queue(name, {name: 1}, policy="round_robin")


def shop(*queues: QueueFacts) -> Engine:
    """Ann and bob serve queue a, zoe serves queue z."""
    return engine(
        *queues,
        agent("ann", skills={"a": 1}, capacity=100),
        agent("bob", skills={"a": 1}, capacity=100),
        agent("zoe", skills={"z": 1}, capacity=100),
    )


def dealt(made: Engine, count: int) -> Counter[str]:
    """Customers come to queue a and queue z by turns; every record decides the same again."""
    got: Counter[str] = Counter()
    for number in range(count):
        made.put_task(task(f"t{number:03}", queue="az"[number % 2]))
        for decision in made.decide(NOW + number):
            assert decision.record is not None
            assert replay(decision.record) == decision.agents
            got[decision.agent] += 1
    return got


def test_b19_what_another_queue_deals_does_not_disturb_the_rotation() -> None:
    made = shop(in_turn("a"), in_turn("z"))
    assert dealt(made, 40) == {"ann": 10, "bob": 10, "zoe": 20}


def test_b19_nor_does_a_queue_with_another_policy() -> None:
    made = shop(in_turn("a"), queue("z", {"z": 1}))
    assert dealt(made, 40) == {"ann": 10, "bob": 10, "zoe": 20}


def test_b20_after_a_take_over_it_goes_on_behind_who_of_that_queue_took_a_task_last() -> None:
    """And not behind zoe, who took one later but never serves it."""
    made = engine(
        in_turn("a"),
        in_turn("z"),
        agent("ann", skills={"a": 1}, capacity=9, assigned_at=NOW - 20),
        agent("bob", skills={"a": 1}, capacity=9, assigned_at=NOW - 30),
        agent("zoe", skills={"z": 1}, capacity=9, assigned_at=NOW - 10),
    )
    made.put_task(task("t1", queue="a"))
    assert pairs(made.decide(NOW)) == [("t1", "bob")]


def test_b20_a_queue_that_comes_back_begins_anew() -> None:
    made = shop(in_turn("a"), in_turn("z"))
    made.put_task(task("t1", queue="a"))
    assert pairs(made.decide(NOW)) == [("t1", "ann")]
    made.drop_queue("a")
    made.put_queue(in_turn("a"))
    made.put_task(task("t2", queue="a"))
    assert pairs(made.decide(NOW)) == [("t2", "ann")]
