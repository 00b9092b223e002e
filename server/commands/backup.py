"""`kefu backup`: the whole database as it is at one moment, in one file, while nodes serve."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from server.commands.provide import database_of
from server.commands.refused import Refused
from server.embedded.layout import Layout
from server.settings import Settings
from server.version import VERSION
from storage.archive import Manifest, TableCopy
from storage.backup import back_up
from storage.errors import BackupRefused, StorageUnavailable


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take where to write."""
    parser.add_argument("file", type=Path, help="is made; must not be there yet")


async def run(settings: Settings, options: argparse.Namespace) -> int:
    """Write the file and say what is in it."""
    path: Path = options.file
    if settings.database_url is None and not Layout(settings.data_dir.absolute()).secrets.exists():
        raise Refused(
            f"There is nothing in {settings.data_dir} (KEFU_DATA_DIR) to copy, and no database is "
            "named with KEFU_DATABASE_URL."
        )
    try:
        async with database_of(settings) as url:
            manifest = await back_up(url, path, VERSION, say)
    except (BackupRefused, StorageUnavailable) as refusal:
        raise worded(refusal) from refusal
    print(_told(path, manifest))
    return 0


def _told(path: Path, manifest: Manifest) -> str:
    size = path.stat().st_size / 2**20
    return (
        f"{path} holds {manifest.rows:,} rows of {len(manifest.tables)} tables as they were at "
        f"{manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC: {size:,.1f} MB, schema {manifest.revision}.\n"
        "It holds what customers said and how your shops sign identities: keep it like a secret."
    )


def say(table: TableCopy) -> None:
    """Tell that a table is done."""
    size = table.size_bytes / 2**20
    print(f"  {table.name:<20} {table.rows:>12,} rows {size:>10,.1f} MB", file=sys.stderr)


def worded(refusal: BackupRefused | StorageUnavailable) -> Refused:
    """Say a refusal with its code."""
    code = refusal.code if isinstance(refusal, BackupRefused) else "database_away"
    return Refused(f"{code}: {refusal}")
