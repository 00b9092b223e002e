"""The short form of the chaos runs: three faults on two nodes, and no promise broken."""

from __future__ import annotations

from random import Random

import pytest

from loadtest.chaos.cluster import running
from loadtest.chaos.faults import FAULTS
from loadtest.chaos.play import Crowd, play

CROWD = Crowd(customers=8, agents=3)


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_no_promise_is_broken_by_a_dead_host_a_stopped_node_and_a_dead_postgresql() -> None:
    faults = [FAULTS[name] for name in ("kill-host", "stop-node", "kill-postgres")]

    async with running(2) as cluster:
        outcome = await play(cluster, faults, Random(1), CROWD)

    assert outcome.findings == []
    assert None not in outcome.heals_s
    assert outcome.assigned > 0
