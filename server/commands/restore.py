"""`kefu restore`: loads what `kefu backup` wrote into an empty database, and compares."""

from __future__ import annotations

import argparse
from pathlib import Path

from server.commands.backup import say, worded
from server.commands.provide import database_of
from server.settings import Settings
from storage.errors import BackupRefused, StorageUnavailable
from storage.migrate import known_revisions
from storage.restore import restore


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take what to read."""
    parser.add_argument("file", type=Path, help="as `kefu backup` wrote it")


async def run(settings: Settings, options: argparse.Namespace) -> int:
    """Load the file; say what there is now, and what is left to do."""
    try:
        async with database_of(settings) as url:
            manifest = await restore(url, options.file, say)
    except (BackupRefused, StorageUnavailable) as refusal:
        raise worded(refusal) from refusal
    print(
        f"The database holds {manifest.rows:,} rows of {len(manifest.tables)} tables, as they were "
        f"at {manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC. Each was read back and is what was copied."
    )
    if manifest.revision != known_revisions()[-1]:
        print(f"Its schema is {manifest.revision}: run `kefu migrate` before you start nodes.")
    return 0
