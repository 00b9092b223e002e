"""What the doctor makes of figures that no test server can be brought to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from server.doctor import postgres, routing, valkey
from server.doctor.findings import Report, ShopSeen, duration
from server.doctor.shown import as_text
from storage.standing import ShopStanding
from storage.vitals import OldTransaction, PostgresVitals, Replica, ValkeyVitals

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
POSTGRES = PostgresVitals(
    at=NOW,
    version="18.1",
    version_number=180001,
    is_standby=False,
    synchronous_commit="on",
    fsync=True,
    connections=10,
    connections_max=100,
    oldest=None,
    replicas=(),
)
VALKEY = ValkeyVitals(
    program="Valkey",
    version="8.1.1",
    memory_bytes=10 << 20,
    memory_max_bytes=0,
    policy="noeviction",
    answered_s=0.001,
)
SHOP = ShopStanding(
    id=uuid4(),
    key="tea",
    wait_urgent_s=180,
    lost_agent="requeue",
    lost_agent_s=120,
    waiting=0,
    longest_s=None,
    offers_overdue=0,
    wrap_ups_overdue=0,
    decisions=0,
    in_hand={},
)


def old(open_s: float, application: str = "psql") -> OldTransaction:
    return OldTransaction(pid=7, application=application, open_s=open_s)


def replica(state: str | None = "streaming", behind_s: float | None = 0.0) -> Replica:
    return Replica(name="east", state=state, behind_s=behind_s, behind_bytes=1 << 20)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, None),
        ({"version_number": 170004}, "database_old"),
        ({"synchronous_commit": "off"}, "not_durable"),
        ({"synchronous_commit": "remote_apply"}, None),
        ({"is_standby": True}, "database_standby"),
        ({"connections": 81}, "connections_short"),
        ({"oldest": old(299)}, None),
        ({"oldest": old(301)}, "transaction_old"),
        ({"oldest": old(9000, "kefu backup")}, None),
        ({"replicas": (replica(),)}, None),
        ({"replicas": (replica(behind_s=11),)}, "replica_late"),
        ({"replicas": (replica("catchup"),)}, "replica_late"),
        ({"replicas": (replica(None, None),)}, "replica_unseen"),
    ],
)
def test_postgresql(change: dict[str, object], code: str | None) -> None:
    found = postgres.judge(replace(POSTGRES, **change), 0.001)  # type: ignore[arg-type]
    assert [each.code for each in found if each.mark != "well"] == ([code] if code else [])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, None),
        ({"version": "7.2.4"}, "valkey_old"),
        ({"program": "Redis", "version": "7.2.4"}, None),
        ({"policy": "allkeys-lru"}, None),
        ({"policy": "allkeys-lru", "memory_max_bytes": 100 << 20}, "valkey_evicts"),
        ({"memory_max_bytes": 11 << 20}, "valkey_full"),
        ({"memory_max_bytes": 12 << 20}, None),
    ],
)
def test_valkey(change: dict[str, object], code: str | None) -> None:
    found = valkey.judge_server(replace(VALKEY, **change))  # type: ignore[arg-type]
    assert [each.code for each in found if each.mark != "well"] == ([code] if code else [])


def test_an_agent_is_gone_when_no_node_vouches_any_more() -> None:
    agent, other = uuid4(), uuid4()
    shop = replace(SHOP, in_hand={agent: 2, other: 1})
    vouched = {(agent, "a"): 90.0, (agent, "b"): 110.0, (other, "a"): 99.0}
    seen = routing.seen(shop, vouched, 100.0)
    assert (seen.agents_here, seen.agents_by_node) == (1, {"b": 1})
    assert (seen.in_hand, seen.in_hand_of_gone) == (3, 1)
    assert [each.code for each in routing.judge(shop, vouched, 100.0)] == ["in_hand_of_gone"]
    # Gone for longer than the shop lets conversations lie, and than the host needs.
    assert [each.code for each in routing.judge(shop, vouched, 241.0)] == ["left_behind"]


def test_quiet_shops_are_only_counted_and_the_busiest_come_first() -> None:
    quiet = routing.seen(SHOP, {}, 0.0)
    shops = [quiet, named("one", 1), named("many", 40), quiet]
    found = list(postgres.judge(POSTGRES, 0.001))
    report = Report(version="1", at=NOW, is_well=True, findings=found, nodes=[], shops=shops)
    lines = as_text(report).splitlines()
    assert [line.split()[0] for line in lines[-5:-3]] == ["many", "one"]
    assert lines[-3:] == ["  and 2 where nothing goes on", "", "All is well."]


def named(key: str, waiting: int) -> ShopSeen:
    return routing.seen(replace(SHOP, key=key, waiting=waiting, longest_s=3.0), {}, 0.0)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0021, "2.1 ms"),
        (0.3, "300 ms"),
        (3.21, "3.2 s"),
        (90, "90 s"),
        (600, "10 min"),
        (86400, "24 h"),
    ],
)
def test_times_are_said_as_people_do(seconds: float, said: str) -> None:
    assert duration(seconds) == said
