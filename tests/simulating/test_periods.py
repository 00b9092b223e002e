"""A shop's own traffic, as the simulator takes it."""

import json
from datetime import UTC, datetime

import pytest

from routing.facts import EMERGENCY, NORMAL
from routing.simulator.change import Change, PeopleChange
from routing.simulator.replay import SimulationRequest
from routing.simulator.traffic import Traffic
from routing.simulator.wording import Mistake
from server.simulating.periods import as_it_was, read_forecast, read_period
from server.simulating.replays import shown, simulate, simulate_on, written
from server.simulating.shop import expected_traffic, recorded_traffic
from storage.database import Database
from storage.people import Overflow
from storage.queues import NewQueue, Queues
from tests.storage.floor import NOON, Floor, at
from tests.support.past import Talk, had

HEAD = "queue,start,arrivals,handle_s,patience_s"


async def an_hour(database: Database) -> tuple[Floor, Traffic]:
    """Mei served one at once and one after 40 s; another customer left after a minute."""
    floor = await Floor.open(database, wrap_up_s=0)
    mei = await floor.agent(capacity=1)
    row = await floor.answered(mei, seconds=100)
    await floor.transitions.close(row.id, mei, None, at(400))
    waiting = await floor.asked(seconds=360)
    offer = await floor.offered(waiting, mei, seconds=400)
    await floor.offers.accept(offer.id, mei, at(400))
    left = await floor.asked(seconds=500)
    await floor.transitions.end_by_customer(left.id, left.visitor_id, at(560))
    return floor, await recorded_traffic(database, floor.shop.id, at(0), at(3600))


async def test_a_recorded_hour_knows_waits_work_and_presence(database: Database) -> None:
    _, traffic = await an_hour(database)
    assert [each.waited_s for each in traffic.arrivals] == [0.0, 40.0, 60.0]
    assert [each.gave_up for each in traffic.arrivals] == [False, False, True]
    assert traffic.arrivals[0].work_s == 300.0
    assert traffic.arrivals[1].work_s is None
    (line,) = traffic.lines
    assert (line.key, line.handle_s, line.patience_s, line.sticky_s) == ("general", 300, 100, 20)
    (mei,) = traffic.people
    assert mei.here == ((at(100).timestamp(), at(3600).timestamp()),)
    assert as_it_was(traffic) == (
        "As recorded: 3 customers, mean wait 33.3 s (served 0.0 s), 33.3% gave up;"
        " no queue has a target."
    )


async def test_a_recorded_hour_tells_how_often_the_estimated_wait_was_right(
    database: Database,
) -> None:
    floor, _ = await an_hour(database)
    mei = await floor.agent()
    right, wrong = (
        Talk(agent=mei, handle_s=60, waited_s=30, told_s=told_s) for told_s in ((20, 30), (0, 20))
    )
    left = Talk(waited_s=10, told_s=(20, 30))
    await had(database, floor.shop.id, floor.queue.id, at(600), [right, right, right, wrong, left])

    traffic = await recorded_traffic(database, floor.shop.id, at(0), at(3600))

    assert as_it_was(traffic).endswith(" Of 4 estimated waits 75.0% were right.")


async def test_a_recorded_hour_can_be_replayed_on_one_core_or_two(database: Database) -> None:
    _, traffic = await an_hour(database)
    request = SimulationRequest(traffic=traffic, change=Change(), seeds=2)
    result = simulate(request)
    assert result.customers == 3
    assert result.before.total["mean_wait"].mean == pytest.approx(100 / 3, abs=20)
    assert await simulate_on(request, 2) == result


async def test_a_forecast_is_played_with_the_people_there_are(database: Database) -> None:
    floor = await Floor.open(database)
    mei = await floor.agent(capacity=2)
    lines = [HEAD, "general,2026-03-09T09:00,30,200,100", "general,2026-03-09T09:30,0,200,"]
    traffic = await expected_traffic(
        database, floor.shop.id, read_forecast(lines), "Europe/Berlin", NOON
    )
    nine = datetime(2026, 3, 9, 8, 0, tzinfo=UTC).timestamp()
    assert traffic.span == (nine, nine + 3600)
    assert [(each.id, each.here) for each in traffic.people] == [(str(mei), (traffic.span,))]
    result = simulate(SimulationRequest(traffic=traffic, change=Change(), seeds=3))
    assert 15 < result.customers < 45


async def test_when_everybody_is_away_nobody_is_served(database: Database) -> None:
    _, traffic = await an_hour(database)
    strike = Change(agents=PeopleChange(remove=tuple(each.key for each in traffic.people)))

    result = simulate(SimulationRequest(traffic=traffic, change=strike, seeds=2))

    assert result.before.total["sl"].mean > 0
    assert (result.after.total["sl"].mean, result.after.total["p_wait"].mean) == (0.0, 1.0)
    assert not result.after.total["asa"].is_known
    assert not result.after.total["occ_mean"].is_known
    told = json.dumps(written(result))
    assert "NaN" not in told


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("general,2026-03-09T09:00,many,200,100", "line 2.arrivals: must be a number, not many"),
        ("general,yesterday,30,200,100", "line 2.start: "),
        ("general,2026-03-09T09:00,30,,100", "line 2.handle_s: is missing"),
        ("general,2026-03-09T09:00,-1,200,100", "line 2.arrivals: must be 0 or more"),
        ("general,2026-03-09T09:00,inf,200,100", "line 2.arrivals: must be 100000 or less"),
        ("general,2026-03-09T09:00,nan,200,100", "line 2.arrivals: must be"),
        ("general,2026-03-09T09:00,3,inf,100", "line 2.handle_s: must be 604800 or less"),
        ("general,2026-03-09T09:00,3,200,inf", "line 2.patience_s: must be 604800 or less"),
    ],
)
def test_a_forecast_with_a_mistake_names_line_and_column(row: str, sentence: str) -> None:
    with pytest.raises(Mistake) as caught:
        read_forecast([HEAD, row])
    assert str(caught.value).startswith(sentence)


async def test_a_forecast_for_a_queue_that_is_not_there_is_refused(database: Database) -> None:
    floor = await Floor.open(database)
    expected = read_forecast([HEAD, "sales,2026-03-09T09:00,30,200,100"])
    with pytest.raises(Mistake, match="there is no queue sales; there are general"):
        await expected_traffic(database, floor.shop.id, expected, "UTC", NOON)


def test_a_period_of_days_includes_the_last_one_in_the_shops_time() -> None:
    begin, end = read_period("2026-03-02..2026-03-03", "Asia/Shanghai")
    assert begin == datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
    assert end == datetime(2026, 3, 3, 16, 0, tzinfo=UTC)
    assert read_period("2026-03-02", "UTC")[1] == datetime(2026, 3, 3, tzinfo=UTC)
    times = read_period("2026-03-02T09:00..2026-03-02T12:00", "UTC")
    assert (times[1] - times[0]).total_seconds() == 3 * 3600


@pytest.mark.parametrize("text", ["last week", "2026-03-03..2026-03-01", "2026-13-01"])
def test_a_period_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Mistake):
        read_period(text, "UTC")


async def test_a_recorded_queue_knows_from_when_on_others_help(database: Database) -> None:
    floor = await Floor.open(database)
    other = await Queues(database).create(
        NewQueue(shop_id=floor.shop.id, key="returns", name="Returns")
    )
    await floor.sets_queue(overflow=(Overflow(other.id, 60, skip_if_empty=False),))
    traffic = await recorded_traffic(database, floor.shop.id, at(0), at(3600))
    assert {line.key: line.helped_at for line in traffic.lines} == {
        "general": (60.0,),
        "returns": (),
    }


async def test_who_was_busy_twice_within_two_hours_was_there_between(database: Database) -> None:
    floor = await Floor.open(database)
    mei = await floor.agent()
    for seconds in (0, 6000, 15_000):
        talk = Talk(agent=mei, handle_s=600)
        await had(database, floor.shop.id, floor.queue.id, at(seconds), [talk])

    traffic = await recorded_traffic(database, floor.shop.id, at(0), at(20_000))

    assert [
        (begin - NOON.timestamp(), end - NOON.timestamp()) for begin, end in traffic.people[0].here
    ] == [(0, 6600), (15_000, 15_600)]


async def test_who_declined_was_there_too(database: Database) -> None:
    floor = await Floor.open(database)
    mei = await floor.agent()
    offer = await floor.offered(await floor.asked(seconds=60), mei, seconds=100)
    await floor.offers.end(offer.id, mei, "declined", at(110))

    traffic = await recorded_traffic(database, floor.shop.id, at(0), at(3600))

    assert traffic.people[0].here == ((at(100).timestamp(), at(110).timestamp()),)


async def test_what_was_urgent_and_in_which_language_is_known_of_a_recorded_customer(
    database: Database,
) -> None:
    floor = await Floor.open(database)
    row = await floor.asked(seconds=60)
    urgent = "UPDATE conversation SET emergency = true, priority = 3, locale = 'de' WHERE id = $1"
    await database.execute(urgent, row.id)
    await floor.asked(seconds=70)

    first, second = (await recorded_traffic(database, floor.shop.id, at(0), at(3600))).arrivals

    assert (first.tier, first.priority, first.language) == (EMERGENCY, 3, "de")
    assert second.tier == NORMAL


async def test_a_replay_with_another_seed_is_another_run(database: Database) -> None:
    floor = await Floor.open(database)
    await floor.agent(capacity=1)
    lines = [HEAD, "general,2026-03-09T09:00,30,200,100"]
    traffic = await expected_traffic(database, floor.shop.id, read_forecast(lines), "UTC", NOON)

    both, first, second = [
        await simulate_on(SimulationRequest(traffic=traffic, change=Change(), seeds=n, first=at), 1)
        for n, at in ((2, 6), (1, 6), (1, 7))
    ]

    waits = [each.before.total["mean_wait"].mean for each in (first, second)]
    assert waits[0] != waits[1]
    assert both.customers == (first.customers + second.customers) / 2
    alone = shown(second, has_change=False, runs=1)
    assert "there is no interval" in alone
    assert "±" not in alone


async def test_queues_that_nobody_comes_to_are_left_out_of_the_table(database: Database) -> None:
    floor = await Floor.open(database)
    await floor.agent(capacity=2)
    await Queues(database).create(NewQueue(shop_id=floor.shop.id, key="returns", name="Returns"))
    expected = read_forecast([HEAD, "general,2026-03-09T09:00,30,200,100"])
    traffic = await expected_traffic(database, floor.shop.id, expected, "UTC", NOON)

    result = await simulate_on(SimulationRequest(traffic=traffic, change=Change(), seeds=2), 1)

    table = shown(result, has_change=False, runs=2)
    assert "general" in table
    assert "returns" not in table
