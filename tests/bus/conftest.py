"""A cluster that the tests of one worker share; each leaves it as it was."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest

from storage import valkey
from storage.valkey import Redis
from tests.bus.valkeys import Cluster, folder, running
from tests.support.processes import until


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Three primaries, and a replica of the last."""
    with folder() as root:
        cluster = Cluster(root)
        with running([*cluster.servers, cluster.replica]):
            cluster.start()
            yield cluster


@pytest.fixture
async def client(cluster: Cluster) -> AsyncIterator[Redis]:
    until(cluster.takes_keys)
    client = valkey.connect(cluster.url)
    await client.initialize()
    yield client
    await client.aclose()


@pytest.fixture
def realm() -> str:
    return f"{uuid4().hex}:"
