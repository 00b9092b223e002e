"""B12 with B6: a customer who comes back waits for whom they know, if that agent may take them."""

from routing.facts import QueueFacts, Ring
from tests.routing.people import NOW, agent, engine, pairs, task

RELAXED = QueueFacts(id="general", rings=(Ring(needs={"tax": 3}), Ring(after_s=20.0, needs={})))


def test_b12_whom_they_know_is_not_asked_before_the_queue_asks_for_so_little() -> None:
    shop = engine(RELAXED, agent("ann"), task("t", last_agent="ann", sticky_until=NOW + 60))
    assert not shop.decide(NOW)
    assert shop.next_due() == NOW + 20
    assert pairs(shop.decide(NOW + 20)) == [("t", "ann")]


def test_b12_others_need_not_wait_for_whom_the_queue_does_not_let_in_yet() -> None:
    ann, bob = agent("ann"), agent("bob", skills={"tax": 3})
    shop = engine(RELAXED, ann, bob, task("t", last_agent="ann", sticky_until=NOW + 60))
    assert pairs(shop.decide(NOW)) == [("t", "bob")]


def test_b12_once_the_queue_lets_them_in_whom_they_know_is_waited_for() -> None:
    ann = agent("ann", in_hand=1)
    shop = engine(RELAXED, ann, task("t", last_agent="ann", sticky_until=NOW + 60))
    assert not shop.decide(NOW + 20)
    shop.put_agent(agent("bob", skills={"tax": 3}))
    assert not shop.decide(NOW + 21)
    shop.freed("ann", "general", NOW + 22)
    assert pairs(shop.decide(NOW + 22)) == [("t", "ann")]
