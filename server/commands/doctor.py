"""`kefu doctor`: is the cluster well, who holds what, what lags."""

from __future__ import annotations

import argparse

from server.commands.provide import running
from server.doctor.shown import as_json, as_text
from server.doctor.visit import Visit
from server.settings import Settings

LISTEN_S = 2.5
"""Long enough to hear every node twice: they say hello once a second."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take how long to listen, and how to print what was found."""
    parser.add_argument(
        "--listen",
        type=float,
        default=LISTEN_S,
        metavar="SECONDS",
        help=f"how long nodes have to say that they are there (default {LISTEN_S})",
    )
    parser.add_argument("--json", action="store_true", help="print it for programs")


async def run(settings: Settings, options: argparse.Namespace) -> int:
    """Look at everything and say what is not well; return 1 when something is not."""
    async with running(settings) as servers:
        visit = Visit(options.listen, settings.mail)
        report = await visit.report(servers.database_url, servers.redis_url)
    print(as_json(report) if options.json else as_text(report))
    return 0 if report.is_well else 1
