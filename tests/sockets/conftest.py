from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.sockets.stage import Stage

OpenStage = Callable[..., Awaitable[Stage]]


@pytest.fixture
async def open_stage() -> AsyncIterator[OpenStage]:
    """Open nodes with limits of one's own; they are closed at the end."""
    async with AsyncExitStack() as stack:

        async def opening(**options: Any) -> Stage:
            stage = await Stage.open(**options)
            stack.push_async_callback(stage.close)
            return stage

        yield opening


@pytest.fixture
async def stage(open_stage: OpenStage) -> Stage:
    """A node with the usual limits."""
    return await open_stage()
