"""`python -m loadtest.soak`: two nodes with everything on for half an hour. Is memory flat?

Customers come, talk and go, agents accept, answer and close, lines break, the routing works,
supervisors read lists. Ends with 1 when something was lost, failed, or was found by the sweep
only, and unless memory and files are surely flat.
"""

import argparse
import asyncio
import sys
from pathlib import Path
from random import Random

import aiohttp
import msgspec
import uvloop

from loadtest.bench import curves
from loadtest.bench.processes import allow_open_files
from loadtest.chaos.checker import acked, check
from loadtest.chaos.cluster import Cluster, running
from loadtest.chaos.person import World
from loadtest.chaos.shop import Shop, make_shop, read_stored
from loadtest.chaos.watch import Watch
from loadtest.chaos.wire import Weather
from loadtest.soak.people import Street, hire_supervisor, open_street
from loadtest.soak.report import Outcome, chart, growth, told
from loadtest.soak.samples import Sampler

NODES = 2
CUT_EVERY_S = 3.0
GO_HOME_S = 60.0
CALM_S = 5.0


async def soak(options: argparse.Namespace) -> Outcome:
    """Let it all go on, and compare what was told with what is stored."""
    connector = aiohttp.TCPConnector(limit=0)
    async with running(NODES) as cluster, aiohttp.ClientSession(connector=connector) as http:
        shop = await make_shop(cluster.db, options.agents)
        supervisor = await hire_supervisor(cluster.db, shop)
        world = World(http, [node.url for node in cluster.nodes], Weather())
        sampler, watch = Sampler(cluster), Watch(cluster)
        async with open_street(world, shop, Random(options.seed)) as street:
            beside = [
                asyncio.create_task(street.cut_lines(CUT_EVERY_S)),
                asyncio.create_task(street.supervise(supervisor)),
                asyncio.create_task(sampler.run(options.every)),
            ]
            places = [asyncio.create_task(street.pass_by(each)) for each in range(options.places)]
            await asyncio.wait([*beside, *places], timeout=60 * options.minutes,
                               return_when=asyncio.FIRST_EXCEPTION)  # fmt: skip
            street.over.set()
            for task in beside:
                task.cancel()
            await asyncio.wait(places, timeout=GO_HOME_S)
            await asyncio.sleep(CALM_S)
            ends = await asyncio.gather(*beside, *places, return_exceptions=True)
            troubles = [*world.troubles, *(end for end in ends if isinstance(end, Exception))]
            if troubles:
                raise BaseExceptionGroup("the soak itself went wrong", troubles)
        return await _judged(options, cluster, shop, street, sampler, watch)


async def _judged(
    options: argparse.Namespace,
    cluster: Cluster,
    shop: Shop,
    street: Street,
    sampler: Sampler,
    watch: Watch,
) -> Outcome:
    stored = await read_stored(cluster.db, shop)
    known = {(row.conversation, row.client_id) for row in stored.messages}
    said = acked(street.histories)
    return Outcome(
        minutes=options.minutes,
        growths=[growth(name, samples) for name, samples in sampler.samples.items()],
        swept=sampler.swept,
        failed=sampler.failed,
        acked=len(said),
        stored=sum((each.conversation, each.client_id) in known for each in said),
        counts={
            "conversations": len(stored.conversations),
            "customers": street.came,
            "lines cut": street.cuts,
            "lists and records read": street.lists,
        },
        findings=[
            f"{each.kind}: {each.what}"
            for each in check(street.histories, stored, conduct=await watch.conduct(frozenset()))
        ],
        unanswered=sampler.unanswered,
        samples=sampler.samples,
    )


def main() -> int:
    """Run it, print what came of it, keep the figures and a picture."""
    parser = argparse.ArgumentParser(prog="python -m loadtest.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--places", type=int, default=26, help="customers at the same time (26)")
    parser.add_argument("--agents", type=int, default=8, help="with three hands each (8)")
    parser.add_argument("--every", type=float, default=10.0, help="seconds between looks (10)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, default=Path("build/soak.json"), help="figures")
    options = parser.parse_args()
    allow_open_files()
    outcome = uvloop.run(soak(options))
    print(told(outcome))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_bytes(msgspec.json.format(msgspec.json.encode(outcome)))
    picture = options.json.with_suffix(".svg")
    picture.write_text(curves.draw([chart(outcome.samples)]), encoding="utf-8")
    return 0 if outcome.is_well else 1


if __name__ == "__main__":
    sys.exit(main())
