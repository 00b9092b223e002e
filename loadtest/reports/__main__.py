"""`python -m loadtest.reports`: facts of a million conversations, and how long reports take.

Ends with 1 when a report is slower than its bar, or a roll-up differs from its facts.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import msgspec
import uvloop

from loadtest.reports.fill import fill
from loadtest.reports.read import Reader, Took
from server.embedded.membership import Options, join
from storage.database import Database, Limits
from storage.migrate import migrate
from storage.reports.agreement import RollUps
from storage.reports.keeping import Keeping
from storage.reports.queries import By

BAR_MS = 1000.0
PATIENT = Limits(connections_max=4, command_s=900.0, statement_s=900.0)


async def run(options: argparse.Namespace) -> int:
    """Fill, roll up, read, and print what it took; return the exit code."""
    root = await asyncio.to_thread(_folder)
    membership = await asyncio.to_thread(join, root, Options(remove_afterwards=True))
    try:
        services = await asyncio.to_thread(membership.ensure)
        url = services.database_url()
        await migrate(url)
        db = await Database.connect(url, PATIENT)
        try:
            return await _measure(db, options)
        finally:
            await db.close()
    finally:
        await asyncio.to_thread(membership.leave_and_wait)


async def _measure(db: Database, options: argparse.Namespace) -> int:
    until, began = datetime.now(UTC), time.monotonic()
    shop_id = await fill(db, options.conversations, until)
    print(f"{options.conversations:,} conversations made in {time.monotonic() - began:.0f} s")
    print(await roll(db), flush=True)
    await db.execute("VACUUM ANALYZE")  # autovacuum has had 14 months for that
    reader = Reader(db, shop_id, until)
    if options.explain is not None:
        async for plan in reader.explain(options.days, options.explain):
            print(plan, end="\n\n")
        return 0
    took, differ = list[Took](), 0
    print(f"{'days':>5} {'by':<12}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}")
    async for each in reader.measure(options.times):
        took.append(each)
        print(line(each), flush=True)
    print(worst(took))
    if options.prove:
        began = time.monotonic()
        differ = await differences(db)
        took_s = time.monotonic() - began
        print(f"{differ} sums differ from their facts; compared in {took_s:.0f} s", flush=True)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_bytes(msgspec.json.format(msgspec.json.encode(took)))
    return exit_code(took, differ)


async def roll(db: Database) -> str:
    """Roll everything up, as the job of a node does; return what that took."""
    keeping, began, days, longest = Keeping(db), time.monotonic(), 0, 0.0
    has_more = True
    while has_more:
        step_began = time.monotonic()
        async with keeping.step() as step:
            has_more = await step.roll()
        days, longest = days + 1, max(longest, time.monotonic() - step_began)
    await db.execute("ANALYZE")
    size = {row["kind"]: row["bytes"] / 2**20 for row in await db.fetch(SIZES)}
    return (
        f"{days - 1} days rolled up in {time.monotonic() - began:.0f} s, the longest step "
        f"{longest:.2f} s; facts {size['facts']:,.0f} MB, roll-ups {size['roll-ups']:,.0f} MB"
    )


SIZES = """
SELECT CASE WHEN relname IN ('report_fact', 'report_leg', 'report_offer') THEN 'facts'
            ELSE 'roll-ups' END AS kind, sum(pg_total_relation_size(oid))::bigint AS bytes
  FROM pg_class WHERE relname LIKE 'report%' AND relkind = 'r' GROUP BY 1
"""


async def differences(db: Database) -> int:
    """Compare all roll-ups with all facts; return how many sums differ."""
    return len([cell async for cell in RollUps(db).differences(None)])


def line(each: Took) -> str:
    """Return a line of the table that people read."""
    told = "" if is_met(each) else f"  (bar: ≤ {BAR_MS:.0f} ms)"
    times = f"{each.p50_ms:>9.0f}{each.p95_ms:>9.0f}{each.max_ms:>9.0f}"
    return f"{each.days:>5} {each.what:<12}{times}{told}"


def is_met(each: Took) -> bool:
    """Tell whether a report is as quick as it must be."""
    return each.p95_ms <= BAR_MS


def exit_code(took: Sequence[Took], differ: int) -> int:
    """Return 1 when a bar was missed, nothing was measured, or sums differ from their facts."""
    return 0 if took and all(map(is_met, took)) and not differ else 1


def worst(took: Sequence[Took]) -> str:
    """Return the longest p95 of each period."""
    found = {each.days: max(one.p95_ms for one in took if one.days == each.days) for each in took}
    return "worst p95: " + ", ".join(f"{days} days {ms:.0f} ms" for days, ms in found.items())


def main() -> int:
    """Read how much is wanted."""
    parser = argparse.ArgumentParser(prog="python -m loadtest.reports", description=__doc__)
    parser.add_argument("--conversations", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=20, help="reports of each kind")
    parser.add_argument("--explain", choices=get_args(By), help="show the plans of one report by")
    parser.add_argument("--days", type=int, default=366, help="of how many days, to explain")
    parser.add_argument("--prove", action="store_true", help="compare all roll-ups with all facts")
    parser.add_argument("--json", type=Path, default=Path("build/reports.json"), help="figures")
    return uvloop.run(run(parser.parse_args()))


def _folder() -> Path:
    root = Path(tempfile.mkdtemp(prefix="kefu-reports-"))
    root.chmod(0o711)
    return root


if __name__ == "__main__":
    sys.exit(main())
