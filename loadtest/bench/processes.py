"""What other processes cost, read from /proc."""

import os
import resource
from collections.abc import Iterator
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
    total = sum(int(field) for field in _stat(pid)[11:15]) / TICKS
    for child in children(pid):
        try:
            total += cpu_s(child)
        except OSError:  # it has just ended
            continue
    return total


def machine_cpu_s() -> float:
    """Return the time of everything on this machine, what waits for disks not counted."""
    user, nice, system, _, _, irq, softirq, stolen = (
        int(field) for field in (PROC / "stat").read_text().split(maxsplit=9)[1:9]
    )
    return (user + nice + system + irq + softirq + stolen) / TICKS


def children(pid: int) -> Iterator[int]:
    """Yield the processes that this one has started and that run."""
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                if int(_stat(int(folder.name))[1]) == pid:
                    yield int(folder.name)
            except (OSError, IndexError):
                continue


def child(pid: int, program: str) -> int:
    """Return the child that runs a program; ProcessLookupError where there is none."""
    for each in children(pid):
        if program.encode() in (PROC / str(each) / "cmdline").read_bytes().split(b"\0")[0]:
            return each
    raise ProcessLookupError(program)


def resident_bytes(pid: int) -> int:
    """Return how much memory a process holds."""
    return int((PROC / str(pid) / "statm").read_text().split()[1]) * PAGE_BYTES


def open_files(pid: int) -> int:
    """Return how many files and sockets a process has open."""
    return len(os.listdir(PROC / str(pid) / "fd"))


def allow_open_files() -> None:
    """Let this process, and what it starts, have as many files and sockets open as it may."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
