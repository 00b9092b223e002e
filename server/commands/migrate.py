"""`kefu migrate`: run it once before the nodes of a new version."""

from __future__ import annotations

import argparse

from server.commands.provide import provided
from server.settings import Settings
from storage.migrate import migrate


def arguments(_: argparse.ArgumentParser) -> None:
    """Take none."""


async def run(settings: Settings, _: argparse.Namespace) -> int:
    """Bring the database to the schema of this version; several at once wait for each other."""
    async with provided(settings) as servers:
        await migrate(servers.database_url)
    print("The database has the schema of this version.")
    return 0
