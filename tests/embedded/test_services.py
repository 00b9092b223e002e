"""The embedded servers through good and bad days: real programs, killed for real."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from server.embedded import locks
from server.embedded.failure import EmbeddedFailed
from server.embedded.layout import Layout, Services
from server.embedded.membership import Membership, Options, join
from tests.support.processes import is_alive, remove_after, servers_of, until
from tests.support.services import OPTIONS

pytestmark = [pytest.mark.timeout(90), pytest.mark.slow]

KEPT = Options()  # as outside of tests: durable, and not removed

USER = """
import sys, pathlib
from server.embedded.membership import join
from tests.support.services import OPTIONS
member = join(pathlib.Path(sys.argv[1]), OPTIONS)
print("in", flush=True)
sys.stdin.read()
"""


def postmaster(root: Path) -> int | None:
    """Return whose the data is, or None between two: the file goes, and comes without a word."""
    try:
        words = (Layout(root).postgres_data / "postmaster.pid").read_text().split()
    except FileNotFoundError:
        return None
    return int(words[0]) if words else None


async def ask(services: Services, statement: str) -> object:
    connection = await asyncpg.connect(services.database_url())
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder that the servers' account can reach; the keeper removes it."""
    folder = Path(tempfile.mkdtemp(prefix="kefu-embedded-"))
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    yield folder
    remove_after(folder)


@contextmanager
def member(root: Path, options: Options = OPTIONS) -> Iterator[Membership]:
    membership = join(root, options)
    try:
        yield membership
    finally:
        membership.leave()


@contextmanager
def other_process(root: Path, **more: object) -> Iterator[subprocess.Popen[str]]:
    """Somebody else who uses the servers of ``root``."""
    command = [sys.executable, "-c", USER, str(root)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **more
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def is_in(process: subprocess.Popen[str]) -> bool:
    assert process.stdout is not None
    return process.stdout.readline() == "in\n"


async def test_the_first_start_makes_a_database_and_the_last_leave_stops_it(root: Path) -> None:
    with member(root) as membership:
        services = membership.ensure()
        assert await ask(services, "SELECT current_database()::text") == "kefu"
        assert await ask(services, "SELECT 'straße' ILIKE 'STRASSE%'") is False
        assert servers_of(root)
    until(lambda: not root.exists())
    assert not servers_of(root)


async def test_a_second_start_finds_what_the_first_one_left(root: Path) -> None:
    with member(root, KEPT) as membership:
        await ask(membership.ensure(), "CREATE TABLE kept AS SELECT 'here' AS word")
    until(lambda: not locks.is_held_alone(Layout(root).keeper_lock))

    with member(root, KEPT) as membership:
        assert await ask(membership.ensure(), "SELECT word FROM kept") == "here"


def test_kill_9_of_the_last_user_stops_the_servers(root: Path) -> None:
    with other_process(root) as process:
        assert is_in(process)
        assert servers_of(root)
        process.send_signal(signal.SIGKILL)
        until(lambda: not servers_of(root))


async def test_kill_9_of_one_of_two_users_disturbs_nobody(root: Path) -> None:
    with member(root) as membership:
        with other_process(root) as process:
            assert is_in(process)
            before = postmaster(root)
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert await ask(membership.ensure(), "SELECT 1") == 1
        assert postmaster(root) == before


async def test_kill_9_of_the_postmaster_is_recovered_from(root: Path) -> None:
    with member(root) as membership:
        connection = await asyncpg.connect(membership.ensure().database_url())
        await connection.execute("CREATE TABLE kept AS SELECT 'here' AS word")
        before = postmaster(root)
        os.kill(before, signal.SIGKILL)
        connection.terminate()
        until(lambda: not is_alive(before) and postmaster(root) != before)

        assert await ask(membership.ensure(), "SELECT word FROM kept") == "here"


async def test_kill_9_of_the_keeper_takes_the_servers_along_and_a_new_one_comes(root: Path) -> None:
    with member(root) as membership:
        first = membership.ensure()
        await ask(first, "SELECT 1")
        os.kill(first.keeper_pid, signal.SIGKILL)
        until(lambda: not locks.is_held_alone(Layout(root).keeper_lock))

        second = membership.ensure()

        assert second.keeper_pid != first.keeper_pid
        assert await ask(second, "SELECT 1") == 1


async def test_five_at_once_share_one_keeper(root: Path) -> None:
    processes = [other_process(root) for _ in range(5)]
    entered = [process.__enter__() for process in processes]
    try:
        assert all(is_in(process) for process in entered)
        keeper = json.loads(Layout(root).ready.read_text())["keeper_pid"]
        assert is_alive(keeper)
        log = Layout(root).log("keeper").read_text()
        assert log.count("ready") == 1
    finally:
        for process in processes:
            process.__exit__(None, None, None)


@pytest.mark.parametrize("name", ["a path, with spaces", "somebody's path", "客服", "long-" * 24])
async def test_any_path_will_do(root: Path, name: str) -> None:
    with member(root / name) as membership:
        services = membership.ensure()
        assert await ask(services, "SELECT 1") == 1
        assert len(services.postgres_socket + ".lock") <= 107


def test_any_umask_will_do(root: Path) -> None:
    with other_process(root / "new" / "folders", umask=0o077) as process:
        assert is_in(process)


def test_passwords_are_for_our_eyes_only(root: Path) -> None:
    with member(root):
        for path in (Layout(root).secrets, Layout(root).ready):
            assert path.stat().st_mode & 0o077 == 0
        password = json.loads(Layout(root).secrets.read_text())["valkey"]
        for pid in servers_of(root):
            assert password.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()


def test_data_of_another_version_is_refused(root: Path) -> None:
    other = root / "postgres-17"
    other.mkdir()
    (other / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedFailed, match="another version"):
        join(root, OPTIONS)
