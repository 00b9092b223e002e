"""Each fact of a conversation, by a small story and the number worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from storage.agents import AgentChanges, Agents
from storage.joining import Joining
from storage.overruling import Overruled, Overruling
from storage.queues import Queues
from storage.rows import ConversationRow
from storage.stepping_in import Assignment, SteppingIn
from tests.reports.books import Books
from tests.reports.columns import apart
from tests.storage.floor import Floor, at


async def test_a_talk_from_asking_to_thanks(floor: Floor, books: Books) -> None:
    lin = await floor.agent()
    row = await floor.asked("Hello?", seconds=0)
    await floor.says(row, "Anybody?", 10)
    offer = await floor.offered(row, lin, 15)
    await floor.offers.accept(offer.id, lin, at(20))
    await floor.replies(row, lin, "Hello.", 30)  # 30 s after the first question; typed for 10 s
    await floor.says(row, "Where is my tea?", 50)  # talked for 20 s
    await floor.says(row, "The green one.", 55)  # and 5 more
    await floor.replies(row, lin, "On its way.", 95)  # 45 s after it was asked; talked for 40 s
    await floor.replies(row, lin, "Tomorrow.", 100)  # 5 s more; answers nobody
    await floor.transitions.close(row.id, lin, "solved", at(110))
    await floor.conversations.rate(row.id, row.visitor_id, 5, None, at(115))
    await floor.transitions.finish(row.id, None, None, at(120))

    facts = await books.of(row)
    fact, [leg], [made] = facts.fact, facts.legs, facts.offers

    assert (fact.at, fact.fate, fact.is_over) == (at(0), "answered", True)
    assert (fact.agent_id, fact.queue_id) == (lin, floor.queue.id)
    assert (fact.wait_ms, fact.wait_open_ms) == (20_000, 20_000)
    assert (fact.customer_messages, fact.agent_messages) == (4, 3)
    assert (fact.transfers, fact.reopened) == (0, 0)
    assert (leg.at, leg.ended_at, leg.ending) == (at(20), at(120), "closed")
    assert (leg.handle_ms, leg.wrap_up_ms) == (100_000, 10_000)
    assert leg.first_response_ms == 30_000
    assert (leg.replies, leg.reply_ms) == (2, 75_000)
    assert (leg.agent_talk_ms, leg.customer_talk_ms) == (55_000, 25_000)
    assert (leg.is_last, leg.score) == (True, 5)
    assert (made.at, made.ending, made.is_warm, made.agent_id) == (at(15), "accepted", False, lin)


async def test_who_leaves_while_waiting_has_abandoned(floor: Floor, books: Books) -> None:
    lin = await floor.agent()
    row = await floor.asked(seconds=5)
    await floor.offered(row, lin, 10)
    await floor.transitions.end_by_customer(row.id, row.visitor_id, at(47))

    facts = await books.of(row)

    assert (facts.fact.fate, facts.fact.wait_ms, facts.fact.agent_id) == ("abandoned", 42_000, None)
    assert facts.legs == ()
    assert [each.ending for each in facts.offers] == ["customer_gone"]


async def test_who_waits_has_no_wait_yet(floor: Floor, books: Books) -> None:
    waiting, silent = await floor.asked(seconds=3), await floor.asked(None, seconds=4)

    assert (await books.of(waiting)).fact.fate == "waiting"
    assert (await books.of(waiting)).fact.wait_ms is None
    fact = (await books.of(silent)).fact
    assert (fact.fate, fact.at) == ("silent", at(4))

    await floor.says(silent, "Hello?", 60)
    fact = (await books.of(silent)).fact
    assert (fact.fate, fact.at) == ("waiting", at(60))


async def test_what_was_said_counts_once_the_talk_is_over(floor: Floor, books: Books) -> None:
    lin = await floor.agent()
    row = await floor.answered(lin, 10)
    await floor.replies(row, lin, "Hello.", 12)

    [leg] = (await books.of(row)).legs
    assert (leg.replies, leg.first_response_ms, leg.handle_ms) == (None, None, None)

    await floor.transitions.close(row.id, lin, "solved", at(20))
    [leg] = (await books.of(row)).legs
    assert (leg.replies, leg.first_response_ms, leg.handle_ms) == (1, 2_000, None)


async def test_a_transfer_makes_two_stretches(floor: Floor, books: Books) -> None:
    lin, mei = await floor.agent("Lin"), await floor.agent("Mei")
    other = await floor.other_queue("returns")
    row = await floor.answered(lin, 0)
    await floor.says(row, "I want to return it.", 10)
    await floor.transitions.transfer(row.id, lin, None, other.id, at(30))
    await floor.says(row, "Hello?", 40)  # nobody's: it waits
    offer = await floor.offered(row, mei, 45)
    await floor.offers.accept(offer.id, mei, at(50))
    await floor.says(row, "It is broken.", 60)
    await floor.replies(row, mei, "I see.", 80)  # 80 s after "Hello?" of the beginning
    await floor.transitions.close(row.id, mei, "solved", at(90))
    await floor.conversations.rate(row.id, row.visitor_id, 2, None, at(95))

    facts = await books.of(row)
    first, second = facts.legs

    assert (facts.fact.queue_id, facts.fact.agent_id) == (floor.queue.id, lin)
    assert (facts.fact.wait_ms, facts.fact.transfers) == (0, 1)
    assert (first.agent_id, first.queue_id, first.ending) == (lin, floor.queue.id, "transferred")
    assert (first.handle_ms, first.customer_talk_ms, first.replies) == (30_000, 10_000, 0)
    assert (first.is_last, first.score, first.first_response_ms) == (False, None, None)
    assert (second.agent_id, second.queue_id, second.handle_ms) == (mei, other.id, None)
    assert (second.customer_talk_ms, second.agent_talk_ms) == (10_000, 20_000)
    assert (second.first_response_ms, second.score) == (80_000, 2)
    assert [each.queue_id for each in facts.offers] == [floor.queue.id, other.id]


async def test_a_colleague_takes_over_and_a_supervisor_gives_it_on(
    floor: Floor, books: Books
) -> None:
    lin, mei, wu = [await floor.agent(name) for name in ("Lin", "Mei", "Wu")]
    row = await floor.answered(lin, 0)
    asked = await floor.asks_colleague(row, lin, mei, 20)
    await floor.offers.accept(asked.id, mei, at(25))
    given = Assignment(
        shop_id=floor.shop.id, conversation_id=row.id, agent_id=wu, by=lin, reason="knows more"
    )
    await SteppingIn(floor.db).assign(given, at(40))
    await floor.transitions.left(row.id, wu, at(100))

    facts = await books.of(row)

    assert [(leg.agent_id, leg.ending, leg.handle_ms) for leg in facts.legs] == [
        (lin, "transferred", 25_000),
        (mei, "assigned", 15_000),
        (wu, "left", 60_000),
    ]
    assert [each.is_warm for each in facts.offers] == [False, True]


async def test_a_close_that_is_taken_back_begins_its_wrap_up_again(
    floor: Floor, books: Books
) -> None:
    lin = await floor.agent()
    row = await floor.answered(lin, 0)
    await floor.transitions.close(row.id, lin, "solved", at(10))
    await floor.transitions.resume(row.id, lin, at(15))
    await floor.transitions.close(row.id, lin, "solved", at(30))
    await floor.transitions.finish(row.id, lin, None, at(36))

    facts = await books.of(row)

    assert facts.fact.reopened == 1
    assert (facts.legs[0].wrap_up_ms, facts.legs[0].handle_ms) == (6_000, 36_000)


async def test_offers_end_as_they_ended(floor: Floor, books: Books) -> None:
    lin, mei, wu = [await floor.agent(name) for name in ("Lin", "Mei", "Wu")]
    row = await floor.asked(seconds=0)
    declined = await floor.offered(row, lin, 1)
    await floor.offers.end(declined.id, lin, "declined", at(3))
    missed = await floor.offered(row, mei, 4)
    await floor.offers.end(missed.id, None, "timed_out", at(34))
    await floor.offered(row, wu, 35)

    facts = await books.of(row)

    assert [(each.agent_id, each.ending) for each in facts.offers] == [
        (lin, "declined"),
        (mei, "timed_out"),
        (wu, None),
    ]


async def test_who_left_before_they_were_taken_had_a_talk_of_no_length(
    floor: Floor, books: Books
) -> None:
    await floor.sets_queue(wrap_up_s=0)
    lin = await floor.agent()
    row = await floor.asked(seconds=0)
    offer = await floor.offered(row, lin, 1)
    # Both look at the clock, and the agent is the first to get the row.
    await floor.offers.accept(offer.id, lin, at(10.15))
    await floor.transitions.end_by_customer(row.id, row.visitor_id, at(10.1))
    other = await floor.answered(lin, 20)
    await floor.transitions.end_by_customer(other.id, other.visitor_id, at(25))

    [leg] = (await books.of(row)).legs

    assert (leg.at, leg.ended_at, leg.handle_ms) == (at(10.15), at(10.15), 0)
    assert [each.handle_ms for each in (await books.of(other)).legs] == [5_000]
    assert (await books.recount()).is_well


async def test_what_a_supervisor_lets_wait_again_has_left_its_agent(
    floor: Floor, books: Books
) -> None:
    lin, mei, sue = [await floor.agent(name) for name in ("Lin", "Mei", "Sue")]
    other = await floor.other_queue("returns")
    overruling = Overruling(floor.db)
    row = await floor.answered(lin, 10)
    await overruling.requeue(overruled(floor, row, sue), other.id, at(20))
    offer = await floor.offered(row, mei, 3615)
    await floor.offers.accept(offer.id, mei, at(3620))
    await overruling.requeue(overruled(floor, row, sue), None, at(3650))

    facts = await books.of(row)

    assert facts.fact.queue_id == floor.queue.id
    assert [(leg.agent_id, leg.queue_id, leg.ending, leg.handle_ms) for leg in facts.legs] == [
        (lin, floor.queue.id, "left", 10_000),
        (mei, other.id, "left", 30_000),
    ]
    assert [each.queue_id for each in facts.offers] == [floor.queue.id, other.id]


async def test_what_came_from_no_queue_is_counted_for_none(floor: Floor, books: Books) -> None:
    lin = await floor.agent()
    row = await floor.answered(lin, 0)
    await floor.db.execute("UPDATE conversation SET queue_id = NULL WHERE id = $1", row.id)
    await floor.transitions.transfer(row.id, lin, None, floor.queue.id, at(30))

    facts = await books.of(row)

    assert (facts.fact.queue_id, facts.legs[0].queue_id) == (None, None)


async def test_who_came_to_a_queue_that_was_archived_is_counted_for_it(
    floor: Floor, books: Books
) -> None:
    lin = await floor.agent()
    old = await floor.other_queue("old")
    asked = await floor.asked(seconds=0)
    await floor.db.execute("UPDATE conversation SET queue_id = $2 WHERE id = $1", asked.id, old.id)
    row = await floor.now(asked)
    offer = await floor.offered(row, lin, 5)
    await floor.offers.end(offer.id, lin, "declined", at(6))
    await Queues(floor.db).archive(floor.shop.id, old.id, at(10))
    again = await floor.offered(await floor.now(row), lin, 15)
    await floor.offers.accept(again.id, lin, at(20))

    facts = await books.of(row)

    assert (facts.fact.queue_id, facts.legs[0].queue_id) == (old.id, floor.queue.id)
    assert [each.queue_id for each in facts.offers] == [old.id, floor.queue.id]
    assert "moved" in await floor.kinds(row)


async def test_who_steps_in_and_answers_first_answers_for_whoever_has_it(
    floor: Floor, books: Books
) -> None:
    lin, sue = await floor.agent("Lin"), await floor.agent("Sue")
    await Agents(floor.db).update(floor.shop.id, sue, AgentChanges(role="supervisor"))
    row = await floor.answered(lin, 0)
    await Joining(floor.db).join(floor.shop.id, row.id, sue, at(6))
    await floor.replies(row, sue, "One moment, please.", 12)
    await floor.replies(row, lin, "Here I am.", 20)
    await floor.transitions.close(row.id, lin, "solved", at(30))

    [leg] = (await books.of(row)).legs

    assert (leg.first_response_ms, leg.replies, leg.agent_talk_ms) == (12_000, 1, 14_000)
    assert await apart(floor.db) == []


async def test_what_is_said_in_the_instant_of_a_transfer_is_of_whoever_had_it_then(
    floor: Floor, books: Books
) -> None:
    lin, sue = await floor.agent("Lin"), await floor.agent("Sue")
    other = await floor.other_queue("returns")
    row = await floor.answered(lin, 0)
    await floor.says(row, "Where is my tea?", 30)
    await floor.transitions.transfer(row.id, lin, None, other.id, at(30))
    offer = await floor.offered(row, sue, 30)
    await floor.offers.accept(offer.id, sue, at(30))
    await floor.transitions.close(row.id, sue, "solved", at(30))

    legs = (await books.of(row)).legs

    assert [leg.customer_talk_ms for leg in legs] == [30_000, 0]
    assert await apart(floor.db) == []


async def test_what_older_versions_noted_stands_where_its_time_stands(
    floor: Floor, books: Books
) -> None:
    lin, sue = await floor.agent("Lin"), await floor.agent("Sue")
    other = await floor.other_queue("returns")
    row = await floor.answered(lin, 0)
    await floor.says(row, "Where is my tea?", 30)
    await floor.transitions.transfer(row.id, lin, None, other.id, at(40))
    offer = await floor.offered(row, sue, 45)
    await floor.offers.accept(offer.id, sue, at(50))
    await floor.says(row, "Thank you.", 60)
    await floor.transitions.close(row.id, sue, "solved", at(70))
    await floor.db.execute("UPDATE conversation_event SET head = NULL")

    legs = (await books.of(row)).legs

    assert [leg.customer_talk_ms for leg in legs] == [30_000, 10_000]
    assert await apart(floor.db) == []


async def test_a_topic_without_a_word_is_none(floor: Floor, books: Books) -> None:
    new = replace(floor.asking(await floor.visitor(), "Hello?"), topic="", locale="")
    row = (await floor.conversations.start(new, at(0))).row

    fact = (await books.of(row)).fact

    assert (fact.topic, fact.language) == (None, None)


def overruled(floor: Floor, row: ConversationRow, by: UUID) -> Overruled:
    return Overruled(shop_id=floor.shop.id, conversation_id=row.id, by=by, reason="is asleep")
