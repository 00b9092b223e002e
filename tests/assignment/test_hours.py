"""What waiting customers hear when the shop closes, on ordinary days and on special ones."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from server.protocol.events import ServiceChanged
from server.protocol.shapes import AgentConversation, Hours
from server.services.hours import Plans
from storage.people import QueueSkill
from storage.rows import ConversationRow
from tests.assignment.office import Office

CLOSES_IN_A_MINUTE = {"weekly": {"1": [["08:00", "09:01"]], "2": [["08:00", "12:00"]]}}
TUESDAY_OFF = {"special": [{"date": "2026-03-03", "open": [], "name": "Inventory"}]}


def heard(office: Office) -> list[Hours]:
    told = office.ears.of(f"shop-visitors:{office.shop.id}", "service:changed")
    return [each.hours for each in told if isinstance(each, ServiceChanged)]


async def keeps(office: Office, hours: Mapping[str, object]) -> None:
    await office.stores.shops.update(office.shop.id, {"hours": dict(hours)})
    office.node.pokes.shop_touched(office.shop.id)
    await office.turn()


async def test_c15_the_waiting_are_told_when_it_opens_and_keep_their_place(office: Office) -> None:
    ann = await office.agent("ann")
    running = await office.customer()
    await office.accepts(ann)
    first, second = await office.customer(), await office.customer()
    await keeps(office, CLOSES_IN_A_MINUTE)

    await office.passes(61)

    told = heard(office)[-1]
    assert (told.service, str(told.opens_at)) == ("closed", "2026-03-03 08:00:00+00:00")
    for row, place in ((first, 1), (second, 2)):
        kept = await office.row(row)
        assert (kept.state, kept.queued_at) == ("queued", row.queued_at)
        seen = list(office.told(row))[-1]
        assert (seen.position, seen.service) == (place, "closed")
    assert (await office.row(running)).agent_id == ann.agent_id
    await office.resolves(ann, running)
    assert office.offered(ann)[-1] == first.id, "whoever is still at work takes whose turn it is"


async def test_c13_who_waits_before_a_holiday_is_told_the_day_after(office: Office) -> None:
    await office.agent("ann")
    weekly = {str(day): [["08:00", "09:01"]] for day in range(1, 6)}
    await keeps(office, {"weekly": weekly} | TUESDAY_OFF)

    await office.passes(61)

    assert str(heard(office)[-1].opens_at) == "2026-03-04 08:00:00+00:00"


async def test_closed_nobody_ready_and_nobody_able_are_different_answers(office: Office) -> None:
    await office.agent("ann")
    dana = await office.agent("dana", skills={"repairs": 2}, is_here=False)
    repairs = next(
        each for each in await office.stores.skills.of_shop(office.shop.id) if each.key == "repairs"
    )
    workshop = await office.new_queue("workshop", skills=[QueueSkill(repairs.id, 2, True)])
    row = await office.customer(queue=workshop)
    assert prospects(office, row) == ["nobody"], "ann is here, but cannot"
    assert heard(office)[-1].service == "open"

    await office.change(dana, skills={})
    await office.passes(1)
    assert prospects(office, row) == ["nobody", "uncovered"]
    assert shown(office, row) == "uncovered"

    await office.change(dana, skills={repairs.id: 2})
    await office.node.presence.came(dana, "dana")
    await office.passes(1)
    assert prospects(office, row)[-1] == "open"
    assert shown(office, row) == "open"


def prospects(office: Office, row: ConversationRow) -> list[str]:
    """What the customer was told that they may hope for, once for each change."""
    told = [each.service for each in office.told(row)]
    return [service for service, last in zip(told, [None, *told], strict=False) if service != last]


def shown(office: Office, row: ConversationRow) -> str:
    """What the consoles were shown of it last."""
    told = office.ears.of(f"shop:{office.shop.id}", "conversation:changed")
    views = [each for each in told if isinstance(each, AgentConversation)]
    return [each.service for each in views if each.id == str(row.id)][-1]


async def test_a_plan_is_looked_at_again_when_it_changes_and_when_its_time_comes(
    office: Office,
) -> None:
    plans, now = Plans(), datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    shop = await office.stores.shops.update(office.shop.id, {"hours": CLOSES_IN_A_MINUTE})
    assert shop is not None

    first = plans.state(shop, now)
    assert plans.state(shop, now + timedelta(seconds=59)) is first
    assert not plans.state(shop, now + timedelta(seconds=60)).is_open

    changed = await office.stores.shops.update(office.shop.id, {"hours": None})
    assert changed is not None
    assert plans.state(changed, now + timedelta(seconds=61)).is_open
    assert plans.state(shop, now - timedelta(hours=3)).changes_at == now - timedelta(hours=1)
