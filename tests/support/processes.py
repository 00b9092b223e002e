"""Processes as the kernel sees them, and waiting for what happens in others."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path


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
