"""Which account the servers run as: our own, or an unprivileged one when we are root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from server.embedded.failure import EmbeddedFailed

NAME = "kefu"
SYSTEM_PATH = "/usr/sbin:/sbin:/usr/bin:/bin"


@dataclass(frozen=True, slots=True)
class Account:
    """Who owns the data and runs the servers."""

    uid: int
    gid: int
    is_other: bool

    def own(self, path: Path, mode: int) -> None:
        """Make ``path`` theirs, with exactly these permissions, whatever the umask."""
        if self.is_other:
            os.chown(path, self.uid, self.gid)
        path.chmod(mode)

    def folder(self, path: Path, mode: int = 0o700) -> Path:
        """Make a folder that belongs to them, unless it is there; return it."""
        path.mkdir(exist_ok=True)
        self.own(path, mode)
        return path


def choose() -> Account:
    """Return who to run the servers as. PostgreSQL refuses root and ids without a name."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_other=False)
    entry = _entry(NAME) or _create() or _entry("nobody")
    if entry is None:
        raise EmbeddedFailed(
            "PostgreSQL refuses to run as root, and there is no other account to run it as. "
            f"Create a user named {NAME}, or start as an ordinary user."
        )
    return Account(entry.pw_uid, entry.pw_gid, is_other=True)


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _create() -> pwd.struct_passwd | None:
    """Create a system account that nobody can sign in to, where the machine can do that."""
    tool = shutil.which("useradd", path=SYSTEM_PATH)
    if tool is None:
        return None
    options = ["--system", "--no-create-home", "--home-dir", "/nonexistent"]
    subprocess.run(
        [tool, *options, "--shell", "/usr/sbin/nologin", NAME], capture_output=True, check=False
    )
    return _entry(NAME)
