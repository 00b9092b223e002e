"""How long it took is told by those who needed what was broken, and by nobody else."""

from __future__ import annotations

from loadtest.chaos import healing
from loadtest.chaos.healing import Strike
from loadtest.chaos.history import Ack, Asked, History, Saying, Seen, Stay, Taking

STRIKE = Strike(at_s=100.0, wall_s=1000.0, node=0, mended_s=104.0)


def on_node(number: int, *asked: Asked) -> History:
    return History(f"on {number}", stays=[Stay(number, 90.0, 101.0)], asked=list(asked))


def test_the_longest_wait_of_those_who_were_there_counts_from_the_strike() -> None:
    here = on_node(0, Asked("message:send", 99.5, 100.4), Asked("message:since", 101.0, 103.5))
    elsewhere = on_node(1, Asked("message:send", 99.0, 109.0))

    assert healing.answers([here, elsewhere], STRIKE) == 2.5


def test_it_is_not_healed_while_somebody_waits_or_before_it_is_mended() -> None:
    waits = on_node(0, Asked("message:send", 103.9))

    assert healing.answers([waits], STRIKE) is None
    assert healing.answers([], Strike(at_s=100.0, wall_s=1000.0)) is None


def test_what_was_asked_after_the_mending_is_not_counted() -> None:
    late = on_node(0, Asked("message:send", 104.1, 120.0))

    assert healing.answers([late], STRIKE) == 0.0


def test_an_assignment_counts_when_it_was_offered_after_the_strike() -> None:
    agent = History("agent")
    agent.takings = [Taking("before", "talk", 999.0, 100.5, 100.6), Taking("open", "talk", 1001.0)]
    assert healing.assignment([agent], STRIKE) is None

    agent.takings.append(Taking("after", "talk", 1002.0, 102.0, 102.5))
    assert healing.assignment([agent], STRIKE) == 2.5


def said(client_id: str, tried_s: float, at_s: float) -> Saying:
    return Saying(client_id, client_id, "talk", [Ack(1, tried_s, at_s, 0)])


def read(client_id: str, at_s: float, *, is_told: bool) -> Seen:
    return Seen("talk", 1, client_id, client_id, at_s, 1, is_told, True)


def test_news_are_as_late_as_the_latest_message_and_healed_once_nodes_hear_each_other() -> None:
    sender, reader = History("sender"), History("reader", follows={"talk": 0.0})
    sender.sayings = [said("during-1", 101.0, 101.1), said("after-1", 105.0, 105.1)]
    reader.seen = [read("during-1", 104.1, is_told=False)]
    assert healing.news([sender, reader], STRIKE) is None

    reader.seen.append(read("after-1", 105.2, is_told=True))
    assert healing.news([sender, reader], STRIKE) == 3.0
