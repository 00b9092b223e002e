"""Gives a command the servers and secrets it needs: those that were named, or embedded ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from server.commands.keepsakes import with_secrets
from server.commands.refused import Refused
from server.embedded import locks
from server.embedded.failure import EmbeddedFailed
from server.embedded.layout import Layout
from server.embedded.membership import join
from server.settings import Settings
from storage.reach import address_complaint


@dataclass(frozen=True, slots=True)
class Provided:
    """Settings that name both servers; ``watch`` keeps embedded servers alive."""

    settings: Settings
    watch: Callable[[], Awaitable[None]] | None

    @property
    def database_url(self) -> str:
        """Address of PostgreSQL."""
        assert self.settings.database_url is not None
        return self.settings.database_url.get_secret_value()

    @property
    def redis_url(self) -> str:
        """Address of Valkey."""
        assert self.settings.redis_url is not None
        return self.settings.redis_url.get_secret_value()


@asynccontextmanager
async def provided(settings: Settings) -> AsyncGenerator[Provided]:
    """Use the servers that the settings name; where they name none, the embedded ones."""
    async with _reached(settings) as servers:
        yield Provided(with_secrets(servers.settings), servers.watch)


@asynccontextmanager
async def running(settings: Settings) -> AsyncGenerator[Provided]:
    """Use servers that are there, and leave nothing behind: none is started, no secret made."""
    if settings.database_url is None and not _is_up(settings.data_dir):
        raise Refused(
            f"No `kefu up` is running on {settings.data_dir} (KEFU_DATA_DIR), and no servers are "
            "named with KEFU_DATABASE_URL and KEFU_REDIS_URL."
        )
    async with _reached(settings) as servers:
        yield servers


@asynccontextmanager
async def database_of(settings: Settings) -> AsyncGenerator[str]:
    """Use the PostgreSQL that is named; where none is, the embedded one. Yield its address."""
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    async with _reached(settings) as servers:
        yield servers.database_url


def _is_up(root: Path) -> bool:
    layout = Layout(root.absolute())
    return layout.read_ready() is not None and locks.is_held_alone(layout.keeper_lock)


@asynccontextmanager
async def _reached(settings: Settings) -> AsyncGenerator[Provided]:
    if settings.database_url is not None and settings.redis_url is not None:
        if complaint := address_complaint(settings.redis_url.get_secret_value()):
            raise Refused(f"KEFU_REDIS_URL is wrong: {complaint}.")
        yield Provided(settings, watch=None)
        return
    if settings.database_url is not None or settings.redis_url is not None:
        raise Refused(
            "Name both KEFU_DATABASE_URL and KEFU_REDIS_URL, or neither: then embedded servers "
            "are used for both."
        )
    try:
        membership = await asyncio.to_thread(join, settings.data_dir)
    except EmbeddedFailed as failure:
        raise Refused(str(failure)) from failure
    try:
        services = await asyncio.to_thread(membership.ensure)
        named = {
            "database_url": SecretStr(services.database_url()),
            "redis_url": SecretStr(services.redis_url),
        }
        yield Provided(settings.model_copy(update=named), membership.watch)
    finally:
        await asyncio.to_thread(membership.leave_and_wait)
