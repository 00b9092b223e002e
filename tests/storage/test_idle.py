"""B21: who is idle is offered nothing, and is so no longer the moment they do anything."""

from __future__ import annotations

from uuid import UUID

import pytest

from storage.agents import Agents
from storage.errors import Unready
from storage.handovers import Handovers, Question
from storage.idle import Idle
from storage.rows import Heard
from storage.shops import Shops
from tests.storage.floor import Floor, at
from tests.support.idle import idle_of


async def resting(floor: Floor) -> UUID:
    """Return somebody who is idle."""
    await Shops(floor.db).update(floor.shop.id, {"idle_after_s": 60})
    agent = await floor.agent()
    heard = await Idle(floor.db).rest(agent, at(0))
    assert heard == Heard(agent, "available", responding=True, idle=True)
    return agent


async def test_b21_who_is_idle_is_offered_nothing(floor: Floor) -> None:
    agent = await resting(floor)
    row = await Agents(floor.db).get(agent)
    assert row is not None
    assert (row.idle_at, row.status) == (at(0), "available")
    assert await floor.try_offer(await floor.asked(), agent, 1) is None
    assert await idle_of(floor.db, floor.shop.id) == [agent]

    assert await Idle(floor.db).wake(agent) == Heard(agent, "available", True, idle=False)
    assert await Idle(floor.db).wake(agent) is None
    assert await floor.try_offer(await floor.asked(), agent, 2) is not None


async def test_b21_it_begins_once_and_only_by_the_rule(floor: Floor) -> None:
    idle, agents = Idle(floor.db), Agents(floor.db)
    agent = await floor.agent()
    assert await idle.rest(agent, at(0)) is None, "the shop has no such rule"
    await Shops(floor.db).update(floor.shop.id, {"idle_after_s": 60})
    await agents.set_status(agent, "busy", at(1))
    assert await idle.rest(agent, at(2)) is None, "who wants no work need not be told"
    await agents.set_status(agent, "available", at(3))
    assert await idle.rest(agent, at(4)) is not None
    assert await idle.rest(agent, at(5)) is None


@pytest.mark.parametrize("act", ["status", "accept", "decline", "pick"])
async def test_b21_every_act_ends_it(floor: Floor, act: str) -> None:
    await Shops(floor.db).update(floor.shop.id, {"idle_after_s": 60})
    agent, conversation = await floor.agent(), await floor.asked()
    offer = await floor.offered(conversation, agent, 0)
    assert await Idle(floor.db).rest(agent, at(0)) is not None
    moved = None
    if act == "status":
        await Agents(floor.db).set_status(agent, "available", at(5))
    elif act == "accept":
        moved = await floor.offers.accept(offer.id, agent, at(5))
    elif act == "decline":
        moved = await floor.offers.end(offer.id, agent, "declined", at(5))
    else:
        moved = await floor.offers.pick(conversation.id, agent, at(5))
    assert moved is None or moved.heard == Heard(agent, "available", True, idle=False)
    assert await idle_of(floor.db, floor.shop.id) == []


async def test_b21_nothing_is_handed_to_who_is_idle(floor: Floor) -> None:
    agent, other = await resting(floor), await floor.agent("bob")
    conversation = await floor.asked()
    offer = await floor.offered(conversation, other, 1)
    await floor.offers.accept(offer.id, other, at(2))
    with pytest.raises(Unready):
        await floor.transitions.transfer(conversation.id, other, agent, None, at(3))
    with pytest.raises(Unready):
        await Handovers(floor.db).ask(
            Question(conversation_id=conversation.id, agent_id=other, to_agent=agent), at(3)
        )


async def test_b21_the_setting_is_kept_apart_and_can_be_taken_back(floor: Floor) -> None:
    shops = Shops(floor.db)
    for value in (60, 14_400, None, None):
        row = await shops.update(floor.shop.id, {"idle_after_s": value})
        assert row is not None
        assert row.idle_after_s == value
    await shops.update(floor.shop.id, {"idle_after_s": 300})
    row = await shops.update(floor.shop.id, {"name": "Tea"})
    assert row is not None
    assert row.idle_after_s == 300
