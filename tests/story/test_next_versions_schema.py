"""The next version has migrated the database already, and nodes of this one work on."""

from __future__ import annotations

from typing import Any

from loadtest.rolling.versions import WIDER
from storage.database import Database
from tests.support.house import Agent, House, Json, Person, Rest, Visitor, once


async def insists(person: Person, command: str, **payload: Any) -> Json:
    """Repeat a command as our pages do: while repeating may help."""
    while True:
        answer = await person.asks(command, **payload)
        if answer["ok"]:
            return answer["data"]
        error = answer["error"]
        assert error["retryable"], answer
        assert error["code"] != "internal"


async def talk(customer: Visitor, agent: Agent) -> str:
    """Ask, take, answer, leave a note, read, close; return which conversation it was."""
    begun = await insists(customer, "conversation:start", client_id=once(), text="Hello?")
    talk: str = begun["conversation"]["id"]
    offer = await agent.is_offered(talk)
    await insists(agent, "offer:accept", offer=offer["offer"])
    for person, more in ((customer, {}), (agent, {}), (agent, {"private": True})):
        said = {"client_id": once(), "text": "So?", **more}
        await insists(person, "message:send", conversation=talk, **said)
    await insists(customer, "read:set", conversation=talk, seq=2)
    since = await insists(customer, "message:since", conversation=talk, after=0)
    said = [each["text"] for each in since["messages"] if each["sender"]["kind"] != "system"]
    assert said == ["Hello?", "So?", "So?"]
    await insists(agent, "conversation:close", conversation=talk)
    await insists(customer, "conversation:rate", conversation=talk, score=5)
    await insists(agent, "conversation:finish", conversation=talk)
    return talk


async def look_around(rest: Rest, conversation: str) -> None:
    """Read and change what a supervisor reads and changes."""
    lists = ("agents", "skills", "queues", "canned_replies", "simulations", "conversations")
    for name in lists:
        assert "items" in await rest.get(f"/{name}"), name
    for path in ("shop", "setup/export"):
        await rest.get(f"/{path}")
    await rest.get(f"/conversations/{conversation}")
    made = {
        "/skills": {"key": "tea", "name": "Tea"},
        "/queues": {"key": "tea", "name": "Tea"},
        "/canned_replies": {"shortcut": "tea", "text": "Tea?"},
    }
    for path, body in made.items():
        status, answer = await rest.ask("POST", path, body)
        assert status == 201, answer
    status, answer = await rest.ask("PATCH", "/shop", {"greeting": "Tea?"})
    assert status == 200, answer


async def test_a_node_works_on_while_the_next_version_adds_columns_everywhere(
    house: House, database: Database
) -> None:
    customer, agent = await house.visitor(), await house.agent(role="admin")
    await talk(customer, agent)  # every statement is prepared

    await database.execute(WIDER)

    conversation = await talk(customer, agent)
    async with house.rest(agent) as rest:
        await look_around(rest, conversation)
    await customer.connects()
    await talk(customer, agent)
