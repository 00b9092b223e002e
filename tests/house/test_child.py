"""One node of `kefu up --nodes`: it is not left behind, whenever it is told to stop."""

from __future__ import annotations

import asyncio
from pathlib import Path

from server.cluster.balancer import Backend
from server.cluster.child import ChildNode, Start
from server.cluster.run import free_ports
from server.settings import Settings
from tests.support.processes import is_alive


async def test_a_node_that_is_told_to_stop_while_it_is_being_started_is_not_left_behind(
    tmp_path: Path,
) -> None:
    [port] = free_ports(1)
    said: list[str] = []
    settings = Settings(data_dir=tmp_path)
    node = ChildNode(1, Backend("127.0.0.1", port), Start(settings, said.append))
    running = asyncio.create_task(node.run())
    await asyncio.sleep(0)
    assert node.has_ended, "its process is on its way"

    await node.stop()

    assert node.has_ended
    assert not is_alive(node.pid)
    await running
    assert said == [], "neither killed nor started again"


async def test_a_node_that_is_told_to_stop_before_it_was_started_never_is(tmp_path: Path) -> None:
    node = ChildNode(1, Backend("127.0.0.1", 1), Start(Settings(data_dir=tmp_path), print))
    await node.stop()
    await node.run()
    assert node.has_ended
