from routing import explain
from routing.engine import Engine
from routing.facts import QueueFacts, Ring
from tests.routing.people import NOW, agent, engine, pairs, queue, task


def test_a_customer_is_offered_to_a_free_agent() -> None:
    made = engine(agent("ann"), task("t1"))

    assert made.is_touched
    assert pairs(made.decide(NOW)) == [("t1", "ann")]
    assert not made.is_touched
    assert made.decide(NOW) == []


def test_b1_of_equal_customers_the_older_comes_first_then_the_lower_id() -> None:
    made = engine(task("t3", 10), task("t2", 20), task("t1", 10))

    made.put_agent(agent("ann", capacity=3))

    assert [pair[0] for pair in pairs(made.decide(NOW))] == ["t2", "t1", "t3"]


def test_b2_a_step_of_priority_is_worth_a_minute_of_waiting() -> None:
    made = engine(task("old", 61), task("vip", 0, priority=1), task("young", 59))

    made.put_agent(agent("ann", capacity=3))

    assert [pair[0] for pair in pairs(made.decide(NOW))] == ["old", "vip", "young"]


def test_b4_eleven_minutes_of_waiting_beat_ten_steps_of_priority() -> None:
    made = engine(queue(), queue("vip", priority=10), task("t1", 660), task("t2", queue="vip"))

    made.put_agent(agent("ann"))

    assert pairs(made.decide(NOW)) == [("t1", "ann")]


def test_b5_an_uncovered_skill_at_the_head_blocks_nobody() -> None:
    made = engine(
        queue(), queue("rare", required={"welding": 1}), task("t1", 99, queue="rare"), task("t2", 1)
    )

    made.put_agent(agent("ann"))

    assert pairs(made.decide(NOW)) == [("t2", "ann")]
    assert not made.covered("rare")
    assert made.covered("general")


def test_b14_skills_learned_while_customers_wait_count_at_once() -> None:
    made = engine(queue(required={"billing": 3}), agent("ann", skills={"billing": 2}), task("t1"))
    assert made.decide(NOW) == []

    made.put_agent(agent("ann", skills={"billing": 3}))

    assert pairs(made.decide(NOW)) == [("t1", "ann")]


def test_a_queue_that_asks_for_less_finds_somebody_at_once() -> None:
    made = engine(queue(required={"billing": 3}), agent("ann"), task("t1"))
    assert made.decide(NOW) == []

    made.put_queue(queue())

    assert pairs(made.decide(NOW)) == [("t1", "ann")]


def test_p4_nobody_gets_more_than_they_can_hold() -> None:
    made = engine(agent("ann", capacity=3, in_hand=1), *(task(f"t{n}", n) for n in range(5)))

    assert len(made.decide(NOW)) == 2


def test_a11_the_freed_slot_goes_to_whoever_waited_not_to_the_newcomer() -> None:
    made = engine(agent("ann", capacity=3, in_hand=3), task("t4", 60))
    assert made.decide(NOW) == []

    made.put_agent(agent("ann", capacity=3, in_hand=2))
    made.put_task(task("t5"))

    assert pairs(made.decide(NOW)) == [("t4", "ann")]


def test_a12_a_raised_limit_serves_who_waits_without_a_new_arrival() -> None:
    made = engine(agent("ann", in_hand=1), task("t1"))
    assert made.decide(NOW) == []

    made.put_agent(agent("ann", in_hand=1, capacity=2))

    assert pairs(made.decide(NOW)) == [("t1", "ann")]


def test_c5_who_logs_in_is_given_the_two_oldest_of_five() -> None:
    made = engine(agent("ann", capacity=2, online=False), *(task(f"t{n}", n) for n in range(5)))
    assert made.decide(NOW) == []

    made.put_agent(agent("ann", capacity=2))

    assert pairs(made.decide(NOW)) == [("t4", "ann"), ("t3", "ann")]


def test_only_the_available_and_present_are_asked() -> None:
    made = engine(agent("a", status="away"), agent("b", status="busy"), agent("c", online=False))
    made.put_task(task("t1"))

    assert made.decide(NOW) == []


def test_b16_the_least_loaded_then_the_longest_idle() -> None:
    made = engine(
        agent("ann", capacity=2, in_hand=1, idle_since=0),
        agent("bob", capacity=2, idle_since=9),
        agent("cas", capacity=2, idle_since=7),
        task("t1"),
    )

    assert pairs(made.decide(NOW)) == [("t1", "cas")]


def test_among_equals_the_last_agent_comes_before_the_longest_idle() -> None:
    made = engine(agent("ann", idle_since=1), agent("bob", idle_since=2))

    made.put_task(task("t1", last_agent="bob"))

    assert pairs(made.decide(NOW)) == [("t1", "bob")]


def test_the_best_speaker_of_the_language_comes_first() -> None:
    made = engine(
        agent("ann", skills={"lang:zh": 2}),
        agent("bob", skills={"lang:zh": 5}),
        agent("cas", skills={"lang:en": 5}),
        task("t1", language="zh-CN"),
    )

    assert pairs(made.decide(NOW)) == [("t1", "bob")]


def test_b11_others_help_at_once_when_the_only_one_there_forgets_the_skill() -> None:
    returns = QueueFacts(
        id="returns", rings=(Ring(needs={"tax": 1}), Ring(after_s=60.0, skip=True, needs={"fr": 1}))
    )
    ann = agent("ann", skills={"tax": 1}, in_hand=1)
    shop = engine(returns, ann, agent("bob", skills={"fr": 1}), task("t", queue="returns"))
    assert not shop.decide(NOW)
    shop.put_agent(agent("ann", skills={"fr": 2}, in_hand=1))
    assert pairs(shop.decide(NOW)) == [("t", "bob")]


def test_a_queue_may_not_care_for_languages() -> None:
    made = engine(
        queue(match_language=False),
        agent("ann"),
        agent("bob", skills={"lang:zh": 5}, idle_since=1),
        task("t1", language="zh"),
    )

    assert pairs(made.decide(NOW)) == [("t1", "ann")]


def test_preferred_skills_only_rank() -> None:
    made = engine(
        queue(preferred={"shoes": 2}), agent("ann"), agent("bob", skills={"shoes": 2}), task("t1")
    )
    made.put_task(task("t2"))

    assert pairs(made.decide(NOW)) == [("t1", "bob"), ("t2", "ann")]


def test_who_was_wanted_by_a_colleague_comes_first_even_without_the_skill() -> None:
    made = engine(
        queue(required={"billing": 1}),
        agent("ann", skills={"billing": 5}),
        agent("bob", capacity=4, in_hand=3),
        task("t1", wanted_agent="bob"),
    )

    assert pairs(made.decide(NOW)) == [("t1", "bob")]


def test_who_was_wanted_is_asked_alone_though_the_queue_asks_several() -> None:
    asks = queue(offers_at_once=3)
    made = engine(asks, agent("ann"), agent("bob"), agent("cas"), task("t1", wanted_agent="bob"))
    [decision] = made.decide(NOW)
    assert decision.agents == ("bob",)
    assert decision.record is not None
    assert explain.replay(decision.record) == ("bob",)
    made.put_task(task("t2", last_agent="bob"))
    assert [len(each.agents) for each in made.decide(NOW)] == [2]


def test_who_was_wanted_but_has_no_room_does_not_hold_the_customer_up() -> None:
    made = engine(agent("ann"), agent("bob", in_hand=1), task("t1", wanted_agent="bob"))

    assert pairs(made.decide(NOW)) == [("t1", "ann")]


def test_who_was_wanted_gets_the_customer_when_they_have_room() -> None:
    made = engine(
        queue(required={"billing": 1}), agent("bob", in_hand=1), task("t1", wanted_agent="bob")
    )
    made.put_task(task("t2", wanted_agent="bob"))
    assert made.decide(NOW) == []
    made.drop_task("t1")

    made.put_agent(agent("bob"))

    assert pairs(made.decide(NOW)) == [("t2", "bob")]


def test_a5_who_declined_is_asked_again_after_a_minute_if_nobody_else_could() -> None:
    made = engine(agent("ann"), task("t1", refused={"ann": NOW + 60}))

    assert made.decide(NOW) == []
    assert made.next_due() == NOW + 60
    assert made.decide(NOW + 59.9) == []
    assert pairs(made.decide(NOW + 60)) == [("t1", "ann")]
    assert made.next_due() is None


def test_a4_who_missed_it_comes_after_everybody_else() -> None:
    made = engine(
        agent("ann", capacity=5),
        agent("bob", capacity=5, in_hand=4),
        task("t1", refused={"ann": NOW}),
    )

    assert pairs(made.decide(NOW)) == [("t1", "bob")]


def test_who_declined_the_oldest_is_given_the_next() -> None:
    made = engine(task("t1", 50, refused={"ann": NOW + 60}), task("t2", 10))

    made.put_agent(agent("ann"))

    assert pairs(made.decide(NOW)) == [("t2", "ann")]


def test_p6_whom_some_have_declined_is_still_first_for_another() -> None:
    refused = {f"a{number}": NOW + 60 for number in range(9)}
    made = engine(task("old", 50, refused=refused), task("young", 10))
    assert made.decide(NOW) == []

    for name in refused:
        made.put_agent(agent(name, idle_since=NOW))
    made.put_agent(agent("bob"))

    assert [made.turns.best_for(agent(name), NOW)[-1] for name in ("a0", "bob")] == [
        "young",
        "old",
    ]
    assert ("old", "bob") in pairs(made.decide(NOW))


def test_a_refusal_that_runs_out_after_the_customer_left_means_nothing() -> None:
    made = engine(agent("ann"), task("t1", refused={"ann": NOW + 60, "gone": NOW + 60}))
    assert made.drop_task("t1")
    assert not made.drop_task("t1")

    assert made.decide(NOW + 60) == []


def test_an_agent_or_customer_who_left_before_the_decision_is_not_matched() -> None:
    made = engine(agent("ann"), task("t1"), task("t2"))
    made.drop_task("t1")
    assert made.drop_agent("ann")
    assert not made.drop_agent("ann")

    assert made.decide(NOW) == []


def test_what_is_not_new_touches_nothing() -> None:
    made = engine(agent("ann"), task("t1", refused={"ann": NOW + 60}))
    made.decide(NOW)

    assert not made.put_agent(agent("ann"))
    assert not made.put_queue(queue())
    assert not made.put_task(task("t1", refused={"ann": NOW + 60}))


def test_a_lost_race_is_decided_again_from_what_is_true() -> None:
    made = engine(agent("ann"), agent("bob", idle_since=1), task("t1"))
    assert pairs(made.decide(NOW)) == [("t1", "ann")]

    made.put_agent(agent("ann", in_hand=1, idle_since=2))
    made.put_task(task("t1"))

    assert pairs(made.decide(NOW)) == [("t1", "bob")]


def test_an_archived_queue_takes_its_customers_along() -> None:
    made = engine(queue(), queue("old"), task("t1", queue="old"))

    assert made.drop_queue("old")
    assert not made.drop_queue("old")
    made.put_agent(agent("ann"))

    assert made.tasks == {}
    assert made.decide(NOW) == []


def test_the_simulator_may_do_without_records() -> None:
    made = Engine(explains=False)
    made.put_queue(queue())
    made.put_agent(agent("ann"))
    made.put_task(task("t1"))

    assert made.decide(NOW)[0].record is None


def test_after_a_take_over_who_is_offered_already_is_left_alone() -> None:
    made = engine(agent("ann"), task("t1", offered_to=("bob",)))

    assert made.decide(NOW) == []

    made.put_task(task("t1"))
    assert pairs(made.decide(NOW)) == [("t1", "ann")]
