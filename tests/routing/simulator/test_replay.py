"""Last week once more, with two more who speak German."""

import pytest
from msgspec.structs import replace

from routing.facts import QueueFacts, Ring
from routing.simulator.change import Change, changed, rings
from routing.simulator.replay import (
    SimulationRequest,
    customers,
    desk,
    replayed,
    simulate,
    thresholds,
)
from routing.simulator.traffic import (
    Arrival,
    Flow,
    Line,
    Person,
    Traffic,
    mean_patience_s,
    presence,
)
from routing.simulator.wording import converted
from tests.routing.simulator.scenes import chance

NINE, TEN, NOON = 9 * 3600.0, 10 * 3600.0, 12 * 3600.0


def queue(key: str, **more: object) -> Line:
    facts = QueueFacts(id=f"id-{key}", rings=(Ring(needs={key: 2}),))
    return Line(key=key, facts=facts, **({"handle_s": 300.0, "patience_s": 200.0} | more))


def person(name: str, **more: object) -> Person:
    known = {"skills": {"german": 3}, "capacity": 1, "here": ((NINE, NOON),)}
    return Person(id=name, key=f"{name}@shop.example", **(known | more))


def busy_morning() -> Traffic:
    """A German customer every 100 s for two hours, and one who can help them."""
    return Traffic(
        span=(NINE, NOON),
        lines=(queue("german"), queue("french")),
        people=(person("anna"), person("beth", skills={"french": 3})),
        arrivals=tuple(
            Arrival(at=NINE + 100.0 * number, queue="id-german", work_s=250.0, waited_s=20.0)
            for number in range(72)
        ),
    )


def tried(change: dict, seeds: int = 4):
    request = SimulationRequest(
        traffic=busy_morning(), change=converted(change, Change, "change"), seeds=seeds
    )
    return simulate(request, chance)


def test_two_more_who_speak_german_shorten_the_wait() -> None:
    result = tried({"agents": {"add": [{"skills": {"german": 2}, "capacity": 1, "count": 2}]}})
    assert result.customers == 72
    assert result.before.queues["german"]["mean_wait"].mean > 60
    assert result.after.queues["german"]["mean_wait"].mean < 5
    gain = result.difference.queues["german"]["mean_wait"]
    assert gain.mean < -gain.half < 0


def test_without_a_change_nothing_changes() -> None:
    result = tried({})
    assert result.before == result.after
    assert result.difference.total["mean_wait"].mean == 0.0


def test_who_goes_is_missed_and_other_skills_help() -> None:
    assert tried({"agents": {"remove": ["anna@shop.example"]}}).after.total["p_abandon"].mean == 1
    learnt = {"beth@shop.example": {"skills": {"french": 3, "german": 2}, "capacity": 2}}
    result = tried({"agents": {"change": learnt}})
    assert result.difference.total["mean_wait"].mean < -30


def test_a_step_down_lets_others_help_after_a_while() -> None:
    learnt = {"beth@shop.example": {"skills": {"french": 3, "german": 1}}}
    without = tried({"agents": {"change": learnt}})
    steps = {"german": {"steps": {"german": [[30, 1]]}}}
    relaxed = tried({"agents": {"change": learnt}, "queues": steps})
    assert without.difference.total["mean_wait"].mean == 0
    assert relaxed.difference.total["mean_wait"].mean < -20
    assert relaxed.after.total["p_ring0"].mean < 1


def test_steps_become_rings_that_ask_for_less_and_less() -> None:
    found = rings({"a": 3, "b": 2}, {"a": [[20, 2], [60, 0]], "b": [[40, 1]]})
    assert [(ring.after_s, ring.needs) for ring in found] == [
        (0, {"a": 3, "b": 2}),
        (20, {"a": 2, "b": 2}),
        (40, {"a": 2, "b": 1}),
        (60, {"b": 1}),
    ]


def test_new_steps_leave_the_help_of_other_queues_as_it_is() -> None:
    help_after = Ring(after_s=60.0, needs={}, skip=True)  # of a queue that asks for nothing
    line = queue("german", helped_at=(60.0,))
    line = replace(line, facts=replace(line.facts, rings=(*line.facts.rings, help_after)))
    morning = replace(busy_morning(), lines=(line,))
    steps = {"german": {"steps": {"german": [[30, 1], [90, 0]]}}}
    found = changed(morning, converted({"queues": steps}, Change, "change")).lines[0].facts.rings
    assert [(ring.after_s, ring.needs, ring.skip) for ring in found] == [
        (0, {"german": 2}, False),
        (30, {"german": 1}, True),  # as in production: before others help at once
        (60, {}, True),
        (90, {}, False),
    ]


def test_a_policy_that_queues_cannot_have_is_refused() -> None:
    with pytest.raises(ValueError, match=r"change.queues.german.policy: there is no most_loaded"):
        tried({"queues": {"german": {"policy": "most_loaded"}}})


def test_who_was_served_had_at_least_the_patience_for_their_wait() -> None:
    wave = customers(busy_morning(), chance(1))
    assert all(patience > 20 for patience in wave.patience)
    assert len(set(wave.patience)) == 72
    assert customers(busy_morning(), chance(1)).patience == wave.patience
    assert customers(busy_morning(), chance(2)).patience != wave.patience


def test_patience_is_estimated_from_those_who_gave_up_and_those_who_did_not() -> None:
    waits = [(30.0, False), (50.0, True), (20.0, False), (100.0, True)]
    arrivals = tuple(Arrival(at=0, queue="q", waited_s=w, gave_up=up) for w, up in waits)
    assert mean_patience_s(arrivals) == 100.0
    assert mean_patience_s(arrivals[:1]) is None


def test_who_had_something_to_do_twice_was_there_between() -> None:
    assert presence([(50, 60), (0, 10), (12, 40), (200, 210)], 15) == ((0, 60), (200, 210))


def test_nobody_is_served_while_nobody_is_there() -> None:
    early = busy_morning()
    late = replace(early, people=(person("anna", here=((TEN, NOON),)),))
    found = [replayed(each, chance(1), [20.0, 20.0])["p_abandon"] for each in (early, late)]
    assert found[1] > found[0]


def test_who_comes_again_is_told_to_the_engine_as_they_were() -> None:
    known = Arrival(
        at=NINE, queue="id-german", tier=-1, priority=2, language="de", last_agent="anna"
    )
    stranger = Arrival(at=TEN, queue="id-german")
    morning = replace(
        busy_morning(), lines=(queue("german", sticky_s=20.0),), arrivals=(known, stranger)
    )
    first, second = customers(morning, chance(1)).tasks
    assert (first.tier, first.priority, first.language) == (-1, 2, "de")
    assert (first.last_agent, first.sticky_until) == ("anna", NINE + 20.0)
    assert (second.last_agent, second.sticky_until) == (None, TEN)
    indifferent = replace(morning, lines=(queue("german", sticky_s=0.0),))
    assert [each.last_agent for each in customers(indifferent, chance(1)).tasks] == [None, None]


def test_what_a_queue_promises_is_what_counts_as_in_time_there() -> None:
    german, french = queue("german"), queue("french")
    german = replace(german, facts=replace(german.facts, target_s=60.0))
    morning = replace(busy_morning(), lines=(german, french))
    assert thresholds(SimulationRequest(traffic=morning, change=Change()), morning) == [60.0, 20.0]


def test_a_queue_weighs_what_comes_to_it() -> None:
    """72 recorded customers of 300 s in three hours are 2 erlangs; as many again are expected."""
    flow = Flow(queue="id-french", span=(NINE, NOON), arrivals=36, handle_s=300)
    german, french = desk(replace(busy_morning(), flows=(flow,))).queues
    assert (german.load, german.mean_s) == (2.0, 300.0)
    assert french.load == 1.0


def test_a_forecast_brings_as_many_as_it_says_and_never_the_same() -> None:
    flows = (
        Flow(queue="id-german", span=(NINE, TEN), arrivals=40, handle_s=100, patience_s=60),
        Flow(queue="id-german", span=(TEN, NOON), arrivals=400, handle_s=100),
        Flow(queue="id-french", span=(NINE, TEN), arrivals=0, handle_s=100),
    )
    morning = Traffic(
        span=(NINE, NOON), lines=busy_morning().lines, people=(person("anna"),), flows=flows
    )
    waves = [customers(morning, chance(seed)) for seed in range(1, 9)]
    early = [sum(at < TEN for at in wave.at) for wave in waves]
    late = [sum(at >= TEN for at in wave.at) for wave in waves]
    assert 30 < sum(early) / 8 < 50
    assert 380 < sum(late) / 8 < 420
    assert len(set(late)) > 1
    assert all(wave.at == sorted(wave.at) for wave in waves)
    assert set().union(*(wave.kinds for wave in waves)) == {0}
