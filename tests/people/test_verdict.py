"""The report says what a node carried, what broke first, and whose matter that is."""

import pytest

from loadtest.people.limits import breaks, first, judge
from loadtest.people.record import Cpu, Record, Second, Truth
from loadtest.people.verdict import carried, sentences
from tests.people.records import day, takes


def told(record: Record) -> str:
    return "\n".join(sentences(record))


def test_a_good_day_says_what_was_carried_and_that_nothing_broke() -> None:
    record = day()
    best = carried(record)
    assert breaks(record) == []
    assert best is not None
    assert best.rate == 20
    assert "One node carried 20.0 messages a second" in told(record)
    assert "with 40 customers there and 8 agents" in told(record)
    assert "Nothing of the nodes' broke" in told(record)


def test_what_failed_within_the_limits_is_not_said_to_be_nothing() -> None:
    record = day()
    assert "no errors, no refusals" in told(record)
    record.seconds[30].errors |= {"visitor message:send: too_many": 1}
    assert breaks(record) == []
    assert "no refusals" not in told(record)
    assert "errors and refusals: 1, within the limits" in told(record)


def test_cores_that_nobody_watched_are_not_said_to_be_free() -> None:
    record = day()
    assert "cores free" in told(record)
    record.cpu = []
    assert "cores free" not in told(record)


def test_what_broke_first_comes_first_and_each_thing_once() -> None:
    def spoil(second: Second) -> None:
        if second.at >= 30:
            for _ in range(10):
                takes(second, "delivery", 900)
        if second.at >= 40:
            second.errors["visitor message:send: no answer"] = 5

    found = [each for each in breaks(day(change=spoil)) if each.whose == "node"]
    assert [each.name for each in found] == ["delivery, p95", "errors"]
    assert 30 <= found[0].at_s < 35
    assert 40 <= found[1].at_s < 45
    assert "What broke first: at 0:30, 5 % of messages reached their agent later than" in told(
        day(change=spoil)
    )
    assert "Then at 0:40: 5 of 105 failed, most: visitor message:send: no answer." in told(
        day(change=spoil)
    )
    held = {each.limit.name: each for each in judge(day(change=spoil))}
    assert held["delivery, p95"].broke == found[0]
    assert held["delivery, p95"].worst == found[0].value == pytest.approx(900, rel=0.04)
    assert held["acknowledgement, p95"].broke is None
    assert held["acknowledgement, p95"].worst == pytest.approx(4, rel=0.04)
    assert held["queue wait, p95"].worst is None


def test_only_what_was_carried_before_something_broke_counts() -> None:
    def spoil(second: Second) -> None:
        second.counts["messages"] = second.at
        if second.at >= 40:
            for _ in range(20):
                takes(second, "ack", 2000)

    best = carried(day(change=spoil))
    assert best is not None
    assert 25 <= best.rate < 35


def test_a_full_core_is_the_nodes_matter_and_a_full_generator_is_ours() -> None:
    def tire(second: Second) -> None:
        second.busy = 0.81 if second.at > 20 else 0.5

    record = day(change=tire)
    record.cpu = [
        Cpu(at=at, nodes=[1.0 if at > 40 else 0.5], postgres=0, valkey=0, people=0)
        for at in range(60)
    ]
    node, ours = first(record, "node"), first(record, "us")
    assert node is not None
    assert ours is not None
    assert node.name == "busiest node"
    assert ours.name == "people's busiest process"
    assert ours.at_s < node.at_s
    assert "people's busiest process used 81 % of a core at most" in told(record)
    assert "not enough was left to measure" in told(record)
    assert "What broke first was not the nodes: at 0:25, the people's busiest process" in told(
        record
    )
    assert "Then at 0:45: a node used 100 % of a core." in told(record)
    assert ": enough was left to measure" in told(day())


def test_one_of_two_nodes_that_is_full_is_found() -> None:
    record = day()
    record.nodes = 2
    record.cpu = [
        Cpu(at=at, nodes=[0.2, 0.99], postgres=0, valkey=0, people=0.1) for at in range(60)
    ]
    assert [each.name for each in breaks(record)] == ["busiest node"]


def test_too_few_agents_are_not_the_nodes_fault() -> None:
    def spoil(second: Second) -> None:
        second.counts |= {"asked": 2, "gave up": 3}

    record = day(change=spoil)
    assert first(record) is None
    assert first(record, "staff") is not None
    assert "That is a matter of staff, not of the nodes." in told(record)
    assert "Nothing of the nodes' broke" in told(record)


def test_being_told_to_come_again_is_a_refusal_and_not_an_error() -> None:
    def spoil(second: Second) -> None:
        if second.at >= 20:
            second.errors["visitor connect: too_many"] = 10

    assert [each.name for each in breaks(day(change=spoil))] == ["refusals"]


def test_phones_that_are_slow_break_nothing() -> None:
    def spoil(second: Second) -> None:
        for _ in range(50):
            takes(second, "phone", 5000)

    assert breaks(day(change=spoil)) == []


def test_what_was_not_watched_is_not_said_to_be_well() -> None:
    record = day()
    assert "Nobody watched" not in told(record)
    record.cpu = []
    assert "Nobody watched the CPU of the nodes and of this machine." in told(record)
    assert {each.limit.name for each in judge(record) if each.worst is None} >= {
        "busiest node",
        "this machine",
    }


def test_lost_messages_are_said_before_all_else() -> None:
    record = day()
    record.truth = Truth(acked=100, lost=2, doubled=0, renumbered=0, gaps=1)
    assert sentences(record)[0].startswith("Of 100 acknowledged messages 2 are lost")
    record.truth = Truth(acked=100, lost=0, doubled=0, renumbered=0, gaps=0)
    assert "100 messages were acknowledged; all of them are in PostgreSQL, once" in told(record)


def test_a_day_without_customers_can_be_told() -> None:
    assert sentences(day(length_s=0))


def test_a_storm_and_a_noisy_shop_are_told_of() -> None:
    def spoil(second: Second) -> None:
        takes(second, "ack@calm", 2)
        takes(second, "ack@noisy", 80)
        if second.at == 30:
            second.counts["cut off"] = 40
        if 30 <= second.at < 32:
            takes(second, "back", 700)

    record = day(change=spoil)
    assert breaks(record) == []
    assert "40 connections were cut on purpose; half of the customers were back within 0.7" in told(
        record
    )
    assert "shop by shop: calm within 1.9 ms, noisy within 77.8 ms." in told(record)
    assert "calm within" not in told(day())


def test_a_machine_that_all_share_can_be_full_while_no_single_core_is() -> None:
    record = day()
    record.cores = 2
    assert breaks(record) == []
    record.cpu = [
        Cpu(at=at, nodes=[0.8], postgres=0.5, valkey=0.02, people=0.5) for at in range(60)
    ]
    assert [(each.whose, each.name) for each in breaks(record)] == [("us", "this machine")]
    assert "1.8 of this machine's 2 cores were in use, 0.0 of them by other" in told(record)


def test_who_else_uses_the_machine_counts_too_and_is_what_broke_first() -> None:
    def slow(second: Second) -> None:
        if second.at >= 30:
            for _ in range(20):
                takes(second, "ack", 900)

    record = day(change=slow)
    record.cores = 2
    record.cpu = [
        Cpu(
            at=at, nodes=[0.1], postgres=0.1, valkey=0, people=0.1, machine=2 if at > 20 else 0.3
        )
        for at in range(60)
    ]  # fmt: skip
    said = told(record)
    assert "What broke first was not the nodes: at 0:2" in said
    assert " of this machine's 2 cores were in use, 1.4 of them by other" in said
    assert "(limit: 85 % of its cores). Later times say more about this machine" in said
    assert "Then at 0:30: 5 % of acknowledgements took longer than" in said
    for each in record.cpu:
        each.machine = 2 if each.at > 50 else 0.3
    said = told(record)
    assert "What broke first: at 0:30, 5 % of acknowledgements" in said
    assert "Warning: from 0:54 on the times say more about this machine" in said
