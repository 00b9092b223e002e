"""What the routing engine is told, and why it decided."""

from storage.agents import Agents
from storage.decisions import Decisions
from storage.people import AgentFacts, NeededSkill, QueueSkill, Refusal
from storage.queues import NewQueue, Queues
from storage.routing_facts import RoutingFacts
from storage.skills import Skills
from tests.storage.floor import Floor, at


async def test_facts_of_a_shop_are_complete(floor: Floor) -> None:
    shop = floor.shop.id
    tea = await Skills(floor.db).create(shop, "tea", "Tea")
    chinese = await Skills(floor.db).create(shop, "lang:zh", "中文", "language")
    queue = await Queues(floor.db).create(
        NewQueue(
            shop_id=shop,
            key="tasting",
            name="Tasting",
            skills=(QueueSkill(tea.id, 3, True), QueueSkill(chinese.id, 1, False)),
        )
    )
    mei, gone = await floor.agent("Lin Mei"), await floor.agent()
    agents = Agents(floor.db)
    await agents.update(shop, mei, {"skills": {tea.id: 5, chinese.id: 4}})
    await agents.deactivate(shop, gone, at(0))
    elsewhere = await Floor.open(floor.db, key="coffee")
    await elsewhere.asked()
    held = await floor.answered(mei)
    waiting, offered = await floor.asked(seconds=1), await floor.asked(seconds=2)
    offer = await floor.offered(offered, mei, 3)

    facts = await RoutingFacts(floor.db).shop(shop)

    assert facts.agents == (
        AgentFacts(
            id=mei,
            shop_id=shop,
            name="Lin Mei",
            status="available",
            capacity=3,
            idle_since=at(0),
            deactivated=False,
            skills={"tea": 5, "lang:zh": 4},
            held=(held.id, offered.id),
            in_hand=2,
            assigned_at=at(0),
        ),
    )
    assert [known.key for known in facts.queues] == ["general", "tasting"]
    assert facts.queues[1].id == queue.id
    assert facts.queues[1].skills == (
        NeededSkill("lang:zh", 1, False),
        NeededSkill("tea", 3, True),
    )
    assert [(row.id, row.state, row.queued_at) for row in facts.waiting] == [
        (waiting.id, "queued", at(1)),
        (offered.id, "offered", at(2)),
    ]
    assert facts.offers == (offer,)


async def test_facts_remember_who_did_not_keep_it(floor: Floor) -> None:
    mei, fang, ran = [await floor.agent(name) for name in ("Mei", "Fang", "Ran")]
    row = await floor.asked()
    for agent, reason, seconds in ((mei, "declined", 1), (fang, "timed_out", 2)):
        offer = await floor.offered(row, agent, seconds)
        await floor.offers.end(offer.id, None, reason, at(seconds))  # type: ignore[arg-type]
    offer = await floor.offered(row, ran, 3)
    await floor.offers.end(offer.id, None, "agent_lost", at(3))
    await floor.offers.pick(row.id, ran, at(4))
    await floor.transitions.transfer(row.id, ran, None, floor.queue.id, at(5))

    (facts,) = await RoutingFacts(floor.db).waiting([row.id, (await floor.answered(mei, 6)).id])

    assert facts.refusals == (
        Refusal(mei, "declined", at(1)),
        Refusal(fang, "timed_out", at(2)),
        Refusal(ran, "transferred", at(5)),
    )
    assert facts.queued_at == at(0)


async def test_facts_of_one_agent_say_when_they_are_gone(floor: Floor) -> None:
    agent = await floor.agent()
    await Agents(floor.db).deactivate(floor.shop.id, agent, at(0))
    (facts,) = await RoutingFacts(floor.db).agents([agent])
    assert (facts.deactivated, facts.status, facts.skills, facts.held) == (True, "away", {}, ())


async def test_p8_each_offer_keeps_its_reason(floor: Floor) -> None:
    agent = await floor.agent()
    row = await floor.asked()
    record = {"candidates": [str(agent)], "score": 1.5}
    [offer] = await floor.offers.make(row.id, [agent], at(30), at(1), record, None)
    decisions = Decisions(floor.db)
    (decision,) = await decisions.of_conversation(row.id)
    assert (decision.record, decision.offer_id, decision.at) == (record, offer.id, at(1))
    assert await decisions.of_offers([offer.id]) == {offer.id: decision}


async def test_a_limit_of_a_queue_that_is_out_of_use_counts_nothing(floor: Floor) -> None:
    await floor.sets_queue(per_agent_max=2)
    mei = await floor.agent()
    await floor.answered(mei)
    facts = RoutingFacts(floor.db)
    for [agent] in ((await facts.shop(floor.shop.id)).agents, await facts.agents([mei])):
        assert agent.of_queue == {floor.queue.id: 1}

    await floor.sets_queue(archived_at=at(5))

    for [agent] in ((await facts.shop(floor.shop.id)).agents, await facts.agents([mei])):
        assert agent.of_queue == {}
