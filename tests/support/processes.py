"""Processes as the kernel sees them, and waiting for what happens in others."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from server.embedded import locks
from server.embedded.layout import Layout


def until(happened: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something outside of this process; fail when it does not come."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def servers_of(root: Path) -> list[int]:
    """Return the servers that run in a folder, as the kernel sees them."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and is_alive(int(entry.name)):
            try:
                command = (entry / "cmdline").read_bytes()
                open_files = [os.readlink(fd) for fd in (entry / "fd").iterdir()]
            except OSError:
                continue
            is_ours = str(root).encode() in command or any(str(root) in name for name in open_files)
            if is_ours and (b"postgres" in command or b"valkey-server" in command):
                found.append(int(entry.name))
    return found


def remove_after(root: Path) -> None:
    """Remove a folder once its keeper has ended, unless the keeper itself did."""

    def is_over() -> bool:
        try:
            return not locks.is_held_alone(Layout(root).keeper_lock)
        except FileNotFoundError:
            return True

    until(is_over)
    until(lambda: shutil.rmtree(root, ignore_errors=True) or not root.exists())
