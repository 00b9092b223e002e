"""What happened in a conversation, put together: words, states, offers, silences, who watched."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from server.protocol.errors import Forbidden, NotFound
from server.protocol.timeline import StepInsQuery, TimelineEntry
from server.services.access import Access
from server.services.blurring import Blurring
from server.services.seats import AgentSeat
from server.services.timelines import Timelines
from storage.rows import ConversationRow, Draft
from storage.whispers import NewWhisper
from tests.assignment.leads import Leads
from tests.assignment.office import Office
from tests.assignment.people import People


@pytest.fixture
async def lead(office: Office) -> AgentSeat:
    """Hire somebody who leads, and takes no conversations."""
    seat = await office.agent("lea", capacity=1)
    await office.node.statuses.set(seat, "away")
    return replace(seat, role="supervisor")


@pytest.fixture
def timelines(office: Office) -> Timelines:
    stores, clock = office.stores, office.clock
    return Timelines(stores, Access(stores.conversations), Blurring(stores, clock), clock)


async def says(
    office: Office, row: ConversationRow, who: AgentSeat | None, text: str, *, private: bool = False
) -> None:
    """Let an agent say something, or the customer."""
    draft = Draft(
        conversation_id=row.id,
        shop_id=row.shop_id,
        client_id=uuid4().hex,
        sender_kind="customer" if who is None else "agent",
        sender_id=row.visitor_id if who is None else who.agent_id,
        sender_name=None if who is None else who.name,
        text=text,
        now=office.clock.now(),
        private=private,
    )
    assert (await office.stores.messages.append(draft)).status == "stored"


def short(entry: TimelineEntry) -> tuple[str, str | None]:
    """Return what an entry is, in two words."""
    match entry.kind:
        case "changed":
            return entry.kind, entry.event
        case "offered":
            return entry.kind, f"{entry.to and entry.to.name} {entry.result}"
        case "silence":
            return entry.kind, entry.turn
        case "watched":
            return entry.kind, entry.by and entry.by.name
        case "told":
            return entry.kind, entry.notice
        case _:
            return entry.kind, entry.text


async def a_day(office: Office, lead: AgentSeat) -> tuple[ConversationRow, AgentSeat, AgentSeat]:
    """Let everything happen once to one conversation."""
    ann = await office.agent("ann")
    row = await office.customer()
    await office.passes(5)
    await office.declines(ann)
    bob = await office.agent("bob")
    await office.turn()
    await office.accepts(bob)
    watch = await office.stores.step_ins.begin_watch(
        office.shop.id, row.id, lead.agent_id, office.clock.now()
    )
    await office.passes(10)
    await says(office, row, bob, "Good morning!")
    await office.passes(75)
    await says(office, row, None, "Still there?")
    await says(office, row, bob, "He is difficult", private=True)
    await office.passes(100)
    whisper = NewWhisper(
        shop_id=office.shop.id,
        conversation_id=row.id,
        client_id="a-whisper",
        by_id=lead.agent_id,
        text="Offer him a refund",
    )
    await office.stores.whispers.say(whisper, office.clock.now())
    await office.stores.step_ins.end_watch(watch, office.clock.now())
    await office.passes(20)
    await People(office).assigns(lead, row, lead, "Bob is stuck")
    await office.passes(1)
    await Leads(office).closes(lead, row, "It is settled")
    return row, ann, bob


async def test_everything_that_happened_stands_in_one_list(
    office: Office, lead: AgentSeat, timelines: Timelines
) -> None:
    row, _, bob = await a_day(office, lead)

    found = await timelines.of_conversation(lead, row.id)

    assert [short(each) for each in found.items] == [
        ("said", "Hello?"),
        ("changed", "started"),
        ("changed", "queued"),
        ("offered", "ann declined"),
        ("watched", "lea"),
        ("changed", "unclaimed"),
        ("changed", "accepted"),
        ("told", "agent_joined"),
        ("offered", "bob accepted"),
        ("silence", "customer"),
        ("said", "Good morning!"),
        ("silence", "agent"),
        ("said", "Still there?"),
        ("noted", "He is difficult"),
        ("whispered", "Offer him a refund"),
        ("noted", "Bob is stuck"),
        ("changed", "assigned"),
        ("told", "agent_joined"),
        ("changed", "closed"),
        ("told", "ended_by_agent"),
    ]
    by_kind = {short(each): each for each in found.items}
    silence = by_kind["silence", "agent"]
    assert silence.until is not None
    assert silence.until - silence.at == timedelta(seconds=121)  # until it was closed
    said = by_kind["said", "Good morning!"]
    assert (said.length, said.latency_ms, said.by and said.by.name) == (13, 15_000, "bob")
    assigned = by_kind["changed", "assigned"]
    assert (assigned.to and assigned.to.name, assigned.reason) == ("lea", "Bob is stuck")
    assert assigned.taken_from is not None
    assert assigned.taken_from.id == str(bob.agent_id)
    offered = by_kind["offered", "ann declined"]
    assert offered.until == offered.at + timedelta(seconds=5)
    assert (found.watches, found.watched_s, found.whispers) == (1, 185.0, 1)
    assert not found.more


async def test_who_watches_still_and_what_is_silent_still_has_no_end(
    office: Office, lead: AgentSeat, timelines: Timelines
) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    await office.accepts(ann)
    await office.stores.step_ins.begin_watch(
        office.shop.id, row.id, lead.agent_id, office.clock.now()
    )
    await office.passes(80)

    found = await timelines.of_conversation(lead, row.id)

    [silence] = [each for each in found.items if each.kind == "silence"]
    [watched] = [each for each in found.items if each.kind == "watched"]
    assert (silence.turn, silence.until, watched.until) == ("agent", None, None)
    assert found.watched_s == 80.0


async def test_only_those_who_lead_the_shop_read_it(
    office: Office, lead: AgentSeat, timelines: Timelines
) -> None:
    row, ann, _ = await a_day(office, lead)
    for seat in (ann, replace(lead, role="agent")):
        with pytest.raises(Forbidden):
            await timelines.of_conversation(seat, row.id)
        with pytest.raises(Forbidden):
            await timelines.page(seat, StepInsQuery())
    stranger = replace(lead, shop_id=uuid4())
    with pytest.raises(NotFound):
        await timelines.of_conversation(stranger, row.id)
    assert (await timelines.page(stranger, StepInsQuery())).items == []


async def test_the_record_of_the_shop_is_read_page_by_page(
    office: Office, lead: AgentSeat, timelines: Timelines
) -> None:
    row, ann, _ = await a_day(office, lead)
    await Leads(office).sets(lead, ann, "away", "Gone home")
    await office.db.execute("UPDATE visitor SET name = 'Wang Fang' WHERE id = $1", row.visitor_id)

    first = await timelines.page(lead, StepInsQuery(limit=3))
    second = await timelines.page(lead, StepInsQuery(limit=3, before=first.next))

    assert [each.kind for each in (*first.items, *second.items)] == [
        "status_set",
        "closed",
        "assigned",
        "whispered",
        "watched",
    ]
    assert second.next is None
    assert [(each.agent and each.agent.name, each.reason) for each in first.items] == [
        ("ann", "Gone home"),
        ("lea", "It is settled"),
        ("bob", "Bob is stuck"),
    ]
    assert "refund" not in str(first) + str(second)  # what was said is read where it was said
