"""The keeper: one detached process that owns both servers for as long as anybody uses them."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from server.embedded import account, binaries, locks
from server.embedded.children import Child, Runner
from server.embedded.failure import EmbeddedFailed
from server.embedded.layout import Layout, Services, write_private
from server.embedded.locks import Lock
from server.embedded.postgres import Postgres
from server.embedded.valkey import Valkey

STARTING_BEAT_S = 0.02
BEAT_S = 0.25
LOCK_PATIENCE_S = 0.5  # a starter looks at our lock now and then, for a moment


class Keeper:
    """Starts both servers, starts them again when they die, stops them after the last user.

    It has one thread only: a death signal is sent when the thread that asked for it ends.
    """

    def __init__(self, layout: Layout, *, is_durable: bool) -> None:
        self._layout = layout
        self._is_durable = is_durable
        self._is_told_to_stop = False
        self._alone: Lock | None = None

    @property
    def was_alone(self) -> bool:
        """Whether it stopped because nobody used the servers any more."""
        return self._alone is not None

    def stop_soon(self, *_: object) -> None:
        """Stop the servers, users or not."""
        self._is_told_to_stop = True

    def run(self) -> None:
        """Keep the servers until the last user has gone."""
        self._layout.ready.unlink(missing_ok=True)
        runner = Runner(account.choose(), self._layout.root)
        with ExitStack() as stack:
            postgres, valkey, children = self._start(runner, stack)
            is_ready = False
            while not self._is_told_to_stop and not self._is_alone():
                if any([child.keep() for child in children]):  # noqa: C419 (all of them)
                    is_ready = False
                    self._layout.ready.unlink(missing_ok=True)
                if not is_ready and valkey.is_ready() and postgres.is_ready():
                    self._tell(postgres, valkey)
                    is_ready = True
                time.sleep(BEAT_S if is_ready else STARTING_BEAT_S)

    def _start(self, runner: Runner, stack: ExitStack) -> tuple[Postgres, Valkey, list[Child]]:
        """Start both; ``stack`` undoes it: nobody is told of them any more, then they stop."""
        layout, copies = self._layout, self._layout.root / "bin"
        sockets = layout.socket_dir(runner.account)
        postgres_secret, valkey_secret = self._secrets()
        postgres = Postgres(
            runner,
            binaries.postgres_dir(runner, copies),
            layout,
            sockets,
            postgres_secret,
            self._is_durable,
            say,
        )
        valkey = Valkey(
            runner,
            binaries.valkey_program(runner, copies),
            layout,
            sockets,
            valkey_secret,
            self._is_durable,
            say,
        )
        lock = valkey.prepare()
        stack.callback(lock.release)
        postgres.prepare()
        children = [
            Child(runner, valkey.program(lock), say),
            Child(runner, postgres.program(), say),
        ]
        for child in children:
            stack.callback(child.stop)
        stack.callback(layout.ready.unlink, missing_ok=True)
        return postgres, valkey, children

    def _tell(self, postgres: Postgres, valkey: Valkey) -> None:
        """Let everybody know how to reach the servers."""
        postgres.ensure_database()
        services = Services(
            socket_dir=str(postgres.socket_dir),
            postgres_password=postgres.password,
            valkey_password=valkey.password,
            keeper_pid=os.getpid(),
        )
        self._layout.write_ready(services)
        say("ready")

    def _is_alone(self) -> bool:
        """Whether the last user has gone. New ones wait until this process, and its lock, ends."""
        self._alone = locks.take(self._layout.users_lock, "alone")
        if self.was_alone:
            say("nobody uses the servers any more")
        return self.was_alone

    def _secrets(self) -> tuple[str, str]:
        """Return the passwords of PostgreSQL and Valkey, made at the first start."""
        path = self._layout.secrets
        if not path.exists():
            made = {"postgres": secrets.token_urlsafe(24), "valkey": secrets.token_urlsafe(24)}
            write_private(path, json.dumps(made))
        known = json.loads(path.read_text())
        return known["postgres"], known["valkey"]


def say(text: str) -> None:
    """Write a line to the keeper's log."""
    print(f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime())} {text}", flush=True)


def main(argv: list[str] | None = None) -> int:
    """Keep the servers of one folder; end at once when another keeper does."""
    parser = argparse.ArgumentParser(prog="keeper")
    parser.add_argument("root", type=Path)
    parser.add_argument("--not-durable", action="store_true", help="faster; for tests")
    parser.add_argument("--remove-afterwards", action="store_true", help="for tests")
    options = parser.parse_args(argv)
    layout = Layout(options.root.absolute())
    lock = locks.wait_for(layout.keeper_lock, "alone", LOCK_PATIENCE_S)  # until this process ends
    if lock is None:
        return 0
    keeper = Keeper(layout, is_durable=not options.not_durable)
    os.chdir("/")
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, keeper.stop_soon)
    try:
        keeper.run()
    except EmbeddedFailed as failure:
        say(f"failed: {failure}")
        return 1
    say("stopped")
    if options.remove_afterwards and keeper.was_alone:
        shutil.rmtree(layout.root, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
