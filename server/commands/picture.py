"""Where a picture of results goes; what is wrong with that is said before anything is simulated."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from server.commands.refused import Refused
from server.simulating.plot import plot
from server.simulating.tables import Results


def check_place(path: Path | None) -> None:
    """Refuse a place that no file can be written to."""
    if path is not None and (path.is_dir() or not path.parent.is_dir()):
        raise Refused(f"--plot {path}: there is no folder for such a file.")


async def draw(path: Path, results: Mapping[str, Results]) -> None:
    """Draw results and keep the picture."""
    drawn = plot(results)
    try:
        await asyncio.to_thread(path.write_text, drawn, encoding="utf-8")
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from None
