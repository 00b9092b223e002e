"""Other versions of the program, each in a folder of its own, beside this one."""

from __future__ import annotations

import asyncio
import io
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from server.cluster.child import environment_of
from server.embedded.detached import without_settings
from server.places import PROJECT
from server.settings import Settings
from storage.revisions import known_revisions

PARTS = ("server", "routing", "storage")
TRIAL = "9999_pre_trial"

WIDER = """
DO $$
DECLARE each text;
BEGIN
    FOR each IN SELECT tablename FROM pg_tables
                 WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('ALTER TABLE %I ADD COLUMN next_version text DEFAULT ''new''', each);
    END LOOP;
END $$;
"""
"""Adds a column to every table."""

STEP = '''"""A column more in every table, to try what a next version may do."""

from storage.migrations.upgrade import run_sql

revision = "{trial}"
down_revision = "{last}"


def upgrade() -> None:
    """Widen every table."""
    run_sql(revision)
'''


class NoSuchRevision(Exception):
    """Git knows no commit of that name."""


def of_revision(name: str, folder: Path) -> str:
    """Put the program of a git revision into an empty folder; return its commit, shortened."""
    found = _git("rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}")
    if found.returncode:
        raise NoSuchRevision(f"There is no revision {name} here.")
    commit = found.stdout.decode().strip()
    packed = _git("archive", "--format=tar", commit, *PARTS).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return commit[:7]


def next_version(folder: Path) -> None:
    """Put this program into an empty folder, with one more migration: what a next one may do."""
    for part in PARTS:
        shutil.copytree(PROJECT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    last, versions = known_revisions()[-1], folder / "storage" / "migrations" / "versions"
    (versions / f"{TRIAL}.sql").write_text(f"-- works with: {last}\n{WIDER}")
    (versions / f"{TRIAL}.py").write_text(STEP.format(trial=TRIAL, last=last))


async def run(program: Path, settings: Settings, *words: str) -> str:
    """Run a `kefu` command of a version to its end; return what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server", *words,
        cwd=program,
        env=without_settings() | environment_of(settings),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"kefu {words[0]} ended with {process.returncode}")
    return said.decode().strip()


def _git(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", "-C", str(PROJECT), *words], capture_output=True, check=False)
