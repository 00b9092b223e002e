"""What every test stands on: a clean environment, real servers, and no failure that goes unseen."""

from __future__ import annotations

import inspect
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from server.embedded.layout import Services
from server.embedded.locks import Lock
from tests.support import browser
from tests.support import services as run
from tests.support.loops import no_failure_goes_unseen

pytest_plugins = ["tests.support.database"]

settings.register_profile("kefu", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kefu")  # how busy the machine is says nothing about the code

BROWSER_REQUIRED = os.environ.get("KEFU_BROWSER_REQUIRED") == "1"
for name in [name for name in os.environ if name.startswith("KEFU_")]:
    del os.environ[name]

NO_BROWSER = "there is no Chromium"
ROOT = pytest.StashKey[Path]()
LOCK = pytest.StashKey[Lock]()
CLOSING = pytest.StashKey[str]()


def pytest_xdist_auto_num_workers() -> int:
    """Run one worker more than there are cores: each waits for other processes at times."""
    return (os.cpu_count() or 1) + 1


def pytest_configure(config: pytest.Config) -> None:
    """Reserve the run's folder; workers of xdist are told of the controller's."""
    handed_down = getattr(config, "workerinput", None)
    if handed_down is not None:
        config.stash[ROOT] = Path(handed_down["services"])
        return
    if BROWSER_REQUIRED and browser.chromium() is None:
        raise pytest.UsageError(f"KEFU_BROWSER_REQUIRED=1, but {NO_BROWSER}.")
    config.stash[ROOT], config.stash[LOCK] = run.reserve()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker where the run's servers are."""
    node.workerinput["services"] = str(node.config.stash[ROOT])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let the run's servers stop; the very last line is about what was not tested."""
    if LOCK in config.stash:
        run.give_up(config.stash[ROOT], config.stash[LOCK])
    if closing := config.stash.get(CLOSING, None):
        print(closing)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests where there is no browser."""
    if browser.chromium() is not None:
        return
    for item in items:
        if item.get_closest_marker("browser") is not None:
            item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Keep for the last line that browser tests were skipped."""
    skipped = terminalreporter.stats.get("skipped", [])
    if any(NO_BROWSER in str(report.longrepr) for report in skipped):
        terminalreporter.config.stash[CLOSING] = browser.HOW_TO_GET_ONE


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
    if not inspect.iscoroutinefunction(getattr(request.node, "obj", None)):
        yield
        return
    async with no_failure_goes_unseen():
        yield
