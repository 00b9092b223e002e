"""One `kefu serve` process of a cluster on this machine: started again when it dies."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from pydantic import SecretStr

from server.cluster.balancer import Backend
from server.embedded.children import end_with_parent
from server.embedded.detached import without_settings
from server.lifecycle import Place
from server.places import PROJECT
from server.settings import Settings

PAUSE_S, PAUSE_MAX_S = 0.5, 10.0
RESTARTS_MAX = 6
PATIENCE_S = 1.0


class KeepsEnding(Exception):
    """A node ends again and again."""


@dataclass(frozen=True, slots=True)
class Start:
    """How nodes are started: with which settings, and who is told in a line what happens.

    ``program`` is the folder of the version to start; this very one unless somebody tries another.
    """

    settings: Settings
    say: Callable[[str], None]
    program: Path = PROJECT


class ChildNode:
    """A node in a process of its own, which does not outlive ours."""

    def __init__(self, number: int, backend: Backend, start: Start) -> None:
        self.number, self.backend = number, backend
        self._start, self._say = start, start.say
        self.program = start.program
        self._process: asyncio.subprocess.Process | None = None
        self._launching = asyncio.Lock()
        self._leaves = asyncio.Event()

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether there is no process at the moment."""
        return self._process is None or self._process.returncode is not None

    async def run(self) -> None:
        """Keep it running until it is told to stop: with growing pauses, and not for ever."""
        restarts, ended = 0, ""
        while (process := await self._start_process()) is not None:
            if restarts:
                self._say(f"{ended} and was started again as process {self.pid}")
            code = await process.wait()
            self.backend.is_ready = self.backend.is_there = False
            ended = f"Node {self.number} ended ({_how(code)})"
            restarts = 1 if self.backend.was_ready.is_set() else restarts + 1
            if restarts > RESTARTS_MAX:
                raise KeepsEnding(f"{ended}, again and again. Its log says why.")
            with suppress(TimeoutError):
                async with asyncio.timeout(min(PAUSE_S * 2 ** (restarts - 1), PAUSE_MAX_S)):
                    await self._leaves.wait()

    async def stop(self) -> None:
        """Let it say goodbye to its clients, who find the others; return when it has ended."""
        self.backend.is_leaving = True
        self._leaves.set()
        async with self._launching:  # what is being started is not overlooked
            process = self._process
        if process is None or self.has_ended:
            return
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(self._longest_s + PATIENCE_S):
                await process.wait()
        except TimeoutError:
            self._say(f"Node {self.number} did not stop and was killed")
            self.kill()

    @property
    def _longest_s(self) -> float:
        return Place.of(self._start.settings, self.backend.port).longest_s

    def kill(self) -> None:
        """End it now, if it runs."""
        if self._process is not None and not self.has_ended:
            self._process.kill()

    async def _start_process(self) -> asyncio.subprocess.Process | None:
        """Start it, unless it is told to stop."""
        async with self._launching:
            if self.backend.is_leaving:
                return None
            self.backend.was_ready.clear()
            self._process = await self._launch()
            return self._process

    async def _launch(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server", "serve", "--listen", str(self.backend.port),
            cwd=self.program,  # which is imported from there
            env=without_settings() | environment_of(self._start.settings),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us: nodes go one after the other
            preexec_fn=end_with_parent(signal.SIGTERM, os.getpid()),
        )  # fmt: skip


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the environment in which a process reads these settings."""
    return {
        f"KEFU_{name.upper()}": _written(getattr(settings, name))
        for name in sorted(settings.model_fields_set)
        if getattr(settings, name) is not None
    }


def _written(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        return ",".join(str(each) for each in cast("tuple[object, ...]", value))
    return str(value)


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
