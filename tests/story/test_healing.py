"""What was lost between nodes is healed, and nothing that is told meanwhile is lost by it."""

from __future__ import annotations

from uuid import UUID

import pytest
from redis.asyncio import Redis

from storage.alerts import STANDING
from storage.bus import BACK, NODES, TAG_BYTES
from storage.transitions import Transitions
from storage.visitors import Profile, Visitors
from tests.bus.ears import eventually
from tests.support.house import House, once

WAITS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND wait_event_type = 'Lock' AND query = $1
"""


async def lets_all_heal(house: House) -> None:
    """Say what a node says that could not speak for a while."""
    async with Redis.from_url(house.settings.redis_url.get_secret_value()) as valkey:
        channel = f"{await house.db.realm()}:{NODES}"
        assert await valkey.publish(channel, bytes(TAG_BYTES) + BACK) == len(house.nodes)


async def a_session_waits_for_the_alerts(house: House) -> bool:
    """Tell whether it is this read that waits; a job, or another test's database, may as well."""
    return bool(await house.db.fetchval(WAITS, STANDING))


async def test_what_is_told_while_a_session_heals_comes_after_what_it_is_healed_with(
    house: House,
) -> None:
    ada = await house.agent("Ada", role="admin", status=None)
    customer = await house.visitor()
    async with house.db.transaction() as tx:
        await tx.execute("LOCK TABLE alert")  # read at the end of what a session is told
        await lets_all_heal(house)
        await eventually(lambda: a_session_waits_for_the_alerts(house))
        begun = await customer.begins("Anybody?")

    assert (await ada.hears("session:started"))["waiting"] == []
    await ada.hears("conversation:changed", id=begun["conversation"]["id"])
    names = [name for name, _ in ada.line.events if name != "visitor:changed"]
    assert names[:2] == ["session:started", "session:started"]


async def test_a_tab_of_a_stranger_who_signed_in_unheard_comes_back_as_who_they_are(
    house: House,
) -> None:
    stranger, other = await house.visitor(), await house.visitor()
    conversation = (await stranger.begins("Hello"))["conversation"]["id"]
    await other.begins("Somebody else")
    visitors = Visitors(house.db)
    signed = await visitors.upsert_signed(house.shop.id, "ann", Profile(), house.now())
    assert await visitors.merge(UUID(stranger.id), signed.id)  # on a node that nobody hears

    await lets_all_heal(house)

    ended = await stranger.hears("session:ended")
    assert (ended["code"], ended["retry_after_ms"]) == ("replaced", 500)
    await other.hears("conversation:changed", id=other.conversation)
    assert (await other.says("Still here", once()))["seq"] > 0
    assert not other.line.heard("session:ended")
    assert (await house.row(conversation)).visitor_id == signed.id


async def test_a_tab_of_a_customer_who_is_no_more_comes_back_as_a_stranger(house: House) -> None:
    customer = await house.visitor()
    before = customer.id
    await house.db.execute("DELETE FROM visitor WHERE id = $1", UUID(before))

    await lets_all_heal(house)
    await customer.hears("session:ended", code="replaced")

    await customer.connects()
    assert customer.id != before


@pytest.mark.parametrize("looks", [False, True])
async def test_what_ended_unheard_is_heard_no_more_by_who_healed_unless_they_look_at_it(
    house: House, looks: bool
) -> None:
    ada, lee = await house.agent("Ada"), await house.agent("Lee", role="supervisor", status=None)
    customer = await house.visitor()
    conversation = await house.talk(customer, ada)
    if looks:
        await ada.does("conversation:open", conversation=conversation)
    transitions, who, now = Transitions(house.db), ada.row.id, house.now()
    await transitions.close(UUID(conversation), who, None, now)  # on a node that nobody hears
    await transitions.finish(UUID(conversation), who, None, now)

    await lets_all_heal(house)
    assert (await ada.hears("session:started"))["conversations"] == []
    await customer.hears("conversation:changed", id=conversation, state="closed")
    await lee.does("conversation:open", conversation=conversation)
    await lee.does(
        "message:send", conversation=conversation, client_id=once(), text="Odd.", private=True
    )

    next_one = (await (await house.visitor()).begins("Next"))["conversation"]["id"]
    await ada.hears("conversation:changed", id=next_one)
    heard = [each["text"] for each in ada.line.heard("message:created")]
    assert ("Odd." in heard) == looks
