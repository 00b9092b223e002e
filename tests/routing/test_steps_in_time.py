"""B3, B8-B10, B13: what a moment more of waiting changes, and what it must not."""

import pytest
from msgspec.structs import replace

from routing.facts import QueueFacts, Ring
from tests.routing.people import NOW, agent, engine, pairs, queue, task

RELAXED = QueueFacts(
    id="general", rings=(Ring(needs={"tax": 3}), Ring(after_s=20.0, needs={"tax": 1}))
)


def test_b3_an_endless_stream_of_important_customers_starves_nobody() -> None:
    shop = engine(queue("general"), queue("vip", priority=2), agent("ann", in_hand=1))
    shop.put_task(task("plain"))
    served: list[str] = []
    while "plain" not in served:
        now = NOW + len(served) + 1
        shop.put_task(task(f"vip{len(served)}", -len(served) - 1, queue="vip"))
        shop.freed("ann", "vip", now)
        [decision] = shop.decide(now)
        shop.took(decision.task, "ann", now)
        served.append(decision.task)
    # Two steps are worth two minutes: who comes later than that does not go before.
    assert len(served) == 120


@pytest.mark.parametrize(("age_s", "served"), [(19.9, "new"), (20.0, "old")])
def test_b8_a_step_that_is_due_opens_before_whoever_is_freed_then_is_given_anything(
    age_s: float, served: str
) -> None:
    other = queue("other")
    ann = agent("ann", skills={"tax": 1}, in_hand=1)
    shop = engine(RELAXED, other, ann, task("old"), task("new", -10, queue="other"))
    assert not shop.decide(NOW + 19)
    shop.freed("ann", "other", NOW + age_s)
    assert pairs(shop.decide(NOW + age_s)) == [(served, "ann")]


def test_b8_a_step_is_open_when_it_is_said_to_open_however_the_sum_is_rounded() -> None:
    queued_at = next(at for at in (n / 7 for n in range(10**4)) if (at + 20) - at < 20)
    late = replace(task("t"), queued_at=queued_at)
    shop = engine(RELAXED, agent("ann", skills={"tax": 1}), late)
    assert not shop.decide(queued_at)
    due = shop.next_due()
    assert due is not None
    assert pairs(shop.decide(due)) == [("t", "ann")]


def test_b9_when_the_best_has_missed_it_the_next_best_is_asked_though_a_step_opened() -> None:
    best = agent("best", skills={"tax": 5})
    good = agent("good", skills={"tax": 3}, idle_since=NOW)
    poor = agent("poor", skills={"tax": 1}, idle_since=NOW - 900)
    missed = task("t", refused={"best": NOW + 80})
    shop = engine(RELAXED, best, good, poor, missed)
    assert pairs(shop.decide(NOW + 20)) == [("t", "good")]


def test_b10_steps_go_by_the_age_of_the_customer_not_by_when_they_wait_again() -> None:
    helped = QueueFacts(
        id="general",
        rings=(
            Ring(needs={"tax": 1}),
            Ring(after_s=10.0, needs={"fr": 1}),
            Ring(after_s=20.0, needs={"de": 1}),
        ),
    )
    first = agent("first", skills={"tax": 1})
    shop = engine(helped, first, agent("third", skills={"de": 1}), task("t"))
    assert pairs(shop.decide(NOW)) == [("t", "first")]
    # Not answered for twelve seconds.
    shop.put_agent(first)
    shop.put_task(task("t", refused={"first": NOW + 72}))
    assert not shop.decide(NOW + 12)
    assert shop.next_due() == NOW + 20
    assert pairs(shop.decide(NOW + 20)) == [("t", "third")]


def test_b13_where_nobody_waits_for_whom_they_know_another_is_asked_at_once() -> None:
    ann = agent("ann", in_hand=1)
    shop = engine(ann, agent("bob"), task("t", last_agent="ann"))
    assert pairs(shop.decide(NOW)) == [("t", "bob")]
