from routing.eta import HANDLED_MIN, Handling, eta
from routing.positions import Place, places
from tests.routing.people import NOW, agent, engine, queue, task

USUAL = Handling(mean_s=300, count=200)


def test_g2_each_queue_counts_its_own() -> None:
    made = engine(queue(), queue("sales"), task("t1"), task("t2", queue="sales"))

    assert [place.position for place in places(made, "general", {}, NOW)] == [1]
    assert [place.position for place in places(made, "sales", {}, NOW)] == [1]


def test_g1_who_is_offered_keeps_their_place_until_they_leave() -> None:
    made = engine(agent("ann"), task("t1", 9), task("t2", 5))
    made.decide(NOW)

    assert list(places(made, "general", {}, NOW)) == [Place("t1", 1, (0, 30)), Place("t2", 2, None)]
    made.drop_task("t1")
    assert list(places(made, "general", {}, NOW)) == [Place("t2", 1, None)]


def test_g1_a_higher_priority_enters_before() -> None:
    made = engine(task("t1", 30), task("vip", 0, priority=1))

    assert [place.task for place in places(made, "general", {}, NOW)] == ["vip", "t1"]


def test_g3_ten_agents_serve_a_line_ten_times_as_fast() -> None:
    one, ten = eta(10, 1, USUAL), eta(10, 10, USUAL)

    assert one is not None
    assert ten is not None
    assert 9.5 < sum(one) / sum(ten) < 10.5


def test_g3_agents_who_serve_several_lines_count_in_each_with_a_share() -> None:
    made = engine(
        queue(),
        queue("sales", required={"x": 1}),
        agent("ann", capacity=2, in_hand=2, skills={"x": 1}),
        agent("bob", capacity=2, in_hand=2),
        agent("off", capacity=2, status="away", skills={"y": 1}),
        task("t1"),
        task("t2", queue="sales"),
        queue("quiet"),
        task("t3", queue="quiet"),
    )
    made.decide(NOW)
    made.drop_task("t3")
    general = list(places(made, "general", {"general": USUAL}, NOW))
    sales = list(places(made, "sales", {"sales": USUAL}, NOW))

    assert general == [Place("t1", 1, eta(1, 3, USUAL), eta(1, 3, USUAL))]
    assert sales == [Place("t2", 1, eta(1, 1, USUAL), eta(1, 1, USUAL))]


def test_a_poor_estimate_is_not_shown() -> None:
    assert eta(1, 0, USUAL) is None
    assert eta(1, 3, None) is None
    assert eta(1, 3, Handling(300, HANDLED_MIN - 1)) is None
    assert eta(100, 1, USUAL) is None
