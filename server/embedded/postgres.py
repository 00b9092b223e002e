"""The embedded PostgreSQL: make its folder, start it, clear up what an earlier life left."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from server.embedded.children import Program, Runner
from server.embedded.failure import EmbeddedFailed
from server.embedded.layout import POSTGRES_PORT, USER, Layout, write_private

LINUX = sys.platform == "linux"
SHARED_MEMORY_MIN_BYTES = 256 << 20
LOCALE = "C.UTF-8"  # plain C silently breaks trigrams of anything but ASCII
LIBC_LOCALE = LOCALE if LINUX else "en_US.UTF-8"


@dataclass(frozen=True, slots=True)
class Postgres:
    """One PostgreSQL in ``layout``, reached through a socket in ``socket_dir`` only."""

    runner: Runner
    bin_dir: Path
    layout: Layout
    socket_dir: Path
    password: str
    is_durable: bool
    say: Callable[[str], None]

    def prepare(self) -> None:
        """Make the folder at the first start; stop a server that lost its keeper."""
        data = self.layout.postgres_data
        self._refuse_other_versions()
        if not (data / "PG_VERSION").exists():
            self._make(data)
        elif self._ctl("status").returncode == 0:
            self.say("stopping a PostgreSQL that lost its keeper")
            self._ctl("-m", "fast", "-w", "-t", "30", "stop")

    def program(self) -> Program:
        """Return how the server is started: quick recovery, no network, little shared memory."""
        options = {
            "unix_socket_directories": str(self.socket_dir),
            "listen_addresses": "",
            "port": str(POSTGRES_PORT),
            "max_connections": "200",
            "huge_pages": "off",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "dynamic_shared_memory_type": "posix" if _has_shared_memory() else "mmap",
        }
        if LINUX:
            options["recovery_init_sync_method"] = "syncfs"
        if not self.is_durable:
            options |= {"fsync": "off", "full_page_writes": "off"}
        argv: list[str | Path] = [self.bin_dir / "postgres", "-D", self.layout.postgres_data]
        for name, value in options.items():
            argv += ["-c", f"{name}={value}"]
        return Program(
            "postgres",
            argv,
            self.layout.log("postgres"),
            (signal.SIGINT, signal.SIGQUIT),  # fast, then immediate
        )

    def is_ready(self) -> bool:
        """Whether it answers."""
        ready = self.bin_dir / "pg_isready"
        asked = [ready, "-q", "-h", self.socket_dir, "-p", str(POSTGRES_PORT)]
        return self.runner.run(asked).returncode == 0

    def ensure_database(self) -> None:
        """Create our database at the first start."""
        there = self._sql(f"SELECT 1 FROM pg_database WHERE datname = '{USER}'")
        if there.strip() != "1":
            self._sql(f'CREATE DATABASE "{USER}"')

    def _make(self, data: Path) -> None:
        """Run initdb beside the final place: a kill in the middle leaves nothing half made."""
        fresh = data.with_name(data.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        self.runner.account.folder(fresh)
        # A file of their own: another account could not open our pipe again.
        password_file = self.layout.root / "initdb.password"
        write_private(password_file, self.password + "\n")
        self.runner.account.own(password_file, 0o600)
        argv: list[str | Path] = [self.bin_dir / "initdb", "-D", fresh, "-U", USER, "-E", "UTF8"]
        argv += ["-A", "scram-sha-256", f"--pwfile={password_file}", "--no-instructions"]
        argv += ["--locale-provider=builtin", f"--builtin-locale={LOCALE}"]
        argv += [f"--locale={LIBC_LOCALE}"]
        if not self.is_durable:
            argv.append("--no-sync")
        elif LINUX:
            argv.append("--sync-method=syncfs")
        try:
            done = self.runner.run(argv)
        finally:
            password_file.unlink(missing_ok=True)
        if done.returncode:
            raise EmbeddedFailed(f"PostgreSQL could not make its folder: {done.stderr.strip()}")
        fresh.rename(data)

    def _refuse_other_versions(self) -> None:
        """Refuse data of another major version rather than begin beside it, empty."""
        ours = self.layout.postgres_data
        for other in self.layout.root.glob("postgres-*/PG_VERSION"):
            if other.parent != ours and not other.parent.name.endswith(".new"):
                raise EmbeddedFailed(
                    f"{other.parent} was written by another version of PostgreSQL than {ours.name}."
                    " Copy it with `kefu backup` of the Kefu that wrote it, and `kefu restore` the"
                    " copy into another KEFU_DATA_DIR with this one."
                )

    def _ctl(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.runner.run(
            [self.bin_dir / "pg_ctl", "-D", self.layout.postgres_data, *arguments]
        )

    def _sql(self, statement: str) -> str:
        argv: list[str | Path] = [self.bin_dir / "psql", "-X", "-A", "-t", "-d", "postgres"]
        argv += ["-h", self.socket_dir, "-p", str(POSTGRES_PORT), "-U", USER, "-c", statement]
        done = self.runner.run(argv, PGPASSWORD=self.password)
        if done.returncode:
            raise EmbeddedFailed(f"PostgreSQL refused {statement!r}: {done.stderr.strip()}")
        return done.stdout


def _has_shared_memory() -> bool:
    """Whether /dev/shm is there and roomy; in containers it often is neither."""
    if not LINUX:
        return True
    try:
        there = os.statvfs("/dev/shm")
    except OSError:
        return False
    return there.f_bavail * there.f_frsize >= SHARED_MEMORY_MIN_BYTES
