"""What queues have to do, and how long agents take: for prices, estimates and speeds."""

from __future__ import annotations

from uuid import UUID

import pytest

from storage.handling import ARRIVALS_S, Handling
from storage.offers import Offers
from storage.stepping_in import Assignment, SteppingIn
from tests.storage.floor import Floor, at
from tests.support.past import Talk, had


async def handled(floor: Floor, agent: UUID, seconds: float, start: float = 0) -> UUID:
    row = await floor.answered(agent, start)
    await floor.transitions.close(row.id, agent, None, at(start + seconds))
    await floor.transitions.finish(row.id, agent, None, at(start + seconds))
    return row.id


async def test_traffic_counts_the_last_hour_and_the_last_that_were_closed(floor: Floor) -> None:
    agent, handling = await floor.agent(capacity=9), Handling(floor.db)
    for seconds in (100, 200, 300):
        await handled(floor, agent, seconds)
    await floor.asked()
    other = await Floor.open(floor.db, key="coffee")
    await other.asked()
    await floor.db.execute("UPDATE conversation SET created_at = $1", at(0))

    traffic = (await handling.traffic(floor.shop.id, at(10)))[floor.queue.id]
    assert traffic.arrivals_per_s == pytest.approx(4 / ARRIVALS_S)
    assert (traffic.mean_s, traffic.count) == (200.0, 3)
    later = (await handling.traffic(floor.shop.id, at(ARRIVALS_S + 1)))[floor.queue.id]
    assert (later.arrivals_per_s, later.count) == (0.0, 3)


async def test_patience_is_all_waits_over_those_who_gave_up(floor: Floor) -> None:
    agent, other = await floor.agent(), await Floor.open(floor.db, key="coffee")
    served, left = Talk(agent=agent, handle_s=90, waited_s=100), Talk(waited_s=200)
    await had(floor.db, floor.shop.id, floor.queue.id, at(0), [*[served] * 6, *[left] * 2])
    await had(floor.db, other.shop.id, other.queue.id, at(0), [Talk(agent=agent, handle_s=90)] * 3)
    await floor.db.execute(  # a night, until somebody came in: no answer, nor giving up
        "UPDATE conversation SET closed_by = 'system' WHERE id IN"
        " (SELECT id FROM conversation WHERE waiting_ms IS NULL LIMIT 1)"
    )

    traffic = (await Handling(floor.db).traffic(floor.shop.id, at(1000)))[floor.queue.id]
    patient = (await Handling(floor.db).traffic(other.shop.id, at(1000)))[other.queue.id]

    assert (traffic.patience_s, traffic.mean_s, traffic.count) == (1000.0, 90.0, 6)
    assert patient.patience_s is None


async def test_ranges_are_held_against_the_waits_of_the_last_two_hundred(floor: Floor) -> None:
    agent, handling = await floor.agent(), Handling(floor.db)
    right, wrong = (
        Talk(agent=agent, handle_s=60, waited_s=waited_s, told_s=(10, 60)) for waited_s in (60, 61)
    )
    unknown = [Talk(waited_s=30, told_s=(10, 60)), Talk(agent=agent, handle_s=60, waited_s=30)]
    parts = (floor.db, floor.shop.id, floor.queue.id)
    await had(*parts, at(0), [right] * 40)
    await had(*parts, at(1000), [*[wrong] * 150, *unknown * 20])
    await had(*parts, at(2000), [right] * 10)

    traffic = (await handling.traffic(floor.shop.id, at(3000)))[floor.queue.id]

    assert (traffic.scored, traffic.coverage) == (200, 50 / 200)


async def test_what_was_never_estimated_is_not_wrong(floor: Floor) -> None:
    await floor.asked()
    await handled(floor, await floor.agent(), 60)

    traffic = (await Handling(floor.db).traffic(floor.shop.id, at(100)))[floor.queue.id]

    assert (traffic.scored, traffic.coverage, traffic.patience_s) == (0, 1.0, None)


async def test_each_agent_is_held_beside_all(floor: Floor) -> None:
    quick, slow, handling = await floor.agent(capacity=9), await floor.agent(), Handling(floor.db)
    for seconds in (60, 120):
        await handled(floor, quick, seconds)
    await handled(floor, slow, 300)
    passed_on = await floor.answered(slow)
    await floor.transitions.transfer(passed_on.id, slow, None, floor.queue.id, at(900))
    offer = await floor.offered(passed_on, quick, 901)
    await floor.offers.accept(offer.id, quick, at(902))
    await floor.transitions.close(passed_on.id, quick, None, at(903))
    await floor.transitions.finish(passed_on.id, quick, None, at(904))

    found = {each.agent_id: each for each in await handling.by_agent(floor.shop.id, at(1000))}

    assert (found[quick].count, found[quick].mean_s) == (2, 90.0)
    assert (found[slow].count, found[slow].mean_s) == (1, 300.0)
    assert {each.queue_mean_s for each in found.values()} == {160.0}
    assert await handling.by_agent(floor.shop.id, at(91 * 86_400)) == []


@pytest.mark.parametrize("how", ["transferred", "agent_left", "assigned"])
async def test_what_went_through_several_hands_says_nothing_of_one_of_them(
    floor: Floor, how: str
) -> None:
    first, second = await floor.agent(), await floor.agent()
    row = await floor.answered(first, 0)
    if how == "transferred":
        await floor.transitions.transfer(row.id, first, None, floor.queue.id, at(500))
        await Offers(floor.db).pick(row.id, second, at(500))
    elif how == "agent_left":
        await floor.transitions.left(row.id, first, at(500))
        await Offers(floor.db).pick(row.id, second, at(500))
    else:
        given = Assignment(
            shop_id=floor.shop.id,
            conversation_id=row.id,
            agent_id=second,
            by=first,
            reason="Bob knows",
        )
        await SteppingIn(floor.db).assign(given, at(500))
    await floor.transitions.close(row.id, second, None, at(510))
    await floor.transitions.finish(row.id, second, None, at(510))

    assert await Handling(floor.db).by_agent(floor.shop.id, at(600)) == []


async def test_who_was_given_it_from_the_line_had_it_alone(floor: Floor) -> None:
    agent, lead = await floor.agent(), await floor.agent()
    row = await floor.asked()
    given = Assignment(
        shop_id=floor.shop.id, conversation_id=row.id, agent_id=agent, by=lead, reason="Ann knows"
    )
    await SteppingIn(floor.db).assign(given, at(5))
    await floor.transitions.close(row.id, agent, None, at(65))
    await floor.transitions.finish(row.id, agent, None, at(65))

    [handled_] = await Handling(floor.db).by_agent(floor.shop.id, at(600))

    assert (handled_.agent_id, handled_.mean_s) == (agent, 60.0)
