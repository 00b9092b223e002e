"""Real `kefu serve` processes, which can be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import aiohttp

from server.places import PROJECT


class Server:
    """A real `kefu serve` process that can be killed; ``program`` is the folder of its version."""

    def __init__(self, environment: dict[str, str], port: int, program: Path = PROJECT) -> None:
        self._environment, self.port, self.program = environment, port, program
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "server",
            "serve",
            cwd=self.program,
            env=self._environment,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        async with aiohttp.ClientSession() as session:
            while True:
                assert self._process.returncode is None, "kefu serve ended"
                try:
                    async with session.get(f"{self.url}/health/live") as response:
                        if response.status == 200:
                            return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.05)

    async def stop(self) -> int:
        """Ask it to go; return its exit code once it has gone."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return await self._process.wait()

    async def kill(self) -> None:
        """End it without a warning."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
        await self._process.wait()


def environment(
    dsn: str, redis_url: str, data_dir: Path, port: int, **settings: object
) -> dict[str, str]:
    """Return what a server reads, and nothing else of ours; ``settings`` are in small letters."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "KEFU_DATABASE_URL": dsn,
        "KEFU_REDIS_URL": redis_url,
        "KEFU_SECRET_KEY": "k" * 40,
        "KEFU_DATA_DIR": str(data_dir),
        "KEFU_COMMANDS_PER_S": "1000",
        "KEFU_PORT": str(port),
        **{f"KEFU_{name.upper()}": str(value) for name, value in settings.items()},
    }


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
