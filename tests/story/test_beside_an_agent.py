"""Supervisors whisper to an agent, and join: each side sees what it should, and no more."""

from __future__ import annotations

import pytest

from storage.search_index import SearchIndex
from tests.support.house import Agent, House, Refused, Visitor, once

SECRET = "Offer him the zephyrous discount"


@pytest.fixture
async def people(house: House) -> tuple[Visitor, Agent, Agent, Agent]:
    """Let Ann talk with Lin; Sue leads the shop, and Bob works there, too."""
    ann, lin = await house.visitor(), await house.agent("Lin")
    sue = await house.agent("Sue", role="supervisor", status=None)
    bob = await house.agent("Bob", status=None)
    await house.talk(ann, lin)
    sue.conversation = bob.conversation = ann.conversation
    return ann, lin, sue, bob


async def whispers(who: Agent, text: str = SECRET, client_id: str | None = None) -> dict[str, str]:
    """Whisper; return what was stored."""
    done = await who.does(
        "conversation:whisper",
        conversation=who.conversation,
        client_id=client_id or once(),
        text=text,
    )
    return done["whisper"]


async def shown_to(who: Agent) -> tuple[str, str, str]:
    """Return what a list says was said last, and by whom."""
    opened = await who.does("conversation:open", conversation=who.conversation)
    last = opened["conversation"]["preview"]
    return last["sender"], last["text"], last["by"]["name"]


async def test_a_whisper_reaches_its_agent_and_those_who_lead_and_no_path_to_anybody_else(
    house: House, people: tuple[Visitor, Agent, Agent, Agent]
) -> None:
    ann, lin, sue, bob = people
    max_ = await house.agent("Max", role="admin", status=None)
    await bob.does("conversation:open", conversation=ann.conversation)
    await max_.does("conversation:watch", conversation=ann.conversation)
    before = await house.row(ann.conversation)

    said = await whispers(sue)

    for hearer in (lin, max_):
        heard = await hearer.hears("whisper:created")
        assert (heard["text"], heard["by"]["name"], heard["to"]["name"]) == (SECRET, "Sue", "Lin")
        assert (heard["seq"], heard["after"]) == (1, before.head)
    await lin.says("I can give you 10 %.")
    await ann.hears(text="I can give you 10 %.")
    await bob.hears(text="I can give you 10 %.")

    # Events, transcript and history, of the customer and of colleagues who are not concerned.
    await ann.connects()
    again = await house.visitor(token=ann.auth["token"])
    told: list[object] = [ann.line.events, again.line.events, ann.started, bob.line.events]
    told.append(await ann.reads(0))
    told.append(await ann.does("conversation:list"))
    told.append(await bob.reads(0))
    told.append(await bob.reads(0, private=True))
    told.append(await bob.does("conversation:open", conversation=ann.conversation))
    await SearchIndex(house.db).take()
    for reader in (bob, lin, sue):
        async with house.rest(reader) as rest:
            parts = ("", "/messages", "/messages?private=true", "/events", "/decisions")
            told += [await rest.get(f"/conversations/{ann.conversation}{each}") for each in parts]
            found = await rest.get("/conversations?view=all&q=zephyrous")
            assert found["items"] == []
            told.append(await rest.get(f"/visitors/{ann.id}"))
    assert "zephyrous" not in str(told)
    assert SECRET not in {each.text for each in await house.transcript(ann.conversation)}
    assert await house.transcript(ann.conversation, private=True) == []
    after = await house.row(ann.conversation)
    assert (after.epoch, after.note_head) == (before.epoch, 0)
    assert after.unanswered_since is None
    assert said["seq"] == 1


async def test_whispers_are_read_again_by_those_whom_they_are_for(
    house: House, people: tuple[Visitor, Agent, Agent, Agent]
) -> None:
    ann, lin, sue, bob = people
    once_said = once()
    first = await whispers(sue, client_id=once_said)
    assert await whispers(sue, "Another text", client_id=once_said) == first
    await whispers(sue, "And ask for the order number")

    opened = await lin.does("conversation:open", conversation=ann.conversation)
    assert [each["text"] for each in opened["whispers"]] == [SECRET, "And ask for the order number"]
    assert [each["seq"] for each in opened["whispers"]] == [1, 2]
    watched = await sue.does("conversation:watch", conversation=ann.conversation)
    assert watched["whispers"] == opened["whispers"]

    # Who has it next reads nothing of what was said to who had it before.
    await bob.becomes("available")
    await sue.does(
        "conversation:assign",
        conversation=ann.conversation,
        agent=str(bob.row.id),
        reason="Bob knows more",
    )
    taken = await bob.does("conversation:open", conversation=ann.conversation)
    assert "whispers" not in taken
    third = await whispers(sue, "Welcome, Bob")
    assert (third["seq"], third["to"]["name"]) == (3, "Bob")
    assert not any(each["text"] == "Welcome, Bob" for each in lin.line.heard("whisper:created"))


async def test_a_whisper_never_reaches_who_has_taken_the_conversation_since(
    house: House, people: tuple[Visitor, Agent, Agent, Agent]
) -> None:
    ann, lin, sue, bob = people
    await bob.becomes("available")
    await sue.does(
        "conversation:assign",
        conversation=ann.conversation,
        agent=str(bob.row.id),
        reason="Bob knows more",
    )
    asked = {"conversation": ann.conversation, "client_id": once(), "text": SECRET}
    with pytest.raises(Refused) as refused:
        await sue.does("conversation:whisper", to=str(lin.row.id), **asked)
    assert refused.value.error["details"] == {"reason": "already_taken", "by": "Bob"}
    assert await house.db.fetchval("SELECT count(*) FROM whisper") == 0
    said = await sue.does("conversation:whisper", to=str(bob.row.id), **asked)
    assert said["whisper"]["to"]["name"] == "Bob"


async def test_nobody_whispers_who_does_not_lead_or_to_nobody(
    house: House, people: tuple[Visitor, Agent, Agent, Agent]
) -> None:
    _, lin, sue, bob = people
    for who in (lin, bob):
        with pytest.raises(Refused) as refused:
            await whispers(who)
        assert refused.value.code == "forbidden"
    eve = await house.visitor()
    await lin.becomes("away")
    begun = await eve.begins("Hello?")
    sue.conversation = begun["conversation"]["id"]
    with pytest.raises(Refused) as refused:
        await whispers(sue)
    assert refused.value.error["details"] == {"reason": "wrong_state", "state": "queued"}
    assert await house.db.fetchval("SELECT count(*) FROM whisper") == 0
    assert await house.db.fetchval("SELECT count(*) FROM step_in") == 0


async def test_who_joins_talks_with_the_customer_beside_the_agent_until_they_step_out(
    house: House, people: tuple[Visitor, Agent, Agent, Agent]
) -> None:
    ann, lin, sue, bob = people
    with pytest.raises(Refused) as refused:
        await sue.says("May I?")
    assert refused.value.code == "forbidden"
    await sue.does("conversation:watch", conversation=ann.conversation)

    joined = await sue.does("conversation:join", conversation=ann.conversation)
    await sue.does("conversation:join", conversation=ann.conversation)  # again is nothing

    assert [each["name"] for each in joined["conversation"]["joined"]] == ["Sue"]
    assert joined["conversation"]["agent"]["name"] == "Lin"
    notice = await ann.hears(notice="agent_joined", sender={"kind": "system", "name": "Sue"})
    assert notice["text"] == "Sue joined"
    await lin.hears(notice="agent_joined", sender={"kind": "system", "name": "Sue"})
    changed = await lin.hears("conversation:changed", joined=[joined["conversation"]["joined"][0]])
    assert changed["agent"]["name"] == "Lin"
    await sue.does("typing:set", conversation=ann.conversation, on=True)
    assert (await ann.hears("typing:changed"))["name"] == "Sue"
    await sue.says("I am Sue, I lead the team.")
    heard = await ann.hears(text="I am Sue, I lead the team.")
    assert (heard["sender"]["kind"], heard["sender"]["name"]) == ("agent", "Sue")
    await lin.hears(text="I am Sue, I lead the team.")
    assert await shown_to(lin) == ("agent", "I am Sue, I lead the team.", "Sue")
    await lin.says("And I stay, too.")
    assert await shown_to(lin) == ("agent", "And I stay, too.", "Lin")
    await ann.hears(text="And I stay, too.")
    assert (await house.row(ann.conversation)).agent_id == lin.row.id
    assert await house.db.fetchval("SELECT count(*) FROM slot") == 1

    out = await sue.does("conversation:step_out", conversation=ann.conversation)
    assert "joined" not in out["conversation"]
    await ann.hears(notice="agent_left", sender={"kind": "system", "name": "Sue"})
    with pytest.raises(Refused) as refused:
        await sue.says("One thing more")
    assert refused.value.code == "forbidden"
    for who in (lin, bob):
        with pytest.raises(Refused) as refused:
            await who.does("conversation:join", conversation=ann.conversation)
        assert refused.value.code == "forbidden"


async def test_who_leads_no_more_says_no_word_more_and_the_customer_sees_them_go(
    house: House, people: tuple[Visitor, Agent, Agent, Agent]
) -> None:
    ann, lin, sue, _ = people
    boss = await house.agent("Boss", role="admin", connect=False)
    await sue.does("conversation:join", conversation=ann.conversation)
    await house.db.execute("UPDATE agent SET role = 'agent' WHERE id = $1", sue.row.id)
    with pytest.raises(Refused) as refused:  # though her console has not heard of it
        await sue.says("I am still here")
    assert refused.value.code == "forbidden"

    await sue.connects()
    out = await sue.does("conversation:step_out", conversation=ann.conversation)
    assert "joined" not in out["conversation"]
    await ann.hears(notice="agent_left", sender={"kind": "system", "name": "Sue"})

    await house.db.execute("UPDATE agent SET role = 'supervisor' WHERE id = $1", sue.row.id)
    await sue.connects()
    await sue.does("conversation:join", conversation=ann.conversation)
    async with house.rest(boss) as rest:
        assert (await rest.ask("PATCH", f"/agents/{sue.row.id}", {"role": "agent"}))[0] == 200
    await ann.hears(notice="agent_left", sender={"kind": "system", "name": "Sue"})
    assert "joined" not in await lin.hears("conversation:changed")
    assert await house.db.fetchval("SELECT count(*) FROM participant") == 0
