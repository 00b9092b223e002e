"""Where the project lies, and where it may keep its data."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def data_dir_default() -> Path:
    """Return .kefu in the project, or a folder below /var/lib when root's servers cannot go there.

    PostgreSQL refuses to run as root, and the account it gets instead cannot enter /root.
    """
    here = PROJECT / ".kefu"
    if os.geteuid() != 0 or strangers_may_enter(here):
        return here
    tag = hashlib.sha256(os.fsencode(PROJECT)).hexdigest()[:8]
    return Path("/var/lib/kefu") / f"{PROJECT.name}-{tag}"


def strangers_may_enter(path: Path) -> bool:
    """Whether every existing folder above ``path`` lets any account pass through."""
    return all(
        parent.stat().st_mode & 0o001 for parent in path.absolute().parents if parent.exists()
    )
