"""A node dies at any of its steps, before or after PostgreSQL did what it asked; others go on."""

from functools import partial

import pytest

from tests.assignment.death import Death, tries
from tests.assignment.nodes import SWEEP_S
from tests.assignment.office import Office, seat_row

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture(params=[False, True], ids=["before", "after"])
def death(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Death:
    return Death(monkeypatch, after=request.param)


async def test_p5_who_waits_is_offered_once_wherever_the_host_dies(
    office: Office, death: Death
) -> None:
    async for each in tries(office, death):
        await each.begins(turn=False)
        has_died = await death.meets(each.node.host.turn)

        await each.others_go_on()

        assert await each.live() == [each.ann.agent_id]
        assert await office.slots(each.ann) == 1
        assert office.offered(each.ann)[-1] == each.row.id
        assert each.told() == "offered"
        await each.ends()
        if not has_died:
            break
    assert death.step > 5


async def test_p5_what_was_missed_goes_to_the_next_and_counts_once_wherever_the_host_dies(
    office: Office, death: Death
) -> None:
    async for each in tries(office, death):
        await each.begins()
        bob = await office.agent(f"bob{death.step}", node=each.node)
        await office.clock.advance(31)
        await each.node.presence.renew()
        await each.node.tenure.renew()
        has_died = await death.meets(each.node.host.turn)

        await each.others_go_on(bob)

        assert await each.live() == [bob.agent_id]
        assert (await office.events(each.row)).count("timed_out") == 1
        assert (await seat_row(office, each.ann)).misses == 1
        assert [await office.slots(seat) for seat in (each.ann, bob)] == [0, 1]
        await office.stores.agents.deactivate(bob.shop_id, bob.agent_id, office.clock.now())
        await each.ends()
        if not has_died:
            break
    assert death.step > 5


async def test_p4_whoever_accepts_again_has_it_once_wherever_the_node_dies(
    office: Office, death: Death
) -> None:
    async for each in tries(office, death):
        await each.begins()
        offer = each.offer()
        has_died = await death.meets(partial(each.node.desk.accept, each.ann, offer))

        other = await each.others_go_on()
        await other.desk.accept(each.ann, offer)
        await office.turn(other)

        row = await office.row(each.row)
        assert (row.state, row.agent_id) == ("active", each.ann.agent_id)
        assert (await office.events(row)).count("accepted") == 1
        assert await office.slots(each.ann) == 1
        assert each.told() == "active"
        await each.ends()
        if not has_died:
            break
    assert death.step > 1


async def test_a3_who_steps_away_is_asked_no_more_wherever_the_node_dies(
    office: Office, death: Death
) -> None:
    async for each in tries(office, death):
        await each.begins()
        has_died = await death.meets(partial(each.node.statuses.set, each.ann, "away"))

        await each.others_go_on()

        is_away = (await seat_row(office, each.ann)).status == "away"
        assert await each.live() == ([] if is_away else [each.ann.agent_id])
        assert await office.slots(each.ann) == (0 if is_away else 1)
        assert each.told() == ("queued" if is_away else "offered")
        assert is_away or has_died
        await each.ends()
        if not has_died:
            break
    assert death.step > 2


async def test_a11_the_next_gets_the_place_of_a_wrap_up_wherever_the_host_dies(
    office: Office, death: Death
) -> None:
    async for each in tries(office, death):
        await each.begins()
        await each.node.desk.accept(each.ann, each.offer())
        waiting = await office.customer(turn=False, node=each.node)
        now = office.clock.now()
        ended = await office.stores.transitions.close(each.row.id, each.ann.agent_id, None, now)
        await each.node.announce.moved(ended)
        await office.passes(SWEEP_S, each.node)
        await office.clock.advance(10 - SWEEP_S)
        await each.node.tenure.renew()
        has_died = await death.meets(each.node.host.turn)

        await each.others_go_on()

        assert (await office.row(each.row)).state == "closed"
        assert await each.live(waiting) == [each.ann.agent_id]
        assert office.offered(each.ann)[-1] == waiting.id
        assert await office.slots(each.ann) == 1
        now = office.clock.now()
        await office.stores.transitions.end_by_customer(waiting.id, waiting.visitor_id, now)
        await each.ends()
        if not has_died:
            break
    assert death.step > 5
