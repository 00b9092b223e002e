"""Durable servers of their own, so that all can be well, and the doctor as a process."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.embedded.layout import Services
from server.embedded.membership import Options, join
from tests.support.database import another, database, database_template, databases, dsn

__all__ = ["another", "database", "database_template", "databases", "dsn"]


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    """PostgreSQL and Valkey as production has them: what is committed is on the disk."""
    root = Path(tempfile.mkdtemp(prefix="kefu-doctor-"))
    root.chmod(0o711)
    membership = join(root, Options(remove_afterwards=True))
    try:
        yield membership.ensure()
    finally:
        membership.leave_and_wait()


@pytest.fixture(scope="session")
def postgres_dsn(services: Services) -> str:
    return services.database_url("postgres")


@pytest.fixture(scope="session")
def redis_url(services: Services) -> str:
    return services.redis_url
