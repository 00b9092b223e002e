"""What every test stands on: a clean environment, real servers, and no failure that goes unseen."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from server.embedded.layout import Services
from server.embedded.locks import Lock
from tests.support import services as run

for name in [name for name in os.environ if name.startswith("KEFU_")]:
    if name != "KEFU_BROWSER_REQUIRED":
        del os.environ[name]

ROOT = pytest.StashKey[Path]()
LOCK = pytest.StashKey[Lock]()


def pytest_configure(config: pytest.Config) -> None:
    """Reserve the run's folder; workers of xdist are told of the controller's."""
    handed_down = getattr(config, "workerinput", None)
    if handed_down is not None:
        config.stash[ROOT] = Path(handed_down["services"])
        return
    config.stash[ROOT], config.stash[LOCK] = run.reserve()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker where the run's servers are."""
    node.workerinput["services"] = str(node.config.stash[ROOT])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let the run's servers stop."""
    if LOCK in config.stash:
        run.give_up(config.stash[ROOT], config.stash[LOCK])


@pytest.fixture(scope="session")
def services(pytestconfig: pytest.Config) -> Iterator[Services]:
    """Real PostgreSQL and Valkey."""
    with run.joined(pytestconfig.stash[ROOT]) as there:
        yield there


@pytest.fixture(scope="session")
def postgres_dsn(services: Services) -> str:
    """Address of PostgreSQL's `postgres` database, as its superuser."""
    return services.database_url("postgres")


@pytest.fixture(scope="session")
def redis_url(services: Services) -> str:
    """Address of Valkey. Shared by all workers: choose keys that nobody else has."""
    return services.redis_url


@pytest.fixture(autouse=True)
async def _loop_failures_fail(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """Fail a test whose event loop reported an exception that nobody caught."""
    if not asyncio.iscoroutinefunction(getattr(request.node, "obj", None)):
        yield
        return
    failures: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
    yield
    assert not failures, failures
