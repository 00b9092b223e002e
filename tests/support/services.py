"""Real PostgreSQL and Valkey for the tests: one instance a run, shared by all xdist workers.

The first who needs them starts them; they live in a folder of their own, which the keeper removes
after the last user, also when the run was killed. They are quicker than the real ones: no fsync.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.embedded import locks
from server.embedded.layout import Layout, Services
from server.embedded.locks import Lock
from server.embedded.membership import Options, join

OPTIONS = Options(is_durable=False, remove_afterwards=True)


def reserve() -> tuple[Path, Lock]:
    """Make the folder of a run; while the lock is held no worker's leaving stops the servers."""
    root = Path(tempfile.mkdtemp(prefix="kefu-tests-"))
    root.chmod(0o711 if os.geteuid() == 0 else 0o700)
    lock = locks.take(Layout(root).users_lock, "shared")
    assert lock is not None
    return root, lock


def give_up(root: Path, lock: Lock) -> None:
    """End the run: the keeper removes the folder; where there never was one, we do."""
    layout = Layout(root)
    if locks.is_held_alone(layout.keeper_lock):
        lock.release()
        return
    for left in (layout.users_lock, layout.keeper_lock):
        left.unlink(missing_ok=True)
    lock.release()
    root.rmdir()


@contextmanager
def joined(root: Path) -> Iterator[Services]:
    """Use the run's servers."""
    membership = join(root, OPTIONS)
    try:
        yield membership.ensure()
    finally:
        membership.leave()
