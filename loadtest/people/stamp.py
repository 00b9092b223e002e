"""A ``client_id`` that says when it was made, so that whoever sees the message knows its age.

The clock is the machine's own monotonic one, which all processes of a machine share. Seen on
another machine a stamp says nothing.
"""

import hashlib
import platform
import secrets
import time
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")
LETTERS = 10


def machine() -> str:
    """Return a name of this machine since it was started."""
    boot = BOOT.read_text() if BOOT.exists() else platform.node()
    return hashlib.sha256(boot.encode()).hexdigest()[:LETTERS]


HERE = machine()


def stamp(*, slow: bool = False) -> str:
    """Return a new ``client_id`` that says now, and whether a slow phone made it."""
    return f"{HERE}{'s' if slow else 'q'}-{time.monotonic_ns():x}-{secrets.token_hex(4)}"


def age_ms(client_id: str) -> float | None:
    """Return how many milliseconds ago it was made, when it was made on this machine."""
    where, _, rest = client_id.partition("-")
    if where[:-1] != HERE:
        return None
    return (time.monotonic_ns() - int(rest.partition("-")[0], 16)) / 1e6


def is_slow(client_id: str) -> bool:
    """Tell whether it comes from a slow phone."""
    return client_id.partition("-")[0].endswith("s")
