"""How many agents it takes, by formula for one queue and by search for several."""

from collections.abc import Callable, Mapping
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.erlang.delay import Delay
from routing.erlang.traffic import Definition, Service, Team, Traffic
from routing.skill_mix import NotReached, Profile, Search, Staffing, first_guess
from routing.staffing import Bounds, Goal, Work, expected, merged, need, pooled_bounds

RELAXED = settings(max_examples=40)
CALLS = Traffic(1 / 18, 180)


def served(traffic: Traffic, agents: int) -> Service:
    return expected(traffic, Team(agents))


def test_eighty_in_twenty_takes_fourteen() -> None:
    """The textbook example: 10 erlangs of calls."""
    found = need(CALLS, Goal())
    assert (found.agents, found.rostered) == (14, 14)
    assert found.service is not None
    assert found.service.level(20) == pytest.approx(0.888350019, abs=1e-9)
    assert Delay(CALLS, Team(13)).level(20) < 0.8


def test_a_cap_on_occupancy_asks_for_more() -> None:
    assert need(CALLS, Goal(occupancy_max=0.65)).agents == 16  # 10 / 16 = 62.5 %


def test_a_cap_on_abandonment_asks_for_more() -> None:
    impatient = Traffic(1 / 18, 180, 60)
    easy, strict = (need(impatient, Goal(level=0.5, abandon_max=cap)) for cap in (1, 0.02))
    assert easy.agents < strict.agents
    assert served(impatient, strict.agents).p_abandon <= 0.02
    assert served(impatient, strict.agents - 1).p_abandon > 0.02


def test_who_leaves_needs_no_agent() -> None:
    """Erlang A is content with fewer than Erlang C, and with more than no line at all."""
    assert need(Traffic(1 / 18, 180, 120), Goal()).agents < need(CALLS, Goal()).agents


def test_the_definition_of_the_service_level_makes_a_difference() -> None:
    traffic = Traffic(1 / 12, 240, 120)
    takes = {name: need(traffic, Goal(level=0.75, definition=name)).agents
             for name in get_args(Definition)}  # fmt: skip
    assert takes["answered"] < takes["offered"]
    assert takes == {"offered": 21, "answered": 20, "excluding": 21, "virtual": 21}


def test_breaks_are_added_on_top() -> None:
    found = need(CALLS, Goal(), Work(shrinkage=0.3))
    assert (found.agents, found.rostered) == (14, 20)
    assert Work(shrinkage=0.1).rostered(9) == 10
    assert Work().rostered(14) == 14


def test_three_chats_at_a_time_take_a_third_and_more_when_they_slow_each_other() -> None:
    chats = Traffic(1 / 9, 180, 120)
    alone = need(chats, Goal()).agents
    assert need(chats, Goal(), Work(slots=3)).agents == -(-alone // 3)
    slowed = need(chats, Goal(), Work(slots=3, speeds=(1, 0.8, 0.65))).agents
    assert -(-alone // 3) < slowed < alone


def test_nobody_comes_and_nobody_is_needed() -> None:
    found = need(Traffic(0, 180), Goal())
    assert (found.agents, found.rostered, found.service) == (0, 0, None)


@given(
    st.floats(0.01, 150),
    st.one_of(st.none(), st.floats(5, 2000)),
    st.floats(0.05, 0.99),
    st.floats(0, 120),
    st.floats(0.3, 1),
    st.sampled_from(get_args(Definition)),
)
@RELAXED
def test_the_number_is_enough_and_one_less_is_not(
    load: float,
    patience_s: float | None,
    level: float,
    within_s: float,
    occupancy_max: float,
    definition: Definition,
) -> None:
    traffic = Traffic(load / 200, 200, patience_s)
    goal = Goal(level=level, within_s=within_s, definition=definition, occupancy_max=occupancy_max)
    agents = need(traffic, goal).agents
    assert goal.is_met(served(traffic, agents))
    if agents > 1 and (patience_s is not None or load < agents - 1):
        assert not goal.is_met(served(traffic, agents - 1))


def test_what_no_number_reaches_is_said() -> None:
    with pytest.raises(ValueError, match="Not even 100000 agents"):
        need(Traffic(1000, 1000), Goal())


def test_shared_queues_need_more_than_a_pool_and_less_than_silos() -> None:
    queues = {"returns": Traffic(0.02, 240, 180), "orders": Traffic(0.03, 240, 180)}
    goals = dict.fromkeys(queues, Goal())
    bounds = pooled_bounds(queues, goals)
    assert bounds.silos == sum(need(each, Goal()).agents for each in queues.values())
    assert bounds.pool == need(Traffic(0.05, 240, 180), Goal()).agents < bounds.silos
    assert pooled_bounds({"idle": Traffic(0, 60)}, {"idle": Goal()}) == Bounds(0, 0)


def test_one_pool_is_held_to_what_the_easiest_queue_promises() -> None:
    """Else it would be no lower bound: some of its agents could be kept from the strict queue."""
    queues = {"chat": Traffic(0.02, 240, 180), "vip": Traffic(0.02, 240, 180)}
    easy, strict = Goal(level=0.5, within_s=60), Goal(level=0.95, within_s=10)
    pool = pooled_bounds(queues, {"chat": easy, "vip": strict}).pool
    assert pool == need(Traffic(0.04, 240, 180), easy).agents
    assert pool < need(Traffic(0.04, 240, 180), strict).agents


def test_merged_streams_keep_their_load_and_their_leaving() -> None:
    both = merged([Traffic(0.02, 100, 50), Traffic(0.06, 300, 100), Traffic(0.02, 200)])
    assert both.rate == pytest.approx(0.1)
    assert both.load == pytest.approx(2 + 18 + 4)
    assert both.patience_s == pytest.approx(0.1 / (0.02 / 50 + 0.06 / 100))
    assert merged([Traffic(0.1, 60)]).patience_s is None


GERMAN = Profile("german", frozenset({"de"}))
ENGLISH = Profile("english", frozenset({"en"}))
BOTH = Profile("both", frozenset({"de", "en"}), cost=1.3)
PROFILES = (BOTH, GERMAN, ENGLISH)


def fake(wanted: Mapping[str, float]) -> Callable[[Staffing], Mapping[str, float]]:
    """Each queue is served by its own people and by an equal part of those who can do both."""

    def evaluate(staffing: Staffing) -> Mapping[str, float]:
        shared = staffing["both"] / 2
        hands = {"de": staffing["german"] + shared, "en": staffing["english"] + shared}
        return {queue: min(1.0, hands[queue] / wanted[queue]) for queue in wanted}

    return evaluate


def test_the_search_adds_whoever_helps_most_until_all_are_served() -> None:
    targets = {"de": 0.8, "en": 0.8}
    evaluate = fake({"de": 5, "en": 10})
    found = Search(PROFILES, targets, evaluate).run({}, agents_max=30)
    assert all(evaluate(found)[queue] >= 0.8 for queue in targets)
    assert found == {"both": 0, "german": 4, "english": 8}


def test_the_search_sends_home_who_is_not_needed_the_dearest_first() -> None:
    search = Search(PROFILES, {"de": 0.8, "en": 0.8}, fake({"de": 5, "en": 10}))
    assert search.run({"both": 3, "german": 9, "english": 9}, agents_max=30) == {
        "both": 0,
        "german": 4,
        "english": 8,
    }


def test_somebody_who_can_do_both_is_worth_it_when_two_queues_lack_a_little() -> None:
    search = Search(PROFILES, {"de": 0.9, "en": 0.9}, fake({"de": 5, "en": 5}))
    assert search.run({"german": 4, "english": 4}, agents_max=30)["both"] == 1


@pytest.mark.parametrize(("cost", "taken"), [(1.5, "expert"), (3.0, "novice")])
def test_whoever_helps_most_for_their_cost_is_added(cost: float, taken: str) -> None:
    """An expert does the work of two."""
    both = frozenset({"de"})
    search = Search(
        (Profile("novice", both), Profile("expert", both, cost)),
        {"de": 0.8},
        lambda staffing: {"de": (staffing["novice"] + 2 * staffing["expert"]) / 10},
    )
    assert [name for name, count in search.run({}, 30).items() if count] == [taken]


def test_a_search_that_gets_nowhere_ends_and_says_who_is_missing() -> None:
    search = Search(PROFILES, {"de": 0.8, "en": 0.8}, fake({"de": 5, "en": 100}))
    with pytest.raises(NotReached, match="With 10 agents en still miss") as told:
        search.run({}, agents_max=10)
    assert sum(told.value.staffing.values()) == 10


def test_a_queue_that_nobody_can_serve_is_told_before_the_search() -> None:
    with pytest.raises(ValueError, match="No profile serves fr"):
        Search(PROFILES, {"fr": 0.8}, fake({}))
    with pytest.raises(ValueError, match="no profile french to start with"):
        Search(PROFILES, {"de": 0.8}, fake({"de": 1})).run({"french": 1}, agents_max=3)
    with pytest.raises(ValueError, match="No profile serves fr"):
        first_guess({"fr": 2}, PROFILES, 3)


def test_the_first_guess_gives_each_queue_its_load_and_a_root_share_of_the_rest() -> None:
    assert first_guess({"de": 4, "en": 16}, PROFILES, 26) == {"both": 0, "german": 6, "english": 20}
    assert sum(first_guess({"de": 3.3, "en": 7.9}, PROFILES, 14).values()) == 14
    assert first_guess({}, PROFILES, 0) == {"both": 0, "german": 0, "english": 0}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: Goal(level=1), "between 0 and 1"),
        (lambda: Goal(within_s=-1), "0 s or more"),
        (lambda: Goal(abandon_max=0), "more than 0"),
        (lambda: Goal(occupancy_max=1.1), "at most 1"),
        (lambda: Work(shrinkage=1), "Shrinkage"),
        (lambda: Work(slots=0), "1 to 100 slots"),
        (lambda: merged([Traffic(0, 60)]), "without arrivals"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(wrong: Callable[[], object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        wrong()
