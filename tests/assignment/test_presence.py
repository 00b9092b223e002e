import asyncio
from contextlib import suppress

from server.protocol.events import ServiceChanged
from tests.assignment.nodes import GRACE_S, TTL_S
from tests.assignment.office import Office


def services(office: Office) -> list[str]:
    told = office.ears.of(f"shop-visitors:{office.shop.id}", "service:changed")
    return [each.hours.service for each in told if isinstance(each, ServiceChanged)]


async def test_c1_reloading_twenty_times_a_minute_is_not_leaving(office: Office) -> None:
    ann = await office.agent("ann", capacity=2)
    row = await office.customer()
    await office.accepts(ann)
    before = services(office)

    for reload in range(20):
        await office.node.presence.went(ann, "ann" if reload == 0 else f"r{reload}")
        await office.passes(1)
        await office.node.presence.came(ann, f"r{reload + 1}")
        await office.passes(2)

    assert (await office.row(row)).agent_id == ann.agent_id
    assert services(office) == before

    second = await office.customer()
    assert office.offered(ann) == [row.id, second.id]


async def test_c2_away_stays_away_over_reload_and_sign_in(office: Office) -> None:
    ann = await office.agent("ann")
    await office.sets(ann, "away")

    await office.node.presence.went(ann, "ann", signed_out=True)
    await office.node.presence.came(ann, "later")
    await office.customer()

    agent = await office.stores.agents.get(ann.agent_id)
    assert agent is not None
    assert agent.status == "away"
    assert office.offered(ann) == []


async def test_c3_the_chats_of_a_lost_agent_stay_in_their_hands(office: Office) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    await office.accepts(ann)

    await office.node.presence.went(ann, "ann")
    await office.passes(GRACE_S + 1)

    assert (await office.row(row)).agent_id == ann.agent_id


async def test_c5_who_logs_in_is_offered_the_two_oldest_of_five(office: Office) -> None:
    rows = [await office.customer() for _ in range(5)]
    assert [office.position(row) for row in rows] == [1, 2, 3, 4, 5]

    ann = await office.agent("ann", capacity=2)
    await office.turn()

    assert office.offered(ann) == [row.id for row in rows[:2]]
    await office.passes(1)
    assert [office.position(row) for row in rows] == [1, 2, 3, 4, 5]


async def test_who_signs_out_is_gone_at_once(office: Office) -> None:
    ann = await office.agent("ann")

    await office.node.presence.went(ann, "ann", signed_out=True)

    assert await office.node.presence.online(office.shop.id) == set()
    assert await office.another_node().presence.online(office.shop.id) == set()


async def test_an_agent_with_two_windows_is_here_until_both_are_closed(office: Office) -> None:
    ann = await office.agent("ann")
    await office.node.presence.came(ann, "second")

    await office.node.presence.went(ann, "ann", signed_out=True)
    assert await office.node.presence.online(office.shop.id) == {ann.agent_id}

    await office.node.presence.went(ann, "second", signed_out=True)
    await office.node.presence.went(ann, "second")
    assert await office.node.presence.online(office.shop.id) == set()


async def test_every_node_knows_who_is_here_until_their_node_dies(office: Office) -> None:
    ann = await office.agent("ann")
    other = office.another_node()
    assert await other.presence.online(office.shop.id) == {ann.agent_id}

    await office.clock.advance(TTL_S - 1)
    await office.node.presence.renew()
    await office.clock.advance(TTL_S - 1)
    assert await other.presence.online(office.shop.id) == {ann.agent_id}

    await office.clock.advance(2)
    assert await other.presence.online(office.shop.id) == set()


async def test_c7_the_page_hears_when_the_last_agent_leaves(office: Office) -> None:
    await office.turn()
    ann = await office.agent("ann")
    await office.turn()
    assert (await office.node.opening.hours(office.shop.id)).service == "open"
    assert [person.name for person in await office.node.opening.agents(office.shop.id)] == ["ann"]

    await office.sets(ann, "away")
    await office.clock.advance(1)

    assert services(office) == ["nobody", "open", "nobody"]
    assert (await office.node.opening.hours(office.shop.id)).service == "nobody"


async def test_c7_two_changes_of_status_that_fell_together_are_told(office: Office) -> None:
    ann = await office.agent("ann")
    await office.sets(ann, "away")
    told = services(office)

    await office.node.statuses.set(ann, "available")  # a page opened now reads "open"
    await office.sets(ann, "away")

    assert services(office) == [*told, "nobody"]


async def test_c7_the_page_hears_when_the_shop_closes_and_opens(office: Office) -> None:
    await office.clock.advance(2)  # so that it is the clock that tells, and not a sweep
    await office.agent("ann")
    await office.stores.shops.update(
        office.shop.id,
        {"hours": {"weekly": {"1": [["08:00", "09:01"]], "2": [["08:00", "12:00"]]}}},
    )
    office.node.pokes.shop_touched(office.shop.id)
    await office.turn()

    await office.passes(61)
    assert services(office) == ["open", "closed"]
    hours = await office.node.opening.hours(office.shop.id)
    assert hours.opens_at is not None
    assert hours.opens_at.isoformat() == "2026-03-03T08:00:00+00:00"


async def test_a_node_vouches_for_its_agents_as_long_as_it_lives(office: Office) -> None:
    ann = await office.agent("ann")
    bob = await office.agent("bob")
    other = office.another_node()
    job = asyncio.create_task(office.node.presence.run())
    await office.clock.settle()
    await office.node.presence.went(bob, "bob")

    for _ in range(6):
        asleep = office.clock.sleeping
        await office.clock.advance(TTL_S / 3)
        while office.clock.sleeping < asleep:
            await other.presence.online(office.shop.id)
    assert await other.presence.online(office.shop.id) == {ann.agent_id}

    job.cancel()
    with suppress(asyncio.CancelledError):
        await job
