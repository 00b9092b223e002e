"""Locks that the kernel gives back when their holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import Literal

Kind = Literal["shared", "alone"]
PAUSE_S = 0.025


class Lock:
    """A held lock on a file. It ends with ``release``, or with the process."""

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def release(self) -> None:
        """Give the lock back."""
        os.close(self.fd)


def take(path: Path, kind: Kind) -> Lock | None:
    """Take the lock on ``path`` now, or return None when somebody is in the way."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    how = fcntl.LOCK_SH if kind == "shared" else fcntl.LOCK_EX
    try:
        fcntl.flock(fd, how | fcntl.LOCK_NB)
        if _is_still(fd, path):
            return Lock(fd)
    except BlockingIOError:
        pass
    os.close(fd)
    return None


def wait_for(path: Path, kind: Kind, timeout_s: float) -> Lock | None:
    """Take the lock on ``path`` as soon as it is free; return None after ``timeout_s``."""
    end = time.monotonic() + timeout_s
    while (lock := take(path, kind)) is None:
        if time.monotonic() > end:
            return None
        time.sleep(PAUSE_S)
    return lock


def is_held_alone(path: Path) -> bool:
    """Whether some process holds the lock on ``path`` for itself."""
    lock = take(path, "shared")
    if lock is None:
        return True
    lock.release()
    return False


def _is_still(fd: int, path: Path) -> bool:
    """Whether ``path`` still names the open file: its folder may have been removed meanwhile."""
    try:
        there, here = os.stat(path), os.fstat(fd)
    except FileNotFoundError:
        return False
    return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)
