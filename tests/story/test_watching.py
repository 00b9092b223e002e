"""A supervisor watches: they see everything live, nobody sees them, and it is written down."""

from __future__ import annotations

from uuid import UUID

from storage.step_ins import StepInRow, StepIns
from tests.support.house import Agent, House, Visitor


async def watches(house: House, conversation: str) -> list[StepInRow]:
    """Return the watches of a conversation, oldest first."""
    found = await StepIns(house.db).of_conversation(UUID(conversation), house.now(), 100)
    return [each for each in found if each.kind == "watched"]


async def until_ended(house: House, conversation: str) -> StepInRow:
    """Return the only watch of a conversation, once it has ended."""
    while True:
        [watch] = await watches(house, conversation)
        if watch.ended_at is not None:
            return watch


async def a_talk(house: House) -> tuple[Visitor, Agent, Agent]:
    """Let Ann talk with Lin, while Sue leads the shop."""
    ann, lin = await house.visitor(), await house.agent("Lin")
    sue = await house.agent("Sue", role="supervisor", status=None)
    await house.talk(ann, lin)
    await lin.does("conversation:open", conversation=ann.conversation)
    await lin.hears("viewers:changed")
    return ann, lin, sue


async def test_who_watches_sees_all_and_leaves_no_mark(house: House) -> None:
    ann, lin, sue = await a_talk(house)
    before = await house.row(ann.conversation)

    opened = await sue.does("conversation:watch", conversation=ann.conversation)

    assert opened["messages"][0]["text"] == "Hello?"
    assert [each["name"] for each in opened["viewers"]] == ["Lin"]
    await ann.does("typing:set", conversation=ann.conversation, on=True)
    assert (await sue.hears("typing:changed"))["kind"] == "customer"
    await lin.does("typing:set", conversation=ann.conversation, on=True)
    assert (await sue.hears("typing:changed"))["name"] == "Lin"
    await ann.says("Is it in stock?")
    await sue.hears(text="Is it in stock?")
    await sue.does("read:set", conversation=ann.conversation, seq=3)
    await sue.does("typing:set", conversation=ann.conversation, on=True)
    await lin.says("It is.")
    await sue.hears(text="It is.")
    await ann.hears(text="It is.")

    after = await house.row(ann.conversation)
    assert (after.epoch, after.read_agent) == (before.epoch, before.read_agent)
    assert [each.notice for each in await house.transcript(ann.conversation) if each.notice] == [
        "agent_joined"
    ]
    assert await house.transcript(ann.conversation, private=True) == []
    for person in (ann, lin):
        told = [payload for _, payload in person.line.events]
        assert not any(str(sue.row.id) in str(payload) for payload in told)
        assert "Sue" not in str(told)
    async with house.rest(lin) as rest:
        assert "Sue" not in str(await rest.get(f"/conversations/{ann.conversation}/events"))
        assert "Sue" not in str(await rest.get(f"/conversations/{ann.conversation}/decisions"))


async def test_a_watch_is_written_down_with_its_beginning_and_its_end(house: House) -> None:
    ann, lin, sue = await a_talk(house)
    began = house.now()
    await sue.does("conversation:watch", conversation=ann.conversation)
    await sue.does("conversation:watch", conversation=ann.conversation)  # a page that asks again

    [watch] = await watches(house, ann.conversation)
    assert (watch.by_id, watch.agent_id, watch.ended_at) == (sue.row.id, lin.row.id, None)
    await sue.does("conversation:leave", conversation=ann.conversation)
    [watch] = await watches(house, ann.conversation)
    assert watch.ended_at is not None
    assert began <= watch.at <= watch.ended_at <= house.now()
    await ann.says("Are you there?")
    await lin.hears(text="Are you there?")
    assert not any(
        each.get("text") == "Are you there?" for each in sue.line.heard("message:created")
    )


async def test_a_watch_ends_with_the_line_and_with_the_node(house: House) -> None:
    ann, _, sue = await a_talk(house)
    await sue.does("conversation:watch", conversation=ann.conversation)
    await sue.line.pull_the_plug()
    watch = await until_ended(house, ann.conversation)
    assert watch.ended_at is not None

    # A node that died wrote no end; whoever watched there did so until it was last heard of.
    await house.db.execute(
        "UPDATE step_in SET ended_at = NULL, at = now() - interval '9 min',"
        " seen_at = now() - interval '2 min' WHERE id = $1",
        watch.id,
    )
    [watch] = await watches(house, ann.conversation)
    assert watch.ended_at is not None
    assert round((watch.ended_at - watch.at).total_seconds()) == 7 * 60


async def test_who_watched_and_then_opens_it_is_seen_and_watches_no_longer(house: House) -> None:
    ann, lin, sue = await a_talk(house)
    await sue.does("conversation:watch", conversation=ann.conversation)
    await sue.does("conversation:open", conversation=ann.conversation)
    seen = await lin.hears("viewers:changed")
    assert [each["name"] for each in seen["viewers"]] == ["Lin", "Sue"]
    [watch] = await watches(house, ann.conversation)
    assert watch.ended_at is not None

    await sue.does("conversation:watch", conversation=ann.conversation)
    gone = await lin.hears("viewers:changed")
    assert [each["name"] for each in gone["viewers"]] == ["Lin"]
    assert len(await watches(house, ann.conversation)) == 2
