"""The users' side: join the servers of a folder, starting them where nobody else did."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from server.embedded import locks
from server.embedded.detached import Detached
from server.embedded.failure import EmbeddedFailed
from server.embedded.layout import Layout, Services
from server.embedded.locks import Lock
from server.embedded.valkey import TIMEOUT_S, speak
from server.places import strangers_may_enter

KEEPER = "server.embedded.keeper"
START_TIMEOUT_S = 90.0
PAUSE_S = 0.03
STOP_TIMEOUT_S = 20.0
RETRY_S = 2.0
WATCH_S = 1.0
FAILURES_MAX = 3
LOG_TAIL_CHARS = 2000


@dataclass(frozen=True, slots=True)
class Options:
    """How to keep the servers. The one who starts them decides."""

    is_durable: bool = True
    remove_afterwards: bool = False

    @property
    def flags(self) -> list[str]:
        """The same, in the keeper's words."""
        wanted = {
            "--not-durable": not self.is_durable,
            "--remove-afterwards": self.remove_afterwards,
        }
        return [flag for flag, is_wanted in wanted.items() if is_wanted]


class Membership:
    """As long as this lasts, the servers run. It ends with ``leave``, or with the process."""

    def __init__(self, layout: Layout, options: Options, users: Lock) -> None:
        self._layout = layout
        self._options = options
        self._users = users
        self._keeper: Detached | None = None
        self._started = 0.0
        self._failures = 0

    def leave(self) -> None:
        """Stop using the servers; they stop after their last user."""
        self._users.release()

    def leave_and_wait(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """Leave; if we were the last user, return once the servers have stopped."""
        self.leave()
        end = time.monotonic() + timeout_s
        while time.monotonic() < end and locks.is_held_alone(self._layout.keeper_lock):
            if self._has_others():
                return
            time.sleep(PAUSE_S)

    def _has_others(self) -> bool:
        """Whether somebody else uses the servers."""
        if (alone := locks.take(self._layout.users_lock, "alone")) is not None:
            alone.release()
            return False
        return not locks.is_held_alone(self._layout.users_lock)

    def ensure(self, timeout_s: float = START_TIMEOUT_S) -> Services:
        """Return how to reach the servers, as soon as they answer; start a keeper if none is."""
        end = time.monotonic() + timeout_s
        while (services := self._look()) is None:
            if time.monotonic() > end:
                raise EmbeddedFailed(
                    f"PostgreSQL and Valkey did not start within {timeout_s:.0f} s. {self._tail()}"
                )
            time.sleep(PAUSE_S)
        return services

    async def watch(self) -> None:
        """Bring a new keeper whenever the one at work was killed. Never ends by itself."""
        while True:
            await asyncio.sleep(WATCH_S)
            await asyncio.to_thread(self.ensure)

    def _look(self) -> Services | None:
        """Return how to reach the servers if they answer; else see that a keeper is at work."""
        self._count_failure()
        if not locks.is_held_alone(self._layout.keeper_lock):
            self._start_keeper()
            return None
        services = self._layout.read_ready()
        if services is None or not _answers(services):
            return None
        self._failures = 0
        return services

    def _start_keeper(self) -> None:
        """Start one, unless ours is just about to begin. A second one at once simply ends."""
        is_fresh = time.monotonic() - self._started < RETRY_S
        if self._keeper is not None and (self._keeper.code is None or is_fresh):
            return
        self._started = time.monotonic()
        arguments = [str(self._layout.root), *self._options.flags]
        self._keeper = Detached(KEEPER, arguments, self._layout.log("keeper"))

    def _count_failure(self) -> None:
        """Give up when our keepers keep ending with an error."""
        if self._keeper is None or not self._keeper.code:
            return
        self._keeper = None
        self._failures += 1
        if self._failures >= FAILURES_MAX:
            raise EmbeddedFailed(f"PostgreSQL and Valkey did not start. {self._tail()}")

    def _tail(self) -> str:
        """Return the end of the keeper's log, which says why."""
        log = self._layout.log("keeper")
        if not log.exists():
            return ""
        text = log.read_text(errors="replace")[-LOG_TAIL_CHARS:].strip()
        return f"The end of {log}:\n{text}"


def join(
    root: Path, options: Options | None = None, timeout_s: float = START_TIMEOUT_S
) -> Membership:
    """Use the servers of ``root`` until ``leave``; wait while earlier ones are just stopping."""
    root = root.absolute()
    end = time.monotonic() + timeout_s
    while (users := _enter(root)) is None:
        if time.monotonic() > end:
            raise EmbeddedFailed(f"The servers of {root} do not finish stopping.")
        time.sleep(PAUSE_S)
    membership = Membership(Layout(root), options or Options(), users)
    try:
        membership.ensure(timeout_s)
    except BaseException:
        membership.leave()
        raise
    return membership


def _enter(root: Path) -> Lock | None:
    try:
        _make(root)
        return locks.take(Layout(root).users_lock, "shared")
    except FileNotFoundError:  # removed under our hands
        return None
    except PermissionError as error:
        raise EmbeddedFailed(
            f"{error.filename} is closed to us: it belongs to another account. Choose another "
            "folder with KEFU_DATA_DIR."
        ) from error


def _make(root: Path) -> None:
    """Make the folder and those above it so that the servers' account can pass, at any umask."""
    is_root = os.geteuid() == 0
    for folder in reversed([root, *root.parents]):
        if not folder.exists():
            folder.mkdir(exist_ok=True)
            folder.chmod(0o711 if is_root else 0o700)
    if not is_root:
        return
    root.chmod(0o711)
    if not strangers_may_enter(root):
        raise EmbeddedFailed(
            f"Root's PostgreSQL runs as another account, which cannot enter {root}. Choose a "
            "folder outside of private ones with KEFU_DATA_DIR, for example /var/lib/kefu."
        )


def _answers(services: Services) -> bool:
    """Whether both servers take connections."""
    try:
        speak(services.valkey_socket, services.valkey_password, "PING")
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(TIMEOUT_S)
            line.connect(services.postgres_socket)
    except OSError:
        return False
    return True
