"""Nodes and servers that end by themselves, and errors that nobody expected, are findings."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from loadtest.chaos.checker import check
from loadtest.chaos.cluster import Cluster
from loadtest.chaos.conduct import Conduct
from loadtest.chaos.faults import FAULTS
from loadtest.chaos.node import Node, Unanswered
from loadtest.chaos.stored import Stored
from loadtest.chaos.watch import Watch, errors
from server.embedded.layout import Services

TALKATIVE = b"""\
{"event": "node_ready", "level": "info"}
{"event": "lease_not_renewed", "level": "warning"}
{"event": "routing_failed", "level": "error", "exception": "Traceback\\n  at\\nKeyError: 'x'\\n"}
{"event": "Task exception was never retrieved\\nfuture: x", "level": "error"}
Listening on http://127.0.0.1:8080
Traceback (most recent call last):
{"event": "half a li
"""


def test_a_death_and_an_error_are_found() -> None:
    conduct = Conduct(died=["node-0: ended with 3"], unforeseen=["node-1: routing_failed"])
    found = check([], Stored(), [], conduct)

    assert [(each.kind, each.what) for each in found] == [
        ("died", "node-0: ended with 3"),
        ("unforeseen", "node-1: routing_failed"),
    ]


def test_of_a_log_only_errors_count_and_what_a_program_says_at_its_end() -> None:
    assert list(errors(TALKATIVE)) == [
        "routing_failed KeyError: 'x'",
        "Task exception was never retrieved",
        "Traceback (most recent call last):",
    ]


def test_only_a_fault_that_ends_a_server_explains_its_end() -> None:
    explained = {name: set(fault.ends) for name, fault in FAULTS.items() if fault.ends}

    assert explained == {
        "kill-postgres": {"postgres"},
        "kill-valkey": {"valkey"},
        "kill-keeper": {"keeper", "postgres", "valkey"},
        "disk-full": {"postgres"},
    }


class Brief(Node):
    """A node that is there for a moment."""

    async def _is_ready(self) -> bool:
        return True


@pytest.fixture
def node(tmp_path: Path) -> Brief:
    services = Services(str(tmp_path), "-", "-", 0)
    return Brief(0, services, tmp_path, ("brief",), None)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "brief.py"


async def test_a_node_that_ends_by_itself_has_died_and_is_told_of_once(
    node: Brief, program: Path
) -> None:
    program.write_text("raise SystemExit(3)")
    await node.start("secret")
    await node.ended()

    assert not node.is_alive
    assert node.deaths() == ["node-0: ended with 3"]
    assert node.deaths() == []


async def test_a_node_that_died_before_it_could_be_killed_has_died_all_the_same(
    node: Brief, program: Path
) -> None:
    program.write_text("raise SystemExit(4)")
    await node.start("secret")
    await node.ended()
    node.stop()
    await node.kill()

    assert node.deaths() == ["node-0: ended with 4"]


async def test_a_node_that_we_kill_has_not_died(node: Brief, program: Path) -> None:
    program.write_text("import time\ntime.sleep(60)")
    await node.start("secret")
    await node.kill()

    assert node.deaths() == []


class StageNode:
    """A node that logs and counts what a test says."""

    number, is_alive = 0, True

    def __init__(self, log: Path) -> None:
        self.log, self.failures = log, 0.0

    def deaths(self) -> list[str]:
        return []

    async def metric(self, name: str) -> float:
        if self.failures < 0:
            raise Unanswered(f"no {name}")
        return self.failures


class StageCluster:
    """Servers with the process numbers that a test says, and one node."""

    def __init__(self, log: Path) -> None:
        self.nodes = [StageNode(log)]
        self.pids = {"keeper": 1, "postgres": 2, "valkey": 3}

    def servers(self) -> dict[str, int]:
        return dict(self.pids)


@pytest.fixture
def cluster(tmp_path: Path) -> StageCluster:
    log = tmp_path / "node-0.log"
    log.write_text('{"event": "before", "level": "error"}\n')
    return StageCluster(log)


def watching(cluster: StageCluster) -> Watch:
    return Watch(cast("Cluster", cluster))


async def test_a_server_that_comes_back_as_another_process_or_not_at_all_has_died(
    cluster: StageCluster,
) -> None:
    watch = watching(cluster)
    cluster.pids = {"keeper": 1, "postgres": 9}

    assert (await watch.conduct(frozenset())).died == [
        "postgres: process 2 ended, now 9",
        "valkey: process 3 ended, now None",
    ]
    assert (await watch.conduct(frozenset({"postgres", "valkey"}))).died == []


async def test_only_what_was_logged_since_the_play_began_counts(cluster: StageCluster) -> None:
    watch = watching(cluster)
    with cluster.nodes[0].log.open("a") as log:
        log.write('{"event": "heads_failed", "level": "error"}\n')

    assert (await watch.conduct(frozenset())).unforeseen == ["node-0: heads_failed"]


@pytest.mark.parametrize(
    ("failures", "found"),
    [
        (0.0, []),
        (2.0, ["node-0: kefu_route_failed_total 2"]),
        (-1.0, ["node-0: no kefu_route_failed_total"]),
    ],
)
async def test_a_counter_of_failures_and_a_node_that_keeps_silent_are_unforeseen(
    cluster: StageCluster, failures: float, found: list[str]
) -> None:
    watch = watching(cluster)
    cluster.nodes[0].failures = failures

    assert (await watch.conduct(frozenset())).unforeseen == found
