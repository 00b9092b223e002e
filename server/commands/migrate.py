"""`kefu migrate`: run it once before the nodes of a new version."""

from __future__ import annotations

import argparse

from server.commands.provide import provided
from server.settings import Settings
from storage.migrate import known_revisions, migrate


def arguments(_: argparse.ArgumentParser) -> None:
    """Take none."""


async def run(settings: Settings, _: argparse.Namespace) -> int:
    """Bring the database to the schema of this version; several at once wait for each other."""
    async with provided(settings) as servers:
        revision = await migrate(servers.database_url)
    is_ours = revision == known_revisions()[-1]
    whose = "of this version" if is_ours else "of a newer version, which works with this one"
    print(f"The database has the schema {whose}: {revision}.")
    return 0
