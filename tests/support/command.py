"""The `kefu` command as a process beside the test."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.processes import remove_after

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("KEFU_")}


def kefu(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "server", *arguments],
        env=CLEAN | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(autouse=True)
def as_in_a_terminal() -> Iterator[None]:
    """Hear SIGINT: what a shell starts in the background ignores it, and so do its children."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder that root's servers can reach too."""
    folder = Path(tempfile.mkdtemp(prefix="kefu-command-"))
    folder.chmod(0o755)
    yield folder
    remove_after(folder)


def started(
    arguments: list[str], stderr: int = subprocess.PIPE, **settings: str
) -> subprocess.Popen[str]:
    """Start a command that goes on beside the test."""
    return subprocess.Popen(
        [sys.executable, "-m", "server", *arguments],
        env=CLEAN | settings,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )


@contextmanager
def up(
    data_dir: Path, *, port: int | None = None, has_demo: bool = False, nodes: int = 1
) -> Iterator[subprocess.Popen[str]]:
    """Run `kefu up`, without the demo shop unless asked for, until it says that it is ready."""
    settings = {"KEFU_DATA_DIR": str(data_dir), "KEFU_PORT": str(port or free_port())}
    command = ["up", *([] if has_demo else ["--no-demo"]), "--nodes", str(nodes)]
    with started(command, subprocess.DEVNULL, **settings) as process:
        try:
            assert process.stdout is not None
            assert any("Kefu is ready" in line for line in process.stdout)
            yield process
        finally:
            process.kill()
