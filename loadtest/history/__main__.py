"""`python -m loadtest.history`: fill a database with years of talk, and read in it.

Ends with 1 when a reading is slower than its bar.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import uvloop

from loadtest.history.fill import EACH, fill
from loadtest.history.plans import statements, whole_reads
from loadtest.history.read import Reader, Took, any_agent, conversation_at, customer_at
from server.embedded.membership import Options, join
from storage.database import Database, Limits
from storage.migrate import migrate
from storage.search_index import SearchIndex

BAR_MS = 300.0
PATIENT = Limits(connections_max=2, command_s=900.0, statement_s=900.0)


async def run(options: argparse.Namespace) -> int:
    """Fill, read, and print what it took; return the exit code."""
    root = await asyncio.to_thread(_folder)
    membership = await asyncio.to_thread(join, root, Options(remove_afterwards=True))
    try:
        services = await asyncio.to_thread(membership.ensure)
        url = services.database_url()
        await migrate(url)
        db = await Database.connect(url, PATIENT)
        try:
            began = time.monotonic()
            shop_id = await fill(db, options.messages)
            print(f"{options.messages:,} messages made in {time.monotonic() - began:.0f} s")
            print(await index(db))
            reader = Reader(db, shop_id, options.messages // EACH)
            took = [
                await reader.measure(name, reading, options.times)
                for name, reading in reader.readings().items()
            ]
            print(report(took))
            asked = statements(
                shop_id, conversation_at(5), customer_at(5), await any_agent(db, shop_id)
            )
            for name, each in asked.items():
                for table in await whole_reads(db, each):
                    print(f"{name}: reads all of {table}")
            options.json.parent.mkdir(parents=True, exist_ok=True)
            options.json.write_bytes(msgspec.json.format(msgspec.json.encode(took)))
            return exit_code(took)
        finally:
            await db.close()
    finally:
        await asyncio.to_thread(membership.leave_and_wait)


async def index(db: Database) -> str:
    """Make everything findable, as the job of a node does; return what that took."""
    writer, began = SearchIndex(db), time.monotonic()
    while await writer.recall() or await writer.take() or await writer.pack():
        pass
    size = await db.fetchval(INDEX_BYTES)
    return f"indexed in {time.monotonic() - began:.0f} s, {int(str(size)) / 2**20:,.0f} MB"


INDEX_BYTES = """
SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class
 WHERE relname LIKE 'search%' AND relkind = 'r'
"""


def report(took: list[Took]) -> str:
    """Return the table that people read."""
    lines = [f"{'':<32}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}"]
    lines += [
        f"{each.name:<32}{each.p50_ms:>9.1f}{each.p95_ms:>9.1f}{each.max_ms:>9.1f}"
        + ("" if is_met(each) else f"  (bar: ≤ {BAR_MS:.0f} ms)")
        for each in took
    ]
    return "\n".join(lines)


def is_met(each: Took) -> bool:
    """Tell whether a reading is as quick as it must be."""
    return each.p95_ms <= BAR_MS


def exit_code(took: list[Took]) -> int:
    """Return 1 when a bar was missed, or nothing was measured."""
    return 0 if took and all(map(is_met, took)) else 1


def main() -> int:
    """Read how much is wanted."""
    parser = argparse.ArgumentParser(prog="python -m loadtest.history", description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000_000)
    parser.add_argument("--times", type=int, default=200, help="readings of each kind")
    parser.add_argument("--json", type=Path, default=Path("build/history.json"), help="figures")
    return uvloop.run(run(parser.parse_args()))


def _folder() -> Path:
    root = Path(tempfile.mkdtemp(prefix="kefu-history-"))
    root.chmod(0o711)
    return root


if __name__ == "__main__":
    sys.exit(main())
