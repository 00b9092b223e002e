"""Makes .venv and installs one set of pinned packages: install.py run|develop|load|trace.

Runs before anything is installed, perhaps by an old Python, so that it can say what is wrong.
"""

import hashlib
import os
import subprocess
import sys

PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(PROJECT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "installed")
OLDEST = (3, 11)
SETS = ("run", "develop", "load", "trace")
# sets that hold this one as well; common pins are the same
LARGER = {"run": ("develop", "load", "trace"), "trace": ("develop",)}
TOO_OLD = (
    "Kefu needs Python %d.%d or newer, and this is %d.%d. "
    "Name a newer one: make %s PYTHON=python3.12"
)
NO_VENV = (
    "This Python cannot make virtual environments: its venv or ensurepip module is missing. "
    "On Debian and Ubuntu the package python3-venv brings it."
)


def main(wanted):
    """Install the set ``wanted`` unless exactly that, or more, is there already."""
    if sys.version_info < OLDEST:
        goal = {"run": "up", "load": "load", "trace": "traces"}.get(wanted, "test")
        return TOO_OLD % (OLDEST + tuple(sys.version_info[:2]) + (goal,))
    if any(is_installed(name) for name in (wanted, *LARGER.get(wanted, ()))):
        return None
    try:
        import ensurepip  # noqa: F401, PLC0415
        import venv  # noqa: PLC0415
    except ImportError:
        return NO_VENV
    if not has_pip():
        say("Making .venv")
        venv.create(VENV, clear=True, with_pip=True, symlinks=True)
    say("Installing the pinned packages (%s); the first time this takes a minute" % wanted)
    pip("--require-hashes", "-r", "requirements/%s.txt" % wanted)
    pip("--no-build-isolation", "--no-deps", "--editable", ".")
    others = [name for name in SETS if name != wanted and is_installed(name)]
    with open(STAMP, "w") as stamp:
        stamp.writelines(fingerprint(name) + "\n" for name in [wanted, *others])
    return None


def is_installed(name):
    """Say whether .venv holds this set, as it is pinned now, for this folder."""
    try:
        with open(STAMP) as stamp:
            stamped = stamp.read().splitlines()
    except OSError:
        return False
    return fingerprint(name) in stamped and os.access(PYTHON, os.X_OK)


def has_pip():
    """Say whether .venv has a Python that is still there, and new enough."""
    test = "import pip, sys; sys.exit(sys.version_info < (%d, %d))" % OLDEST
    try:
        return subprocess.call([PYTHON, "-c", test]) == 0
    except OSError:
        return False


def fingerprint(name):
    """Return what an installation depends on: the set, the project's own data, and the place."""
    digest = hashlib.sha256(("%s %s" % (name, PROJECT)).encode())
    for path in ("requirements/%s.txt" % name, "pyproject.toml"):
        with open(os.path.join(PROJECT, path), "rb") as file:
            digest.update(file.read())
    return "%s %s" % (name, digest.hexdigest())


def pip(*arguments):
    """Install with the pip of .venv, in silence unless it fails."""
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    subprocess.check_call([PYTHON, "-m", "pip", "install", *quiet, *arguments], cwd=PROJECT)


def say(text):
    """Show what goes on."""
    sys.stdout.write(text + " ...\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except subprocess.CalledProcessError:
        sys.exit("The packages could not be installed; what pip said stands above.")
