"""Waiting for something to become true, and failing when it does not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(is_true: Callable[[], object], within_s: float = 8.0) -> None:
    """Return as soon as ``is_true()`` is."""
    async with asyncio.timeout(within_s):
        while not is_true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
