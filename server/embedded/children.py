"""The keeper's child processes: run as the right account, and never outlive the keeper."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from server.embedded.account import Account
from server.embedded.failure import EmbeddedFailed

LOG_MAX_BYTES = 5_000_000
PR_SET_PDEATHSIG = 1
STEADY_S = 60.0
RESTARTS_MAX = 8


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs programs as the servers' account, in an environment that holds nothing of ours."""

    account: Account
    home: Path

    def environment(self, **extra: str) -> dict[str, str]:
        """Return the environment of a child: nothing inherited."""
        clean = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": str(self.home)}
        return clean | extra

    def run(
        self, argv: Sequence[str | Path], **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end and return what it said."""
        user, group, groups = self._identity()
        return subprocess.run(
            [str(part) for part in argv],
            env=self.environment(**environment),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            user=user,
            group=group,
            extra_groups=groups,
        )

    def start(self, program: Program) -> subprocess.Popen[bytes]:
        """Start a server that gets its stop signal when the keeper dies."""
        user, group, groups = self._identity()
        _shorten(program.log)
        with program.log.open("ab") as log:
            process = subprocess.Popen(
                [str(part) for part in program.argv],
                env=self.environment(),
                cwd="/",
                stdin=subprocess.PIPE if program.config else subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=program.pass_fds,
                preexec_fn=end_with_parent(  # noqa: PLW1509 (the keeper has one thread)
                    program.stop_signals[0], os.getpid()
                ),
                user=user,
                group=group,
                extra_groups=groups,
            )
        if process.stdin is not None:
            process.stdin.write(program.config)
            process.stdin.close()
        return process

    def _identity(self) -> tuple[int | None, int | None, list[int] | None]:
        if not self.account.is_other:
            return None, None, None
        return self.account.uid, self.account.gid, []


@dataclass(frozen=True, slots=True)
class Program:
    """A server: how it is started, and the signals that stop it, the gentle one first."""

    name: str
    argv: Sequence[str | Path]
    log: Path
    stop_signals: tuple[signal.Signals, ...]
    config: bytes = b""
    pass_fds: tuple[int, ...] = ()


@dataclass(slots=True)
class Child:
    """A server that is started again when it dies."""

    runner: Runner
    program: Program
    say: Callable[[str], None]
    _process: subprocess.Popen[bytes] | None = None
    _started: float = 0.0
    _restarts: int = field(default=0)

    def keep(self) -> bool:
        """Start it, or start it again when it died; with growing pauses, and not for ever.

        Return whether it was started just now.
        """
        if self._process is not None:
            code = self._process.poll()
            if code is None:
                return False
            self._restarts = 0 if time.monotonic() - self._started > STEADY_S else self._restarts
            self._restarts += 1
            self.say(f"{self.program.name} ended with {code}; start {self._restarts} after that")
            if self._restarts > RESTARTS_MAX:
                raise EmbeddedFailed(f"{self.program.name} keeps ending; see {self.program.log}")
            time.sleep(min(0.1 * self._restarts, 5.0))
        self._started = time.monotonic()
        self._process = self.runner.start(self.program)
        return True

    def stop(self, patience_s: float = 20.0) -> None:
        """Stop it, more rudely each time the patience is over."""
        for number in (*self.program.stop_signals, signal.SIGKILL):
            if self._process is None or self._process.poll() is not None:
                return
            self._process.send_signal(number)
            try:
                self._process.wait(patience_s)
            except subprocess.TimeoutExpired:
                self.say(f"{self.program.name} did not stop on {number.name}")


def end_with_parent(number: signal.Signals, parent: int) -> Callable[[], None]:
    """Return what a child does before it becomes its program: ask to be told of our death.

    It runs after the change of account, which would clear the request.
    """

    def ask() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:
            os._exit(1)

    return ask


def _shorten(log: Path) -> None:
    """Begin a log anew when it has grown too long; the last one is kept beside it."""
    if log.exists() and log.stat().st_size > LOG_MAX_BYTES:
        log.replace(log.with_suffix(".log.1"))
