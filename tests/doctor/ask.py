"""Asks `kefu doctor`, as a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Told:
    """What it printed, and how it ended."""

    code: int
    text: str
    complaints: str

    @property
    def report(self) -> dict[str, Any]:
        """The report of `--json`."""
        return json.loads(self.text)

    @property
    def last_line(self) -> str:
        return self.text.splitlines()[-1]

    @property
    def codes(self) -> set[str]:
        """What is not well."""
        return {each["code"] for each in self.report["findings"] if each["mark"] == "unwell"}

    @property
    def doubts(self) -> set[str]:
        """What is worth a look."""
        return {each["code"] for each in self.report["findings"] if each["mark"] == "look"}

    def found(self, subject: str) -> dict[str, Any]:
        """Return the one finding about a subject."""
        [one] = [each for each in self.report["findings"] if each["subject"] == subject]
        return one


async def doctor(dsn: str, redis_url: str, data_dir: Path, *arguments: str) -> Told:
    """Let it look, and wait for its report."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KEFU_")}
    named = {"KEFU_DATABASE_URL": dsn, "KEFU_REDIS_URL": redis_url, "KEFU_DATA_DIR": str(data_dir)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server", "doctor", *arguments),
        env={**clean, **named},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return Told(process.returncode, out.decode(), err.decode())
