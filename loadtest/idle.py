"""`python -m loadtest.idle`: thousands of signed-in sessions on one node; then a storm.

First what each costs while nothing happens. Then some of them ask something, are all cut off in the
same moment, are written to while they are away, and come back with their tokens: how long until
everybody has gone on where they were, and whether anybody missed anything. Ends with 1 if so.

Clients come from many addresses of this machine (127.0.1.1 …), as many to each as one address may
have, so that the node runs with the limits with which it is delivered.
"""

import argparse
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import msgspec
import uvloop

from loadtest.bench.nodes import cluster
from loadtest.bench.processes import allow_open_files, open_files
from loadtest.bench.scenes import Idle, Scene
from loadtest.bench.storm import Customer, Storm, storm, told

BAR_KB = 30.0
PER_ADDRESS = 150
"""A node takes 200 of one address; some room for those who are on two devices."""

AS_DELIVERED = {"KEFU_LOG_LEVEL": "error"}


class Figures(msgspec.Struct, frozen=True):
    """What was measured. ``there`` is what the node counts at the end."""

    idle: Idle
    storm: Storm | None
    there: int
    files: int
    generator_ratio: float


async def measure(options: argparse.Namespace) -> Figures:
    """Run a node, let everybody come, and let some of them be cut off."""
    count = options.sessions
    async with (
        cluster(1, 1, AS_DELIVERED) as nodes,
        aiohttp.ClientSession() as http,
        _addresses(count) as addresses,
    ):
        scene, own_s, begun_s = Scene(http, nodes), time.process_time(), time.monotonic()
        customers = [Customer(each, addresses[each % len(addresses)]) for each in range(count)]
        idle = await scene.idle(count, lambda each: customers[each].enter(scene), options.seconds)
        _say(_idle(idle, len(addresses)))
        waves = None
        if options.storm:
            waves = await storm(scene, customers[: options.storm])
            _say(told(waves))
        return Figures(
            idle=idle,
            storm=waves,
            there=await _sessions(http, nodes[0].url),
            files=open_files(nodes[0].pid),
            generator_ratio=(time.process_time() - own_s) / (time.monotonic() - begun_s),
        )


@asynccontextmanager
async def _addresses(sessions: int) -> AsyncGenerator[Sequence[aiohttp.ClientSession]]:
    """Yield as many addresses as it takes, each with its own ports."""
    async with AsyncExitStack() as stack:
        found: list[aiohttp.ClientSession] = []
        for number in range(-(-sessions // PER_ADDRESS)):
            address = f"127.0.{1 + number // 250}.{1 + number % 250}"
            connector = aiohttp.TCPConnector(limit=0, local_addr=(address, 0))
            session = aiohttp.ClientSession(connector=connector)
            found.append(await stack.enter_async_context(session))
        yield found


async def _sessions(http: aiohttp.ClientSession, url: str) -> int:
    """Return how many customers the node says are signed in."""
    async with http.get(url + "/metrics") as answer:
        lines = (await answer.text()).splitlines()
    name = 'kefu_sessions{namespace="/visitor"}'
    return int(sum(float(line.split()[-1]) for line in lines if line.startswith(name)))


def _idle(idle: Idle, addresses: int) -> str:
    return (
        f"{idle.sessions:,} signed-in sessions from {addresses} addresses, "
        f"{idle.connects_per_s:,.0f} a second, "
        f"{idle.connect_us / 1000:.2f} ms of the node's CPU each\n"
        f"memory of an idle session: {idle.kb:.1f} kB  (bar: ≤ {BAR_KB:.0f} kB)\n"
        f"CPU while nothing happens: {idle.us_a_second:.1f} µs a second each, "
        f"{idle.us_a_second * idle.sessions / 1e4:.1f} % of a core in all"
    )


def _say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    """Measure, print, keep the figures."""
    parser = argparse.ArgumentParser(prog="python -m loadtest.idle", description=__doc__)
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--storm", type=int, default=5_000, help="so many of them are cut off")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long nothing happens")
    parser.add_argument("--json", type=Path, default=Path("build/idle.json"), help="figures")
    options = parser.parse_args()
    allow_open_files()
    figures = uvloop.run(measure(options))
    _say(
        f"at the end the node counts {figures.there:,} sessions, and has {figures.files:,} files "
        f"open; the load generator took {figures.generator_ratio:.0%} of a core"
    )
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_bytes(msgspec.json.format(msgspec.json.encode(figures)))
    missed = 0 if figures.storm is None else figures.storm.missed
    return 0 if missed == 0 and figures.there >= options.sessions else 1


if __name__ == "__main__":
    sys.exit(main())
