"""The `kefu` command as a person uses it: real processes, interrupted and killed for real."""

from __future__ import annotations

import json
import signal
import socket
import time
from pathlib import Path

import asyncpg
import pytest

from server.embedded import locks
from server.embedded.layout import Layout
from tests.support.command import as_in_a_terminal, data_dir, free_port, kefu, started, up
from tests.support.processes import servers_of, until

__all__ = ["as_in_a_terminal", "data_dir"]

pytestmark = [pytest.mark.timeout(90), pytest.mark.slow]


def test_ctrl_c_leaves_no_process(data_dir: Path) -> None:
    with up(data_dir) as process:
        assert servers_of(data_dir)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert not servers_of(data_dir)
    assert not locks.is_held_alone(Layout(data_dir).keeper_lock)


def test_ctrl_c_ends_the_demonstration_in_one_sentence(data_dir: Path) -> None:
    port = free_port()
    settings = {"KEFU_DATA_DIR": str(data_dir), "KEFU_PORT": str(port)}
    with (
        up(data_dir, port=port, has_demo=True),
        started(["demo", "--customers", "1", "--agents", "1"], **settings) as demo,
    ):
        assert demo.stdout is not None
        assert any("is available" in line for line in demo.stdout)
        demo.send_signal(signal.SIGINT)
        said, complaints = demo.communicate(timeout=20)
    assert demo.returncode == 130
    assert said.endswith("The demonstration was stopped\n")
    assert complaints == ""


def test_without_a_command_the_commands_are_listed() -> None:
    done = kefu()
    assert (done.returncode, done.stdout) == (2, "")
    assert "play agents and customers" in done.stderr


def test_kill_9_leaves_no_process(data_dir: Path) -> None:
    with up(data_dir) as process:
        process.send_signal(signal.SIGKILL)
        until(lambda: not servers_of(data_dir))


def test_the_second_start_is_quick(data_dir: Path) -> None:
    with up(data_dir) as process:
        process.terminate()
        process.wait(20)
    began = time.monotonic()
    with up(data_dir):
        assert time.monotonic() - began < 10  # 1 to 2 s alone on a machine; here tests share it


def test_two_can_be_up_on_the_same_data(data_dir: Path) -> None:
    with up(data_dir) as first, up(data_dir) as second:
        first.send_signal(signal.SIGINT)
        assert first.wait(20) == 0
        assert servers_of(data_dir)
        second.send_signal(signal.SIGINT)
        assert second.wait(20) == 0
    assert not servers_of(data_dir)


def test_serve_starts_no_servers_of_its_own(data_dir: Path) -> None:
    done = kefu("serve", KEFU_DATA_DIR=str(data_dir))
    assert done.returncode == 1
    assert "KEFU_DATABASE_URL and KEFU_REDIS_URL are missing" in done.stderr
    assert list(data_dir.iterdir()) == []


def test_wrong_settings_are_told_all_at_once() -> None:
    done = kefu("serve", KEFU_PORT="eight", KEFU_SECRET_KEY="short", KEFU_PROT="1")
    assert done.returncode == 1
    for sentence in ("KEFU_PORT should be", "KEFU_SECRET_KEY is weak", "Did you mean KEFU_PORT?"):
        assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert "short" not in done.stderr


def test_a_taken_port_is_told_before_anything_is_started(data_dir: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = kefu("up", KEFU_DATA_DIR=str(data_dir), KEFU_PORT=port)
    assert done.returncode == 1
    assert "choose another port with KEFU_PORT" in done.stderr
    assert list(data_dir.iterdir()) == []


def test_check_is_content_with_a_good_configuration(dsn: str, redis_url: str) -> None:
    done = kefu(
        "check",
        KEFU_DATABASE_URL=dsn,
        KEFU_REDIS_URL=redis_url,
        KEFU_SECRET_KEY="s" * 40,
        KEFU_PORT=str(free_port()),
    )
    assert "Nothing is wrong." in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
    assert "s" * 40 not in done.stdout


def test_check_names_every_part_that_is_wrong() -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    done = kefu(
        "check",
        KEFU_DATABASE_URL=f"postgresql://me:hunter2@{nowhere}/kefu",
        KEFU_REDIS_URL=f"redis://{nowhere}",
        KEFU_HOST="0.0.0.0",
        KEFU_PORT=str(free_port()),
    )
    assert done.returncode == 1
    for sentence in (
        "KEFU_DATABASE_URL does not answer",
        "KEFU_REDIS_URL does not answer",
        "KEFU_SECRET_KEY is missing",
        "KEFU_PUBLIC_URL is missing",
    ):
        assert sentence in done.stdout
    assert "hunter2" not in done.stdout


async def test_check_knows_a_database_without_our_schema(postgres_dsn: str, redis_url: str) -> None:
    done = kefu(
        "check",
        KEFU_DATABASE_URL=postgres_dsn,
        KEFU_REDIS_URL=redis_url,
        KEFU_PORT=str(free_port()),
    )
    assert "Run `kefu migrate`" in done.stdout


def test_the_doctor_finds_what_is_up_well_and_starts_nothing_itself(data_dir: Path) -> None:
    settings = {"KEFU_DATA_DIR": str(data_dir), "KEFU_PORT": str(free_port())}
    before = kefu("doctor", **settings)
    assert before.returncode == 1
    assert "No `kefu up` is running" in before.stderr
    assert list(data_dir.iterdir()) == []

    port = free_port()
    with up(data_dir, port=port, nodes=2):
        found = kefu("doctor", **settings)
        places = [
            each["place"]
            for each in json.loads(kefu("doctor", "--json", **settings).stdout)["nodes"]
        ]
    assert found.returncode == 0, found.stdout + found.stderr
    assert found.stdout.endswith("\nAll is well.\n")
    ports = {place.rpartition(":")[2] for place in places}
    assert len(ports) == 2
    assert str(port) not in ports, "that is the balancer's"


@pytest.mark.timeout(240)
def test_what_is_up_can_be_copied_and_restored_into_another_folder(
    data_dir: Path, tmp_path: Path
) -> None:
    path, other = str(tmp_path / "house.kefu"), data_dir / "other"
    settings = {"KEFU_DATA_DIR": str(data_dir), "KEFU_PORT": str(free_port())}
    elsewhere = {"KEFU_DATA_DIR": str(other)}
    assert "nothing in" in kefu("backup", path, **settings).stderr
    assert list(data_dir.iterdir()) == []
    ann = ["ann@shop.example", "--name", "Ann", "--shop", "mine", "--new-shop", "Mine"]
    with up(data_dir):
        assert kefu("user", "create", *ann, **settings).returncode == 0
        copied = kefu("backup", path, **settings)
    assert copied.returncode == 0, copied.stderr
    loaded = kefu("restore", path, **elsewhere)
    assert loaded.returncode == 0, loaded.stderr
    assert not (other / "secret-key").exists(), "restoring makes no secrets"
    assert kefu("user", "password", "ann@shop.example", **elsewhere).returncode == 0
    until(lambda: not servers_of(other))


async def test_the_first_admin_comes_from_the_command_line(
    dsn: str, redis_url: str, data_dir: Path
) -> None:
    settings = {
        "KEFU_DATABASE_URL": dsn,
        "KEFU_REDIS_URL": redis_url,
        "KEFU_DATA_DIR": str(data_dir),
    }
    asked = ["user", "create", "ann@shop.example", "--name", "Ann", "--role", "admin"]

    assert "--new-shop" in kefu(*asked, "--shop", "mine", **settings).stderr
    made = kefu(*asked, "--shop", "mine", "--new-shop", "My shop", **settings)
    again = kefu(*asked, "--shop", "mine", **settings)
    renewed = kefu("user", "password", "ann@shop.example", **settings)

    assert "ann@shop.example can sign in. Password:" in made.stdout, made.stderr
    assert "already" in again.stderr
    assert "Password:" in renewed.stdout
    connection = await asyncpg.connect(dsn)
    try:
        row = await connection.fetchrow(
            "SELECT a.role, s.name FROM agent a JOIN shop s ON s.id = a.shop_id"
        )
    finally:
        await connection.close()
    assert tuple(row) == ("admin", "My shop")
