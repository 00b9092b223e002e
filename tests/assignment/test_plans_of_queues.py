"""C14: queues with hours of their own, and what becomes of a plan with its last queue."""

from datetime import timedelta

from server.protocol.shapes import Conversation, Hours
from storage.people import QueueRow
from storage.rows import ConversationRow
from tests.assignment.office import Office

# It is a Monday, 9:00 in the shop.
NIGHTS = {"name": "Nights", "weekly": {"1": [["20:00", "26:00"]]}}
UNTIL_9_01 = {"name": "Early", "weekly": {"1": [["08:00", "09:01"]]}}


async def keeps(office: Office, *plans: dict[str, object]) -> None:
    await office.sets_shop(plans=plans)


async def archives(office: Office, queue: QueueRow) -> None:
    await office.stores.queues.archive(office.shop.id, queue.id, office.clock.now())
    office.node.pokes.shop_touched(office.shop.id)
    await office.passes(1)


def seen(office: Office, row: ConversationRow) -> Conversation:
    """What a waiting customer was told last."""
    return list(office.told(row))[-1]


def own_hours(office: Office, row: ConversationRow) -> Hours:
    """The hours of their queue as they were told last."""
    hours = seen(office, row).hours
    assert hours is not None
    return hours


def opens_in_h(office: Office, row: ConversationRow) -> int:
    opens_at = own_hours(office, row).opens_at
    assert opens_at is not None
    return round((opens_at - office.clock.now()).total_seconds() / 3600)


async def test_a_queue_keeps_the_hours_of_its_plan_and_others_the_shops(office: Office) -> None:
    await office.agent("ann", capacity=1)
    night = await office.new_queue("night")
    await keeps(office, NIGHTS | {"queues": ["night"]})
    await office.customer()  # has ann's only place

    late, other = await office.customer(queue=night), await office.customer()

    assert (seen(office, late).service, seen(office, other).service) == ("closed", "open")
    own = seen(office, late).hours
    assert own == Hours(service="closed", opens_at=office.clock.now() + timedelta(hours=11))
    assert seen(office, other).hours is None


async def test_c15_a_queue_that_closes_tells_its_own_customers(office: Office) -> None:
    ann = await office.agent("ann")
    early = await office.new_queue("early")
    await keeps(office, UNTIL_9_01 | {"queues": ["early"]})
    await office.customer()
    await office.accepts(ann)
    waits, other = await office.customer(queue=early), await office.customer()
    assert seen(office, waits).service == "open"

    await office.passes(61)

    assert (seen(office, waits).service, seen(office, other).service) == ("closed", "open")
    assert seen(office, waits).position == 1, "they keep their place"


async def test_c15_what_was_remembered_of_the_hours_does_not_outlast_the_opening(
    office: Office,
) -> None:
    await office.agent("ann")
    await office.customer()
    late = await office.new_queue("late")
    await keeps(office, {"name": "Late", "queues": ["late"], "weekly": {"1": [["09:01", "18:00"]]}})
    waits = await office.customer(queue=late)
    await office.clock.advance(59.8)
    await office.node.presence.renew()
    await office.node.announce.conversation(waits.id)  # which is remembered for half a second
    assert own_hours(office, waits).service == "closed"

    await office.clock.advance(0.3)
    await office.turn()

    assert (seen(office, waits).service, own_hours(office, waits).service) == ("open", "open")


async def test_who_waits_hears_of_a_plan_that_opens_at_another_time(office: Office) -> None:
    await office.agent("ann")
    await office.customer()
    night = await office.new_queue("night")
    await keeps(office, NIGHTS | {"queues": ["night"]})
    waits = await office.customer(queue=night)
    await office.passes(1)

    await keeps(office, NIGHTS | {"queues": ["night"], "weekly": {"1": [["22:00", "24:00"]]}})
    await office.passes(1)

    assert opens_in_h(office, waits) == 13


async def test_a_queue_may_be_open_while_the_shop_is_not(office: Office) -> None:
    await office.agent("ann")
    await office.customer()
    always = await office.new_queue("always")
    await office.sets_shop(hours={"weekly": {}})
    await keeps(office, {"name": "Always", "queues": ["always"], "weekly": None})
    waits, other = await office.customer(queue=always), await office.customer()
    assert (seen(office, waits).service, seen(office, other).service) == ("open", "closed")


async def test_c14_with_its_only_queue_a_plan_closes(office: Office) -> None:
    await office.agent("ann")
    await office.customer()
    night = await office.new_queue("night")
    await keeps(office, NIGHTS | {"queues": ["night"]})
    late = await office.customer(queue=night)
    assert seen(office, late).service == "closed"
    assert office.node.openness.next_due() is not None

    await archives(office, night)

    assert seen(office, late).service == "open", "who waited there falls back to the shop's hours"
    assert seen(office, late).hours is None
    assert office.node.openness.next_due() is None, "nobody waits for the plan to change"
    await office.stores.queues.update(office.shop.id, night.id, {"archived_at": None})
    office.node.pokes.shop_touched(office.shop.id)
    await office.passes(1)
    again = await office.customer(queue=night)
    assert seen(office, again).service == "closed", "back in use, it keeps its plan"


async def test_c14_a_plan_that_another_queue_keeps_stays(office: Office) -> None:
    await office.agent("ann")
    await office.customer()
    night, moon = await office.new_queue("night"), await office.new_queue("moon")
    await keeps(office, NIGHTS | {"queues": ["night", "moon"]})
    gone, stays = await office.customer(queue=night), await office.customer(queue=moon)

    await archives(office, night)

    assert (seen(office, gone).service, seen(office, stays).service) == ("open", "closed")
    assert office.node.openness.next_due() is not None
