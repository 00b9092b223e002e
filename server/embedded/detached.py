"""A process that is meant to outlive us."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

NOTHING = "/dev/null"


class Detached:
    """A Python module run in a session of its own, so that the terminal's Ctrl-C passes it by."""

    def __init__(self, module: str, arguments: Sequence[str], log: Path) -> None:
        append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._pid = os.posix_spawn(
            sys.executable,
            [sys.executable, "-P", "-m", module, *arguments],
            without_settings(),
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, NOTHING, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, os.fspath(log), append, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )
        self._code: int | None = None

    @property
    def code(self) -> int | None:
        """How it ended, or None while it runs."""
        if self._code is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
        return self._code


def without_settings() -> dict[str, str]:
    """Return our environment without our settings: among them are secrets."""
    ours = os.environ.items()  # noqa: TID251 (handed on, not read)
    return {name: value for name, value in ours if not name.startswith("KEFU_")}
