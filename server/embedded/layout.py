"""Where everything of the embedded servers lies, and how others learn to reach them."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from server.embedded.account import Account
from server.embedded.failure import EmbeddedFailed

POSTGRES_MAJOR = 18
POSTGRES_PORT = 5432
SOCKET_PATH_MAX = 107 if sys.platform == "linux" else 103
LONGEST_SOCKET = f"/.s.PGSQL.{POSTGRES_PORT}.lock"
USER = "kefu"


@dataclass(frozen=True, slots=True)
class Services:
    """How to reach the running servers."""

    socket_dir: str
    postgres_password: str
    valkey_password: str
    keeper_pid: int

    @property
    def postgres_socket(self) -> str:
        """Path of PostgreSQL's socket."""
        return f"{self.socket_dir}/.s.PGSQL.{POSTGRES_PORT}"

    @property
    def valkey_socket(self) -> str:
        """Path of Valkey's socket."""
        return f"{self.socket_dir}/valkey.sock"

    def database_url(self, database: str = USER) -> str:
        """Return the address of a database for asyncpg."""
        secret, host = quote(self.postgres_password, safe=""), quote(self.socket_dir, safe="")
        return f"postgresql://{USER}:{secret}@/{database}?host={host}&port={POSTGRES_PORT}"

    @property
    def redis_url(self) -> str:
        """The address of Valkey for redis-py."""
        secret = quote(self.valkey_password, safe="")
        return f"unix://{quote(self.valkey_socket)}?password={secret}"


@dataclass(frozen=True, slots=True)
class Layout:
    """The folder of the embedded servers. Its parts have fixed names."""

    root: Path

    @property
    def users_lock(self) -> Path:
        """Held shared by every process that uses the servers."""
        return self.root / "users.lock"

    @property
    def keeper_lock(self) -> Path:
        """Held alone by the one keeper."""
        return self.root / "keeper.lock"

    @property
    def valkey_lock(self) -> Path:
        """Held alone by the one Valkey."""
        return self.root / "valkey.lock"

    @property
    def ready(self) -> Path:
        """Tells how to reach the servers, while they run."""
        return self.root / "ready.json"

    @property
    def secrets(self) -> Path:
        """The passwords of both servers, made at the first start."""
        return self.root / "servers.json"

    @property
    def postgres_data(self) -> Path:
        """PostgreSQL's own folder; its name carries the version that can read it."""
        return self.root / f"postgres-{POSTGRES_MAJOR}"

    def log(self, name: str) -> Path:
        """Return where ``name`` (keeper, postgres, valkey) logs."""
        return self.root / f"{name}.log"

    def read_ready(self) -> Services | None:
        """Return how to reach the servers, or None while they are not ready."""
        try:
            return Services(**json.loads(self.ready.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def write_ready(self, services: Services) -> None:
        """Tell everybody how to reach the servers."""
        write_private(self.ready, json.dumps(asdict(services)))

    def socket_dir(self, account: Account) -> Path:
        """Make and return the folder of the sockets: elsewhere, where our own path will not do."""
        inside = self.root / "run"
        is_short = len(os.fsencode(inside)) + len(LONGEST_SOCKET) <= SOCKET_PATH_MAX
        if is_short and "," not in str(inside):  # libpq reads a comma as a list of hosts
            return account.folder(inside)
        tag = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        short = Path("/tmp") / f"kefu-{account.uid}-{tag}"
        try:
            short.mkdir(mode=0o700)
            account.own(short, 0o700)
        except FileExistsError:
            pass
        there = short.lstat()
        if not stat.S_ISDIR(there.st_mode) or there.st_uid != account.uid or there.st_mode & 0o077:
            raise EmbeddedFailed(f"{short} exists and belongs to somebody else; please remove it.")
        return short


def write_private(path: Path, text: str) -> None:
    """Write a file that only we may read, all of it or nothing."""
    _beside(path, text).replace(path)


def write_private_once(path: Path, text: str) -> None:
    """Write it unless it is there: of any number who try at once, one does."""
    fresh = _beside(path, text)
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _beside(path: Path, text: str) -> Path:
    """Write a private file beside its final place, under a name that nobody else uses."""
    fd, name = tempfile.mkstemp(prefix=path.name + ".", suffix=".new", dir=path.parent)
    with os.fdopen(fd, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)
