"""Shops, agents, skills, queues, replies and customers: kept, changed, told apart by shop."""

from dataclasses import asdict
from uuid import uuid4

import pytest

from storage.agent_sessions import AgentSessions
from storage.agents import Agents, NewAgent
from storage.canned_replies import CannedReplies
from storage.errors import Duplicate, Missing, Unstorable
from storage.people import QueueSkill
from storage.queues import NewQueue, Queues
from storage.shops import Shops
from storage.skills import Skills
from storage.visitors import Profile, Visitors
from tests.storage.floor import Floor, at


async def test_a_shop_changes_only_what_it_is_told_to(floor: Floor) -> None:
    shops = Shops(floor.db)
    hours: dict[str, object] = {"weekly": {"1": [["09:00", "18:00"]]}}
    changed = await shops.update(
        floor.shop.id,
        {"greeting": "你好", "hours": hours, "allowed_origins": ["https://tea.example"]},
    )
    assert changed is not None
    expected = {"greeting": "你好", "hours": hours, "allowed_origins": ["https://tea.example"]}
    assert asdict(changed) == asdict(floor.shop) | expected
    cleared = await shops.update(floor.shop.id, {"greeting": None, "hours": None})
    assert cleared is not None
    assert (cleared.greeting, cleared.hours) == (None, None)
    assert cleared.allowed_origins == ["https://tea.example"]
    assert await shops.by_key("tea") == await shops.get(floor.shop.id) == cleared
    assert await shops.all() == [cleared]
    assert await shops.update(uuid4(), {"name": "x"}) is None
    with pytest.raises(Duplicate) as taken:
        await shops.create("tea", "Other", "s")
    assert taken.value.field == "key"


async def test_an_agent_is_made_changed_and_taken_out_of_service(floor: Floor) -> None:
    agents, shop = Agents(floor.db), floor.shop.id
    tea = await Skills(floor.db).create(shop, "tea", "Tea")
    new = NewAgent(
        shop_id=shop, email="Mei@Tea.example", name="Mei", password_hash="-", skills={tea.id: 3}
    )
    mei = await agents.create(new)
    assert (mei.email, mei.status, mei.skills) == ("mei@tea.example", "away", {tea.id: 3})
    assert await agents.by_email("MEI@tea.EXAMPLE") == mei
    with pytest.raises(Duplicate) as taken:
        await agents.create(new)
    assert taken.value.field == "email"

    changed = await agents.update(shop, mei.id, {"capacity": 5, "skills": {}})
    assert changed is not None
    assert (changed.capacity, changed.skills, changed.name) == (5, {}, "Mei")
    assert await agents.update(uuid4(), mei.id, {"name": "x"}) is None
    with pytest.raises(Missing):
        await agents.update(shop, mei.id, {"name": "lost", "skills": {uuid4(): 1}})
    assert (await agents.get(mei.id)) == changed, "nothing of a refused change stays"

    sessions = AgentSessions(floor.db)
    await sessions.create(b"hash", mei.id, at(0), at(100))
    assert await sessions.agent_of(b"hash", at(99)) == changed
    assert await sessions.agent_of(b"hash", at(100)) is None
    gone = await agents.deactivate(shop, mei.id, at(5))
    assert gone is not None
    assert (gone.deactivated_at, gone.status) == (at(5), "away")
    assert await sessions.agent_of(b"hash", at(6)) is None
    still = await agents.set_status(mei.id, "available", at(7))
    assert still is not None
    assert still.status == "away"
    assert [agent.id for agent in await agents.of_shop(shop)] == [mei.id]
    assert set(await agents.get_many([mei.id, uuid4()])) == {mei.id}


async def test_sessions_end_when_they_should(floor: Floor) -> None:
    agent, sessions = await floor.agent(), AgentSessions(floor.db)
    for number in range(4):
        await sessions.create(bytes([number]), agent, at(0), at(10 * number))
    assert await sessions.delete_expired(at(10)) == 2
    await sessions.delete(bytes([2]))
    assert await sessions.agent_of(bytes([2]), at(0)) is None
    await sessions.delete_of(agent)
    assert await sessions.agent_of(bytes([3]), at(0)) is None


async def test_f16_skills_and_replies_of_one_shop_are_not_the_others(floor: Floor) -> None:
    skills, replies, shop = Skills(floor.db), CannedReplies(floor.db), floor.shop.id
    other = (await Floor.open(floor.db, key="coffee")).shop.id
    skill = await skills.create(shop, "tea", "Tea")
    reply = await replies.create(shop, "hi", "en", "Hello!")
    await skills.create(other, "tea", "Tea")

    for subject, row in ((skills, skill), (replies, reply)):
        assert await subject.get(shop, row.id) == row
        assert await subject.get(other, row.id) is None
        assert await subject.update(other, row.id, {}) is None
        assert not await subject.delete(other, row.id)
        assert row in await subject.of_shop(shop)
    renamed = await skills.update(shop, skill.id, {"name": "Fine tea"})
    assert renamed is not None
    assert (renamed.key, renamed.name) == ("tea", "Fine tea")
    reworded = await replies.update(shop, reply.id, {"text": "Hi!"})
    assert reworded is not None
    assert (reworded.shortcut, reworded.text) == ("hi", "Hi!")
    with pytest.raises(Duplicate):
        await skills.create(shop, "tea", "Again")
    with pytest.raises(Duplicate):
        await replies.create(shop, "hi", "en", "Again")
    assert await skills.delete(shop, skill.id)
    assert await replies.delete(shop, reply.id)


async def test_a_topic_leads_to_its_queue_and_the_rest_to_general(floor: Floor) -> None:
    queues, shop = Queues(floor.db), floor.shop.id
    tea = await Skills(floor.db).create(shop, "tea", "Tea")
    returns = await queues.create(
        NewQueue(shop_id=shop, key="returns", name="Returns", topics=("returns", "complaint"))
    )
    assert await queues.for_topic(shop, "complaint") == returns
    assert await queues.for_topic(shop, "other") == await queues.for_topic(shop, None)
    assert await queues.for_topic(shop, None) == floor.queue
    changed = await queues.update(
        shop, returns.id, {"topics": ["returns"], "skills": [QueueSkill(tea.id, 2, True)]}
    )
    assert changed is not None
    assert (changed.topics, changed.skills) == (["returns"], (QueueSkill(tea.id, 2, True),))
    assert changed.name == "Returns"
    assert await queues.for_topic(shop, "complaint") == floor.queue
    with pytest.raises(Duplicate):
        await queues.create(NewQueue(shop_id=shop, key="returns", name="Again"))
    assert await queues.update(uuid4(), returns.id, {}) is None


async def test_a_shop_goes_by_a_clock_that_postgresql_has(floor: Floor) -> None:
    shops = Shops(floor.db)
    assert await shops.has_zone("America/Havana")
    assert not await shops.has_zone("Asia/Atlantis")


async def test_who_waits_in_a_queue_that_is_archived_moves_to_general(floor: Floor) -> None:
    queues, shop = Queues(floor.db), floor.shop.id
    old = await queues.create(NewQueue(shop_id=shop, key="old", name="Old", topics=("returns",)))
    waiting = await floor.asked()
    await floor.db.execute(
        "UPDATE conversation SET queue_id = $2 WHERE id = $1", waiting.id, old.id
    )

    assert await queues.archive(shop, floor.queue.id, at(1)) is None
    archived = await queues.archive(shop, old.id, at(1))

    assert archived is not None
    assert archived.archived_at == at(1)
    assert (await floor.now(waiting)).queue_id == floor.queue.id
    assert await queues.of_shop(shop) == [floor.queue]
    assert len(await queues.of_shop(shop, archived=True)) == 2
    assert await queues.for_topic(shop, "returns") == floor.queue


async def test_a_signed_customer_is_one_row_a_shop(floor: Floor) -> None:
    visitors, shop = Visitors(floor.db), floor.shop.id
    first = await visitors.upsert_signed(
        shop, "42", Profile(name="王芳", attributes={"vip": True}), at(1)
    )
    again = await visitors.upsert_signed(
        shop, "42", Profile(email="fang@x.example", attributes={"orders": 3}), at(2)
    )
    assert again.id == first.id
    assert (again.name, again.email) == ("王芳", "fang@x.example")
    assert again.attributes == {"vip": True, "orders": 3}
    assert await visitors.by_external(shop, "42") == again
    other = (await Floor.open(floor.db, key="coffee")).shop.id
    assert await visitors.by_external(other, "42") is None
    assert (await visitors.upsert_signed(other, "42", Profile(), at(2))).id != first.id


async def test_what_is_known_of_a_customer_grows(floor: Floor) -> None:
    visitors = Visitors(floor.db)
    visitor = await visitors.create_anonymous(floor.shop.id, at(0), locale="zh")
    await visitors.set_page(visitor.id, "https://tea.example/a", "A", at(5))
    await visitors.set_attributes(visitor.id, {"a": 1, "b": "x"})
    await visitors.set_attributes(visitor.id, {"b": 2.5})
    await visitors.set_locale(visitor.id, "en")
    await visitors.touch(visitor.id, at(3))
    known = await visitors.get(visitor.id)
    assert known is not None
    assert (known.page_title, known.locale, known.seen_at) == ("A", "en", at(5))
    assert known.attributes == {"a": 1, "b": 2.5}
    assert await visitors.get(uuid4()) is None
    assert await visitors.set_locale(uuid4(), "en") is None


async def test_f3_signing_in_keeps_the_open_conversation_and_nothing_else(floor: Floor) -> None:
    visitors, shop = Visitors(floor.db), floor.shop.id
    agent = await floor.agent()
    row = await floor.asked()
    mine = await visitors.upsert_signed(shop, "42", Profile(), at(1))
    await floor.transitions.end_by_customer(row.id, row.visitor_id, at(1))
    again = floor.asking(row.visitor_id, "open")
    opened = (await floor.conversations.start(again, at(2))).row

    assert await visitors.merge(row.visitor_id, mine.id)

    assert (await floor.now(opened)).visitor_id == mine.id
    assert (await floor.now(row)).visitor_id == row.visitor_id, "earlier talk stays where it was"
    assert not await visitors.merge(row.visitor_id, mine.id), "there is none left"
    someone = await floor.asked()
    assert not await visitors.merge(someone.visitor_id, mine.id), "one open conversation is enough"
    theirs = await visitors.upsert_signed(shop, "43", Profile(), at(1))
    assert not await visitors.merge(mine.id, theirs.id), "what is somebody's is not given away"
    other = (await Floor.open(floor.db, key="coffee")).shop.id
    abroad = await visitors.upsert_signed(other, "42", Profile(), at(1))
    assert not await visitors.merge(someone.visitor_id, abroad.id)
    offer = await floor.offered(opened, agent, 5)
    await floor.offers.accept(offer.id, agent, at(5))
    await floor.transitions.close(opened.id, agent, None, at(6))
    await floor.conversations.rate(opened.id, mine.id, 4, None, at(7))
    summary = (await visitors.summaries([mine.id, abroad.id]))[mine.id]
    assert (summary.conversations, summary.csat) == (1, 4.0)


async def test_a_name_that_cannot_be_stored_is_refused_as_such(floor: Floor) -> None:
    with pytest.raises(Unstorable):
        await Skills(floor.db).create(floor.shop.id, "tea", "Tea\0")
    with pytest.raises(Unstorable):
        await Visitors(floor.db).set_attributes(await floor.visitor(), {"note": "\0"})
