"""How Valkey is asked for what can be done without."""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from storage.errors import Away
from storage.valkey import TROUBLE, within


class Patience:
    """Tries Valkey, and leaves it alone for a second after a failure: nobody queues for it."""

    def __init__(self, rest_s: float = 1.0) -> None:
        self._rest_s = rest_s
        self._rests_until = 0.0

    @asynccontextmanager
    async def trying(self) -> AsyncGenerator[None]:
        """Do what needs Valkey; Away when it is not there."""
        if time.monotonic() < self._rests_until:
            raise Away
        try:
            async with within():
                yield
        except TROUBLE as error:
            self._rests_until = time.monotonic() + self._rest_s
            raise Away from error
