"""`make load`: let people in, watch what the node carries, and write a report that says it.

Without --host it starts a throw-away Kefu of its own on this machine, and in the end compares
what was acknowledged with PostgreSQL. The exit code is 1 when something of that is not so, or when
a reader who was there did not get in time what was acknowledged.
"""

import argparse
import asyncio
import contextlib
import csv
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec
import uvloop

from loadtest.people import truth
from loadtest.people.house import SITES, House, Meter, open_house
from loadtest.people.record import Cpu, Record, Row
from loadtest.people.report import write
from loadtest.people.scenarios import SCENARIOS
from loadtest.people.verdict import is_untold, sentences, unseen

LOCUSTFILE = Path(__file__).with_name("locustfile.py")
LOOK_S = 1.0
ASKED_BEFORE_S = 15.0  # an interrupt lets locust write what it has


def arguments() -> argparse.Namespace:
    """Read what is to happen, and where."""
    parser = argparse.ArgumentParser(prog="python -m loadtest.people", description=__doc__)
    parser.add_argument("--scenario", default="quiet", choices=list(SCENARIOS))
    parser.add_argument("--users", type=int, default=60, help="customers at the busiest moment")
    parser.add_argument("--seconds", type=float, help="length of the day; else the scenario's own")
    parser.add_argument("--nodes", type=int, default=1, help="nodes of our own (1)")
    parser.add_argument("--host", default="", help="a Kefu that is there; addresses with commas")
    parser.add_argument("--sites", default="demo", help="its shops, with commas (demo)")
    parser.add_argument("--workers", type=int, default=0, help="processes of people; 0: one")
    parser.add_argument("--pace", type=float, default=1.0, help="0.5: people twice as quick")
    parser.add_argument("--seed", type=int, default=1, help="another one, other people")
    parser.add_argument("--web", type=int, default=0, metavar="PORT", help="locust's web UI")
    parser.add_argument("--out", type=Path, default=Path("build/load"), help="(build/load)")
    return parser.parse_args()


async def main(options: argparse.Namespace) -> int:
    """Run it; return the exit code."""
    scenario = SCENARIOS[options.scenario]
    options.seconds = options.seconds or scenario.seconds
    options.out.mkdir(parents=True, exist_ok=True)
    if options.host:
        house = House((), options.sites.split(","))
        record = await _run(options, house, options.host, {})
        return _tell(options, record)
    sites = SITES[: 2 if scenario.noisy else 1]
    agents = scenario.agents(options.users) * max(1, options.workers)
    print(f"starting {options.nodes} node(s) and hiring {agents} agents ...", flush=True)
    async with open_house(options.nodes, sites, agents) as house:
        named = {"KEFU_DEMO_PASSWORD": house.password}
        record = await _run(options, house, ",".join(house.urls), named)
        record.truth = await truth.look(house.database_url, record.told)
    return _tell(options, record)


async def _run(
    options: argparse.Namespace, house: House, urls: str, named: Mapping[str, str]
) -> Record:
    """Let locust run, and look at what the processes use meanwhile."""
    path: Path = options.out / "record.json"
    path.unlink(missing_ok=True)
    flags = {
        "--scenario": options.scenario, "--customers": options.users, "--seconds": options.seconds,
        "--pace": options.pace, "--seed": options.seed, "--urls": urls, "--record": path.resolve(),
        "--sites": ",".join(house.sites), "--locustfile": LOCUSTFILE, "--exit-code-on-error": 0,
        "--csv": options.out / "locust", "--loglevel": "WARNING",
    }  # fmt: skip
    if options.web:
        flags |= {"--web-host": "127.0.0.1", "--web-port": options.web}
        print(f"locust's own page: http://127.0.0.1:{options.web} (Ctrl-C ends it)", flush=True)
    if options.workers:
        flags |= {"--processes": options.workers}
    switches = ["--autostart"] if options.web else ["--headless", "--only-summary"]
    words = [str(word) for flag in flags.items() for word in flag]
    locust = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "locust", *words, *switches,
        env={**os.environ, **named}, start_new_session=True,
    )  # fmt: skip
    used = await _watch(locust, Meter(house.served, locust.pid))
    if not path.exists():
        raise SystemExit("locust ended without figures; what it said stands above")
    record = msgspec.json.decode(path.read_bytes(), type=Record)
    record.settle(record.ended_s)
    record.cpu = [
        msgspec.structs.replace(each, at=each.at - record.began_at)
        for each in used
        if each.at >= record.began_at
    ]
    record.cores = os.cpu_count() or 1
    record.rows = _rows(options.out / "locust_stats.csv")
    return record


def _rows(path: Path) -> list[Row]:
    """Read locust's own statistics, which have every command by name."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return [
            Row(
                kind=line["Type"],
                name=line["Name"],
                times=int(line["Request Count"]),
                failed=int(line["Failure Count"]),
                p50_ms=int(line["50%"]),
                p95_ms=int(line["95%"]),
                p99_ms=int(line["99%"]),
            )
            for line in csv.DictReader(file)
            if line["Name"] != "Aggregated" and line["50%"] != "N/A"
        ]


async def _watch(locust: asyncio.subprocess.Process, meter: Meter) -> list[Cpu]:
    """Look every second until locust ends; an interrupt is handed on, and the report written."""

    def end() -> None:
        if locust.returncode is None:
            locust.send_signal(signal.SIGINT)

    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, end)
    used: list[Cpu] = []
    ending = asyncio.create_task(locust.wait())
    try:
        while not ending.done():
            await asyncio.wait({ending}, timeout=LOOK_S)
            with contextlib.suppress(OSError):
                used.append(meter.look())
    finally:
        end()
        await asyncio.wait({ending}, timeout=ASKED_BEFORE_S)
    return used


def _tell(options: argparse.Namespace, record: Record) -> int:
    page: Path = options.out / "report.html"
    write(record, page)
    (options.out / "record.json").write_bytes(msgspec.json.encode(record))
    print()
    for sentence in sentences(record):
        print(sentence)
    print(f"\nreport: {page}")
    return exit_code(record)


def exit_code(record: Record) -> int:
    """Return 1 when what was acknowledged is not stored as it was, or not delivered, or untold."""
    is_true = record.truth is None or record.truth.is_well
    return 0 if is_true and not unseen(record) and not is_untold(record) else 1


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.exit(runner.run(main(arguments())))
