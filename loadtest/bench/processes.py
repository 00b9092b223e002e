"""What other processes cost, read from /proc."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
PROC = Path("/proc")


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on."""
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def cpu_s(pid: int) -> float:
    """Return the user and system time of one process, in seconds."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS


def family_cpu_s(pid: int) -> float:
    """Return the time of a process and its children, those that have ended included, in seconds."""
    fields = _stat(pid)
    total = sum(int(field) for field in fields[11:15]) / TICKS
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                if int(_stat(int(folder.name))[1]) == pid:
                    total += cpu_s(int(folder.name))
            except (OSError, IndexError):
                continue
    return total


def resident_bytes(pid: int) -> int:
    """Return how much memory a process holds."""
    return int((PROC / str(pid) / "statm").read_text().split()[1]) * PAGE_BYTES
