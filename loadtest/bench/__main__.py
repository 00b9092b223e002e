"""`make bench`: what a message, an idle session and a routing decision cost."""

import argparse
from pathlib import Path

import aiohttp
import msgspec
import uvloop

from loadtest.bench import nodes, routing, simulator
from loadtest.bench.casts import KefuCast, bare_talks
from loadtest.bench.scenes import Cost, Idle, Scene
from loadtest.bench.storm import Storm, storm, told

CPU_BAR_RATIO = 0.5
MEMORY_BAR_KB = 30.0
PAIR_BAR_RATIO, PAIR_BAR_MS = 1.6, 250
GENERATOR_MAX_RATIO = 0.95


class Result(msgspec.Struct, frozen=True):
    """What one server cost."""

    name: str
    message: Cost
    idle: Idle | None = None
    storm: Storm | None = None


async def measure_bare(options: argparse.Namespace) -> Result:
    """Measure bare python-socketio."""
    async with nodes.bare() as served, aiohttp.ClientSession(connector=_connector()) as http:
        scene = Scene(http, served)
        idle = await scene.idle(
            options.idle,
            lambda number: scene.join(
                "/visitor", {"conversation": f"idle-{number}", "namespace": "/visitor"}
            ),
        )
        await scene.close()
        scene = Scene(http, served)
        cost = await scene.cost(await bare_talks(scene, options.talks), options.seconds)
        await scene.close()
        return Result("bare python-socketio", cost, idle)


async def measure_pair(options: argparse.Namespace) -> Result:
    """Measure two nodes: customers at one, agents at the other, CPU of both together."""
    async with (
        nodes.cluster(2, options.agents) as [here, there],
        aiohttp.ClientSession(connector=_connector()) as http,
    ):
        scene = Scene(http, here, there)
        talks = await KefuCast(scene, here, http).talks(options.agents, options.talks)
        cost = await scene.cost(talks, options.seconds)
        await scene.close()
        return Result("kefu, two nodes", cost)


async def measure_kefu(options: argparse.Namespace) -> Result:
    """Measure a whole Kefu node."""
    async with (
        nodes.kefu(options.agents) as served,
        aiohttp.ClientSession(connector=_connector()) as http,
    ):
        scene = Scene(http, served)
        idle = await scene.idle(options.idle, lambda _: scene.join("/visitor", {"site": "demo"}))
        await scene.close()
        scene = Scene(http, served)
        talks = await KefuCast(scene, served, http).talks(options.agents, options.talks)
        cost = await scene.cost(talks, options.seconds)
        await scene.close()
        scene = Scene(http, served)
        back = await storm(scene, options.storm)
        await scene.close()
        return Result("kefu, whole node", cost, idle, back)


def _connector() -> aiohttp.TCPConnector:
    return aiohttp.TCPConnector(limit=0)


def report(bare: Result, kefu: Result, pair: Result) -> str:
    """Return the table that people read."""
    lines = [
        f"{'':<22}{'server µs':>11}{'postgres µs':>13}{'messages/s':>12}{'p50 ms':>8}{'p99 ms':>8}"
        f"{'idle kB':>9}{'generator':>11}"
    ]
    for result in (bare, kefu, pair):
        cost, volume = result.message, result.message.volume
        idle = f"{result.idle.kb:.1f}" if result.idle is not None else "–"
        lines.append(
            f"{result.name:<22}{cost.server_us:>11.1f}{cost.postgres_us:>13.1f}"
            f"{volume.messages / volume.seconds:>12.0f}{volume.p50_ms:>8.1f}{volume.p99_ms:>8.1f}"
            f"{idle:>9}{volume.generator_ratio:>10.0%} "
        )
        if volume.generator_ratio > GENERATOR_MAX_RATIO:
            lines.append("  (the load generator was the bottleneck: only the CPU figures count)")
    ratio = kefu.message.server_us / bare.message.server_us
    lines += [
        "",
        f"CPU a message, kefu / bare: {ratio:.2f}  (bar: ≤ {CPU_BAR_RATIO})",
        f"both nodes / one node:      {pair.message.server_us / kefu.message.server_us:.2f}"
        f"  (bar: ≤ {PAIR_BAR_RATIO}, p99 ≤ {PAIR_BAR_MS} ms)",
    ]
    if kefu.idle is not None:
        lines.append(
            f"memory an idle session:     {kefu.idle.kb:.1f} kB  (bar: ≤ {MEMORY_BAR_KB:.0f} kB at "
            f"10,000); its pings: {kefu.idle.us_a_second:.1f} µs a second"
        )
    if kefu.storm is not None:
        lines.append(told(kefu.storm))
    return "\n".join(lines)


def main() -> None:
    """Measure both, print the table, keep the figures."""
    parser = argparse.ArgumentParser(prog="python -m loadtest.bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0, help="time to talk on each server")
    parser.add_argument("--talks", type=int, default=100, help="conversations at once")
    parser.add_argument("--agents", type=int, default=50, help="agents who answer on Kefu")
    parser.add_argument("--idle", type=int, default=1000, help="idle sessions")
    parser.add_argument("--storm", type=int, default=1000, help="sessions that come back at once")
    parser.add_argument(
        "--only", choices=["messages", "routing"], help="measure this alone; else everything"
    )
    parser.add_argument("--json", type=Path, default=Path("build/bench.json"), help="figures")
    options = parser.parse_args()
    figures: dict[str, object] = {}
    if options.only != "routing":
        bare = uvloop.run(measure_bare(options))
        kefu = uvloop.run(measure_kefu(options))
        pair = uvloop.run(measure_pair(options))
        print(report(bare, kefu, pair))
        figures["messages"] = [bare, kefu, pair]
    if options.only != "messages":
        figures |= routing_figures()
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_bytes(msgspec.json.format(msgspec.json.encode(figures)))


def routing_figures() -> dict[str, object]:
    """Measure decisions and simulated customers, and print both tables."""
    decisions = [routing.measure(shop) for shop in routing.SHOPS]
    print("\n" + routing.report(decisions) + "\n")
    speeds = list(simulator.measure())
    print(simulator.report(speeds))
    return {"decisions": decisions, "simulator": speeds}


if __name__ == "__main__":
    main()
