"""`python -m loadtest.profile`: where a node's time goes while a hundred conversations go on.

Needs py-spy, which is not installed with the rest: name it with --py-spy. Its stacks are sorted
into groups that people understand, and each group's share of what a message costs is printed.
"""

import argparse
import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import uvloop
from msgspec import Struct

from loadtest.bench.contestants import KEFU, on_stage
from loadtest.bench.scenes import Cost
from loadtest.bench.talks import closed

RATE_HZ = 200
LEAD_S = 3.0
IDLE = ("epoll_wait", "epoll_pwait")
POOL = "concurrent/futures/thread.py"
"""Threads that wait for work; py-spy takes them for busy when it reads native stacks."""


class Group(Struct, frozen=True):
    """Stacks of one kind: what runs begins with one of ``runs``, and one of ``within`` calls it."""

    name: str
    within: tuple[str, ...]
    runs: tuple[str, ...] = ("",)


WRITES, READS = ("write (", "send (", "writev (", "sendmsg ("), ("read (", "recv (")
GROUPS = (
    Group("garbage collection", ("gc_collect",)),
    Group("system call: frames to clients", ("sockets/outbox.py",), WRITES),
    Group("system call: statements to PostgreSQL", ("asyncpg",), WRITES),
    Group("system call: Valkey", ("redis/",), WRITES),
    Group("system call: reading", ("",), READS),
    Group("routing, presence, heads", ("assignment/", "attendance.py", "sockets/heads.py")),
    Group("Valkey's client", ("redis/",)),
    Group("asyncpg: statements and rows", ("asyncpg", "pgproto", "storage/database.py")),
    Group("group commit, rows into answers", ("storage/",)),
    Group("metrics", ("prometheus_client", "sockets/metrics.py")),
    Group("msgspec: the command", ("_read_quickly", "msgspec")),
    Group("outbox and transport", ("sockets/outbox.py",)),
    Group(
        "telling: event, room, fan-out",
        ("fanout.py", "announce.py", "faces.py", "delivered.py", "sockets/rooms.py"),
    ),
    Group("frames: taking apart, JSON", ("sockets/frames.py",)),
    Group("use case: draft, checks", ("services/talk.py",)),
    Group(
        "gateway: dispatch, limits, ack",
        ("sockets/namespace.py", "sockets/server.py", "sockets/limits.py"),
    ),
    Group(
        "engine and websocket: reading frames",
        ("sockets/engine.py", "sockets/websocket.py", "sockets/connection.py", "aiohttp/"),
    ),
    Group("event loop, tasks, futures", ("",)),
)


def sort(stacks: Iterable[str]) -> Mapping[str, float]:
    """Return the share of each group in collapsed stacks, ``frame;frame;frame count`` a line."""
    found: Counter[str] = Counter()
    for line in stacks:
        stack, _, count = line.rpartition(" ")
        runs = stack.rpartition(";")[2]
        if not runs.startswith(IDLE) and POOL not in stack:
            found[_group(stack, runs)] += int(count)
    whole = found.total()
    return {name: count / whole for name, count in found.most_common()}


def _group(stack: str, runs: str) -> str:
    for group in GROUPS:
        is_called = any(each in stack for each in group.within)
        if is_called and runs.startswith(group.runs):
            return group.name
    raise LookupError(stack)


def report(shares: Mapping[str, float], cost: Cost) -> str:
    """Return the table that people read."""
    lines = [f"{'':<40}{'share':>7}{'µs a message':>14}"]
    lines += [
        f"{name:<40}{share:>7.1%}{share * cost.server_us:>14.1f}" for name, share in shares.items()
    ]
    return "\n".join([*lines, f"{'':<40}{'':>7}{cost.server_us:>14.1f}"])


async def measure(options: argparse.Namespace) -> tuple[Cost, list[str]]:
    """Let people talk while py-spy looks; return what a message cost, and the stacks."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "stacks"
        async with on_stage(KEFU, 1, options.talks) as scene, scene() as place:
            talks = await KEFU.talks(place, options.talks)

            async def look() -> None:
                await asyncio.sleep(LEAD_S)
                spy = await asyncio.create_subprocess_exec(
                    options.py_spy, "record", "--native", "--format", "raw", "--output", kept,
                    "--rate", str(RATE_HZ), "--duration", str(options.seconds),
                    "--pid", str(place.served.pid), stdout=asyncio.subprocess.DEVNULL,
                )  # fmt: skip
                if await spy.wait() != 0:
                    raise SystemExit("py-spy failed; it may have to be run as root.")

            looking = asyncio.create_task(look())
            cost = await place.cost(talks, closed, options.seconds + 2 * LEAD_S)
            await looking
        return cost, kept.read_text().splitlines()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m loadtest.profile", description=__doc__)
    parser.add_argument("--py-spy", default="py-spy", help="the program")
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--talks", type=int, default=100)
    options = parser.parse_args()
    cost, stacks = uvloop.run(measure(options))
    print(report(sort(stacks), cost))
    print(f"{cost.volume.per_s:,.0f} messages a second; looking costs something too")


if __name__ == "__main__":
    main()
