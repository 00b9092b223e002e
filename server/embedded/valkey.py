"""The embedded Valkey: its configuration, and the few words of its protocol that we speak."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from server.embedded import locks
from server.embedded.children import Program, Runner
from server.embedded.failure import EmbeddedFailed
from server.embedded.layout import Layout
from server.embedded.locks import Lock

TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class Valkey:
    """One Valkey in ``layout``, reached through a socket in ``socket_dir`` only."""

    runner: Runner
    executable: Path
    layout: Layout
    socket_dir: Path
    password: str
    is_durable: bool
    say: Callable[[str], None]

    @property
    def socket(self) -> Path:
        """Where it answers."""
        return self.socket_dir / "valkey.sock"

    def prepare(self) -> Lock:
        """Return the lock that Valkey will hold; stop one that lost its keeper and holds it."""
        self.runner.account.folder(self._data)
        lock = locks.take(self.layout.valkey_lock, "alone")
        if lock is None:
            self.say("stopping a Valkey that lost its keeper")
            with suppress(OSError):
                speak(str(self.socket), self.password, "SHUTDOWN")
            lock = locks.wait_for(self.layout.valkey_lock, "alone", timeout_s=15)
        if lock is None:
            raise EmbeddedFailed("An earlier Valkey does not stop; please end it.")
        return lock

    def program(self, lock: Lock) -> Program:
        """Return how the server is started, configured through a pipe: `ps` shows no password."""
        lines = [
            "port 0",
            f"unixsocket {_quoted(self.socket)}",
            "unixsocketperm 700",
            f"dir {_quoted(self._data)}",
            f"requirepass {self.password}",
            f"appendonly {'yes' if self.is_durable else 'no'}",
            "appendfsync everysec",
            'save "3600 1"' if self.is_durable else 'save ""',
            "maxmemory-policy noeviction",
            "stop-writes-on-bgsave-error no",
        ]
        return Program(
            "valkey",
            [self.executable, "-"],
            self.layout.log("valkey"),
            (signal.SIGTERM, signal.SIGTERM),
            config="\n".join([*lines, ""]).encode(),
            pass_fds=(lock.fd,),
        )

    def is_ready(self) -> bool:
        """Whether it answers."""
        try:
            speak(str(self.socket), self.password, "PING")
        except OSError:
            return False
        return True

    @property
    def _data(self) -> Path:
        return self.layout.root / "valkey"


def speak(path: str, password: str, command: str) -> None:
    """Send one command to the Valkey at ``path``; raise OSError when it refuses or is not there."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(TIMEOUT_S)
        line.connect(path)
        for words in (["AUTH", password], [command]):
            line.sendall(_encoded(words))
            answer = line.recv(256)
            if answer and not answer.startswith(b"+"):
                raise ConnectionError(answer.decode(errors="replace").strip())


def _quoted(path: Path) -> str:
    """Return a path as Valkey's configuration wants it."""
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _encoded(words: list[str]) -> bytes:
    parts = [b"*%d\r\n" % len(words)]
    parts += [b"$%d\r\n%s\r\n" % (len(word.encode()), word.encode()) for word in words]
    return b"".join(parts)
