"""P4: two commands race on two server processes; each time exactly one wins (A1, A7, A8, A19)."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from tests.cluster.races import Offsets, apart, at, reason
from tests.cluster.stage import Outcome, Stage
from tests.support.house import Agent, Visitor

RACES = int(os.environ.get("CLUSTER_RACES", "24"))
"""Interleavings of each kind; 1000 in the long form."""

OFFERED_S = 0.06
"""So long an offer lasts from when its agent is about to answer, in races against the time-out."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(90 + 2 * RACES)]


async def begins(visitor: Visitor) -> str:
    """A customer asks something; return the conversation."""
    return (await visitor.begins("Hello?"))["conversation"]["id"]


async def offer_of(agent: Agent, conversation: str) -> str:
    """Return the offer of that conversation, once it has come."""
    return (await agent.is_offered(conversation))["offer"]


async def ends(visitor: Visitor, *agents: Agent) -> None:
    """The customer goes, so that everybody is free; what was heard is forgotten."""
    if visitor.conversation:
        await visitor.asks("conversation:end", conversation=visitor.conversation)
    for person in (visitor, *agents):
        person.line.events.clear()
        person.line._taken.clear()


async def until_both_are_asked(stage: Stage, visitor: Visitor, *agents: Agent) -> None:
    """Rehearse until the host knows that both agents are there."""
    asked = 0
    while asked < len(agents):
        conversation = await begins(visitor)
        await offer_of(agents[0], conversation)
        asked = len((await stage.outcome(conversation)).offers)
        await ends(visitor, *agents)


def both_were_first(offsets: Offsets, *winners: str) -> None:
    """Both orders happened, or nothing was raced."""
    print(f"{dict(offsets.won)}, the second {1000 * offsets.centre_s:+.1f} ms later")
    for winner in winners:
        assert offsets.won[winner] >= RACES // 10, offsets.won
    assert offsets.won.total() == RACES


def is_taken_once(outcome: Outcome, by: str) -> None:
    """One owner, in their slot alone, who joined once."""
    assert (outcome.state, outcome.agent, outcome.holders) == ("active", by, [by]), outcome
    assert (outcome.taken, outcome.joined) == (1, 1), outcome
    assert None not in outcome.offers.values(), outcome


# Accept against accept


async def test_a1_two_agents_who_were_both_asked_accept_at_once(stage: Stage) -> None:
    await stage.opens(offers_at_once=2)
    ann, bob = await stage.agent("ann", 0), await stage.agent("bob", 1)
    visitor = await stage.visitor(0)
    await until_both_are_asked(stage, visitor, ann, bob)
    offsets = Offsets()
    for _ in range(RACES):
        conversation = await begins(visitor)
        offers = [await offer_of(agent, conversation) for agent in (ann, bob)]

        answers = await apart(
            partial(ann.asks, "offer:accept", offer=offers[0]),
            partial(bob.asks, "offer:accept", offer=offers[1]),
            offsets.next(),
        )

        outcome = await stage.outcome(conversation)
        assert sorted(map(reason, answers)) == ["already_taken", "ok"]
        winner = "ann" if answers[0]["ok"] else "bob"
        loser = answers[0]["ok"]
        is_taken_once(outcome, winner)
        assert outcome.offers == {
            winner: "accepted",
            "bob" if winner == "ann" else "ann": "rescinded",
        }
        assert winner in answers[loser]["error"]["message"]
        offsets.note(winner, is_first=winner == "ann")
        await ends(visitor, ann, bob)
    both_were_first(offsets, "ann", "bob")


async def test_a1_one_agent_accepts_in_two_windows_on_two_nodes(stage: Stage) -> None:
    await stage.opens()
    ann = await stage.agent("ann", 0)
    other = await stage.window(ann.token, 1)
    visitor = await stage.visitor(1)
    offsets = Offsets()
    for _ in range(RACES):
        conversation = await begins(visitor)
        offer = await offer_of(ann, conversation)

        answers = await apart(
            partial(ann.asks, "offer:accept", offer=offer),
            partial(other.asks, "offer:accept", offer=offer),
            offsets.next(),
        )

        assert [reason(answer) for answer in answers] == ["ok", "ok"]  # both mean the same
        outcome = await stage.outcome(conversation)
        is_taken_once(outcome, "ann")
        assert outcome.offers == {"ann": "accepted"}
        offsets.won["both"] += 1
        await ends(visitor, ann, other)
    both_were_first(offsets, "both")


async def test_a18_an_accept_races_with_a_supervisor_who_gives_it_to_another(stage: Stage) -> None:
    await stage.opens()
    ann, lead = await stage.agent("ann", 0), await stage.agent("lead", 1, role="supervisor")
    await lead.becomes("busy")
    visitor = await stage.visitor(0)
    offsets = Offsets()
    for _ in range(RACES):
        conversation = await begins(visitor)
        offer = await ann.is_offered(conversation)
        seen = offer["conversation"]["epoch"]

        answers = await apart(
            partial(ann.asks, "offer:accept", offer=offer["offer"]),
            partial(
                lead.asks,
                "conversation:assign",
                conversation=conversation,
                agent=str(lead.row.id),
                reason="I know them",
                epoch=seen,
            ),
            offsets.next(),
        )

        assert sorted(map(reason, answers)) == ["already_taken", "ok"]
        winner = "ann" if answers[0]["ok"] else "lead"
        outcome = await stage.outcome(conversation)
        is_taken_once(outcome, winner)
        assert outcome.offers == {"ann": "accepted" if winner == "ann" else "rescinded"}
        offsets.note(winner, is_first=winner == "ann")
        await ends(visitor, ann, lead)
    both_were_first(offsets, "ann", "lead")


async def test_a19_two_agents_pick_who_waits(stage: Stage) -> None:
    await stage.opens()
    ann = await stage.agent("ann", 0, status="busy")
    bob = await stage.agent("bob", 1, status="busy")
    visitor = await stage.visitor(1)
    offsets = Offsets()
    for _ in range(RACES):
        conversation = await begins(visitor)

        answers = await apart(
            partial(ann.asks, "conversation:pick", conversation=conversation),
            partial(bob.asks, "conversation:pick", conversation=conversation),
            offsets.next(),
        )

        assert sorted(map(reason, answers)) == ["already_taken", "ok"]
        winner = "ann" if answers[0]["ok"] else "bob"
        outcome = await stage.outcome(conversation)
        is_taken_once(outcome, winner)
        assert outcome.offers == {}
        offsets.note(winner, is_first=winner == "ann")
        await ends(visitor, ann, bob)
    both_were_first(offsets, "ann", "bob")


# Accept against the time-out


async def test_a7_an_accept_races_with_the_time_out(stage: Stage) -> None:
    """Whoever accepts too late is told so, and the next candidate has it alone.

    Five seconds is the shortest time-out; so the offer's end is moved near in the database, and a
    supervisor's change of priority lets the host read it again.
    """
    await stage.opens()
    ann, bob = await stage.agent("ann", 0), await stage.agent("bob", 1, status="busy")
    lead = await stage.agent("lead", 1, status="busy", role="supervisor")
    visitor = await stage.visitor(1)
    offsets = Offsets()
    for number in range(RACES):
        await ann.becomes("available")  # who misses an offer and acts is not left out
        conversation = await begins(visitor)
        offer = await offer_of(ann, conversation)
        await bob.becomes("available")
        until_s = await _ends_soon(stage, offer)
        ending = asyncio.get_running_loop().time() + until_s
        await lead.does(
            "conversation:prioritize", conversation=conversation, priority=1 + number % 2
        )

        answer = await at(ending + offsets.next(), partial(ann.asks, "offer:accept", offer=offer))

        if answer["ok"]:
            outcome = await stage.outcome(conversation)
            is_taken_once(outcome, "ann")
            assert outcome.offers == {"ann": "accepted"}
        else:
            assert reason(answer) in {"offer_ended", "already_taken"}, answer
            second = await offer_of(bob, conversation)
            between = await stage.outcome(conversation)
            assert (between.state, between.holders) == ("offered", ["bob"]), between
            assert between.offers == {"ann": "timed_out", "bob": None}
            await bob.does("offer:accept", offer=second)
            outcome = await stage.outcome(conversation)
            is_taken_once(outcome, "bob")
            assert outcome.events.count("timed_out") == 1
        winner = "accept" if answer["ok"] else "time-out"
        offsets.note(winner, is_first=not answer["ok"])
        await bob.becomes("busy")
        await ends(visitor, ann, bob, lead)
    both_were_first(offsets, "accept", "time-out")


async def _ends_soon(stage: Stage, offer: str) -> float:
    """Let an offer end soon; return in how many seconds."""
    left: Any = await stage.db.fetchval(
        "UPDATE offer SET expires_at = clock_timestamp() + $2 WHERE id = $1::text::uuid"
        " RETURNING expires_at - clock_timestamp()",
        offer,
        timedelta(seconds=OFFERED_S),
    )
    return float(left.total_seconds())


# Accept against the customer who leaves


async def test_a8_an_accept_races_with_the_customer_who_leaves(stage: Stage) -> None:
    await stage.opens()
    ann = await stage.agent("ann", 1)
    visitor = await stage.visitor(0)
    offsets = Offsets()
    for _ in range(RACES):
        conversation = await begins(visitor)
        offer = await offer_of(ann, conversation)

        accepted, left = await apart(
            partial(ann.asks, "offer:accept", offer=offer),
            partial(visitor.asks, "conversation:end", conversation=conversation),
            offsets.next(),
        )

        assert reason(left) == "ok"
        outcome = await stage.outcome(conversation)
        assert (outcome.state, outcome.closed_by, outcome.holders) == ("closed", "customer", [])
        assert outcome.events[-1] == "closed"
        if accepted["ok"]:
            assert (outcome.agent, outcome.joined, outcome.taken) == ("ann", 1, 1), outcome
            assert outcome.offers == {"ann": "accepted"}
        else:
            assert reason(accepted) == "offer_ended", accepted
            assert (outcome.agent, outcome.joined, outcome.taken) == (None, 0, 0), outcome
            assert outcome.offers == {"ann": "customer_gone"}
        winner = "accept" if accepted["ok"] else "leave"
        offsets.note(winner, is_first=winner == "accept")
        visitor.conversation = ""
        await ends(visitor, ann)
    both_were_first(offsets, "accept", "leave")
