"""One message is followed from the customer's command on one node to the agent on another."""

from __future__ import annotations

from pathlib import Path

from tests.support.house import House, open_house
from tests.tracing.collector import Collector, Seen

CUSTOMER = "Mina Okonkwo"
EMAIL = "mina.okonkwo@customer.example"
AGENT = "Lin Daiyu"
FIRST, SECOND, ANSWER = "my parcel is lost", "number 4711", "let me look"


async def talk(house: House) -> set[str]:
    """Let a customer at one node and an agent at the other talk; return what nobody may see."""
    other = await house.node()
    agent = await house.agent(AGENT, node=other)
    visitor = await house.visitor()
    await visitor.does("user:set", attributes={"name": CUSTOMER, "email": EMAIL})
    await visitor.begins(FIRST)
    await agent.accepts()
    await visitor.says(SECOND)
    await agent.hears(text=SECOND)
    await agent.says(ANSWER)
    await visitor.hears(text=ANSWER)
    async with house.rest(agent) as rest:
        await rest.get(f"/conversations/{visitor.conversation}/decisions")
    return {
        *(CUSTOMER, EMAIL, AGENT, FIRST, SECOND, ANSWER),
        *(agent.token, visitor.auth["token"], "127.0.0.1", "shop.example"),
    }


def only(spans: list[Seen]) -> Seen:
    assert len(spans) == 1, spans
    return spans[0]


async def test_a_message_is_followed_to_the_other_node_and_a_conversation_to_the_offer(
    dsn: str, redis_url: str, tmp_path: Path, collector: Collector
) -> None:
    traced = {"otlp_endpoint": collector.url, "trace_share": 1.0}
    async with open_house(dsn, redis_url, tmp_path, **traced) as house:
        private = await talk(house)

    first_words, *_ = collector.named("conversation:start")
    [said] = [
        span
        for span in collector.named("message:send")
        if span.about["kefu.namespace"] == "/visitor"
    ]
    # It is stored in a commit of its own, and each refers to the other.
    stored = only(collector.parts(said, "store message"))
    commit = only(
        [s for s in collector.named("commit messages") if (stored.trace, stored.id) in s.links]
    )
    assert (commit.parent, commit.about["db.operation.batch.size"]) == ("", 1)
    assert stored.links == ((commit.trace, commit.id),)
    assert commit.trace != said.trace
    # It is published, heard on the other node, and pushed to the agent there.
    sent = only(collector.parts(said, "publish message:created"))
    heard = only(collector.parts(sent, "process message:created"))
    pushed = only(collector.parts(heard, "push message:created"))
    assert said.node == sent.node
    assert heard.node == pushed.node != said.node
    assert pushed.about["kefu.sessions.count"] == 1
    # The conversation is told to the host, routed there, and offered to the agent.
    poke = only([s for s in collector.named("publish kefu:route") if s.trace == first_words.trace])
    route = only(collector.parts(poke, "route conversation"))
    offer = only(collector.parts(route, "make offer"))
    shown = [s for s in collector.named("push offer:made") if s.trace == offer.trace]
    assert only(shown).node == pushed.node

    asked = only(collector.named("GET /api/v1/conversations/{id}/decisions"))
    assert asked.about["http.route"] == "/api/v1/conversations/{id}/decisions"
    assert asked.about["http.response.status_code"] == 200

    for span in collector.spans:
        everything = repr(span)
        assert not [each for each in private if each in everything], span


async def test_nothing_leaves_where_the_share_is_nothing(
    dsn: str, redis_url: str, tmp_path: Path, collector: Collector
) -> None:
    traced = {"otlp_endpoint": collector.url, "trace_share": 0.0}
    async with open_house(dsn, redis_url, tmp_path, **traced) as house:
        await talk(house)
    assert collector.spans == []
