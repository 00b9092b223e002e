"""P8: why somebody still waits, told from the facts alone."""

import pytest
from msgspec.structs import replace

from routing.facts import AgentFacts, QueueFacts, Ring, TaskFacts
from routing.filters import NAMED_MAX
from routing.waiting import Change, Step, Waiting, why_waiting
from tests.routing.people import NOW, agent, engine, queue, task


def told(*given: AgentFacts | QueueFacts | TaskFacts) -> Waiting:
    """Why ``t1`` waits, in an engine that has decided all it can."""
    made = engine(*given)
    made.decide(NOW)
    return why_waiting(made, "t1", NOW)


def test_p8_nobody_has_the_skills_or_nobody_of_them_is_ready_are_different_answers() -> None:
    asks = queue(required={"x": 1})

    assert told(asks, agent("ann"), task("t1")).outlook == "uncovered"
    assert told(asks, agent("ann"), task("t1")).filters == {"skills": 1}
    away = told(asks, agent("ann", skills={"x": 1}, status="away"), agent("bob"), task("t1"))
    assert (away.outlook, away.named) == ("nobody", {"ann": "status", "bob": "skills"})


def test_p8_whom_a_colleague_named_needs_no_skills_to_be_there() -> None:
    asks = queue(required={"x": 1})

    assert told(asks, agent("ann", in_hand=1), task("t1", wanted_agent="ann")).outlook == "full"
    gone = told(asks, agent("ann", online=False), task("t1", wanted_agent="ann"))
    assert gone.outlook == "nobody"


def test_p8_all_who_could_are_full() -> None:
    why = told(
        queue(per_agent_max=1),
        agent("ann", in_hand=1),
        agent("bob", capacity=2, in_hand=1, held={"general": 1}),
        task("t1", 40, priority=2, boost_s=30.0),
        task("t0", 400),
    )

    assert (why.outlook, why.position) == ("full", 2)
    assert why.named == {"ann": "full", "bob": "limit"}
    assert (why.terms.waited_s, why.terms.priority_s, why.terms.boost_s) == (40, 120, 30)


def test_p8_who_is_kept_for_one_agent_is_told_for_whom_and_until_when() -> None:
    why = told(
        agent("ann", in_hand=1),
        agent("bob"),
        task("t1", last_agent="ann", sticky_until=NOW + 20),
    )

    assert (why.outlook, why.agents, why.until) == ("kept", ("ann",), NOW + 20)
    assert why.named == {"ann": "full", "bob": "kept"}
    assert why.changes[0] == Change(kind="kept", at=NOW + 20, agent="ann")


def test_p8_those_who_could_have_refused_and_are_asked_again() -> None:
    why = told(
        agent("ann"),
        agent("bob"),
        task("t1", refused={"ann": NOW + 50, "bob": NOW + 9, "zoe": NOW + 5}),
    )

    assert (why.outlook, why.until) == ("refused", NOW + 9)
    assert why.filters == {"refused": 2}


def test_p8_those_who_are_ready_come_in_with_a_later_ring() -> None:
    asks = queue(
        rings=(
            Ring(needs={"x": 3, "lang:zh": 2}),
            Ring(after_s=20, needs={"x": 1, "lang:zh": 2}),
            Ring(after_s=40, needs={"x": 1}),
            Ring(after_s=60, needs={"y": 1}),
        )
    )
    why = told(
        asks,
        agent("ann", skills={"x": 5, "lang:zh": 5}, status="busy"),
        agent("bob", skills={"x": 1}),
        task("t1", 5),
    )

    assert (why.outlook, why.ring, why.rings) == ("ring", 0, 4)
    assert why.named == {"ann": "status", "bob": "ring"}
    assert why.until == NOW + 15
    assert why.changes == (
        Change(kind="ring", at=NOW + 15, ring=1, steps=(Step("x", 3, 1),)),
        Change(kind="ring", at=NOW + 35, ring=2, steps=(Step("lang:zh", 2, 0),)),
        Change(kind="ring", at=NOW + 55, ring=3, steps=(Step("x", 1, 0), Step("y", 0, 1))),
    )


def test_p8_no_later_ring_lets_in_who_is_not_there() -> None:
    why = told(
        queue(rings=(Ring(needs={"x": 3}), Ring(after_s=20, needs={"x": 1}))),
        agent("ann", skills={"x": 3}, in_hand=1),
        agent("bob", skills={"x": 1}, online=False),
        agent("cid", skills={"x": 1}, responding=False),
        agent("dan", skills={"x": 1}, idle=True),
        task("t1", 5),
    )

    assert (why.outlook, why.until) == ("full", None)
    assert why.named == {"ann": "full", "bob": "offline", "cid": "not_responding", "dan": "idle"}


def test_p8_it_is_on_offer() -> None:
    why = told(agent("ann"), agent("bob", in_hand=1), task("t1"))

    assert (why.outlook, why.agents, why.changes) == ("offered", ("ann",), ())
    assert why.named == {"bob": "full"}


def test_p8_who_waits_becomes_aged_after_five_times_the_target() -> None:
    one = queue(target_s=30.0)

    young = told(one, agent("ann", in_hand=1), task("t1", 100))
    old = told(one, agent("ann", in_hand=1), task("t1", 200))

    assert (young.terms.aged, young.changes) == (False, (Change(kind="aged", at=NOW + 50),))
    assert (old.terms.aged, old.changes) == (True, ())


def test_p8_rivals_are_those_of_other_lines_who_go_first_for_the_same_people() -> None:
    why = told(
        queue(),
        queue("vip", priority=5),
        queue("phone", {"y": 1}),
        agent("ann", in_hand=1),
        task("t1", 10),
        task("t2", 10, queue="vip"),
        task("t3", 400, queue="phone"),
    )

    assert (why.position, why.rivals) == (1, 1)


def test_p8_an_engine_that_is_only_looked_at_matches_nobody() -> None:
    made = engine(agent("ann"), task("t1"))
    made.look(NOW)

    why = why_waiting(made, "t1", NOW)

    assert (why.outlook, why.filters) == ("free", {"behind": 1})
    assert not made.tasks["t1"].offered_to
    with pytest.raises(KeyError):
        why_waiting(made, "t9", NOW)


def test_p8_who_looks_again_sees_the_ring_that_has_opened_since() -> None:
    rings = (Ring(needs={"x": 2}), Ring(after_s=20, needs={"x": 1}))
    made = engine(queue(rings=rings), agent("ann", skills={"x": 1}, in_hand=1), task("t1"))
    made.look(NOW)
    assert why_waiting(made, "t1", NOW).outlook == "ring"

    made.look(NOW + 20)

    assert why_waiting(made, "t1", NOW + 20).outlook == "full"


def test_p8_in_a_large_shop_filters_are_counted() -> None:
    crowd = [agent(f"n{n:03}", in_hand=1) for n in range(NAMED_MAX + 1)]

    why = told(*crowd, task("t1"))

    assert (why.filters, why.named) == ({"full": NAMED_MAX + 1}, {})


@pytest.mark.parametrize("crowd", [0, NAMED_MAX])
def test_p8_in_shops_of_any_size_limits_refusals_and_rings_are_told_apart(crowd: int) -> None:
    others = [agent(f"n{n:03}") for n in range(crowd)]
    rings = (Ring(needs={"x": 2}), Ring(after_s=20, needs={"x": 1}))
    limited = queue(rings=rings, per_agent_max=1)
    ann = agent("ann", skills={"x": 2}, capacity=2, in_hand=1, held={"general": 1})
    bob = agent("bob", skills={"x": 1})
    made = engine(limited, ann, *others, task("t1"))
    made.look(NOW)
    assert why_waiting(made, "t1", NOW).outlook == "full"

    made.drop_agent("ann")
    made.put_agent(bob)
    made.look(NOW)
    why = why_waiting(made, "t1", NOW)
    assert (why.outlook, why.until) == ("ring", NOW + 20)

    made.put_agent(replace(ann, in_hand=2))
    made.put_task(task("t1", refused={"ann": NOW + 60}))
    made.look(NOW)
    assert why_waiting(made, "t1", NOW).outlook == "refused"
