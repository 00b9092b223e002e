"""What a period brought, read back for simulations."""

from storage.traffic import PastTraffics
from tests.storage.floor import Floor, at


async def test_a_period_tells_who_came_and_who_worked(floor: Floor) -> None:
    mei = await floor.agent(capacity=2)
    served = await floor.answered(mei, seconds=100)
    left = await floor.asked(seconds=200)
    await floor.transitions.end_by_customer(left.id, left.visitor_id, at(260))
    await floor.asked(seconds=300)
    await floor.asked(seconds=900)

    past = await PastTraffics(floor.db).between(floor.shop.id, at(50), at(800))

    assert [each.queued_at for each in past.customers] == [at(100), at(200), at(300)]
    first, second, third = past.customers
    assert (first.waiting_ms, first.left_at) == (0, None)
    assert (second.waiting_ms, second.left_at) == (None, at(260))
    assert (third.waiting_ms, third.left_at) == (None, None)
    assert {each.agent_id for each in past.worked} == {mei}
    assert (at(100), at(800)) in {(each.begin, each.end) for each in past.worked}
    assert [(each.id, each.capacity, each.skills) for each in past.colleagues] == [(mei, 2, {})]
    assert past.sticky_s == {floor.queue.id: 20}
    assert served.queue_id == floor.queue.id


async def test_other_shops_and_other_times_are_not_told(floor: Floor) -> None:
    other = await Floor.open(floor.db, "coffee")
    await other.asked(seconds=100)
    mei = await floor.agent()
    await floor.answered(mei, seconds=900)

    past = await PastTraffics(floor.db).between(floor.shop.id, at(0), at(800))

    assert (past.customers, past.worked) == ((), ())
    assert [each.id for each in past.colleagues] == [mei]
