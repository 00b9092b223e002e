"""`kefu serve`: one node among any number, on servers that were named."""

from __future__ import annotations

import argparse

import structlog

from server.commands.nodes import refuse_taken_port, run_node
from server.commands.provide import provided
from server.commands.refused import Refused
from server.lifecycle import Place
from server.settings import Settings

PORT_MAX = 65535

log = structlog.stdlib.get_logger()


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take only what differs between the nodes of one machine."""
    parser.add_argument(
        "--listen", type=int, metavar="PORT",
        help="port to listen on; KEFU_PORT is then only the one that people use (a proxy's)",
    )  # fmt: skip


async def run(settings: Settings, options: argparse.Namespace) -> int:
    """Serve until told to stop."""
    if settings.database_url is None or settings.redis_url is None:
        raise Refused(
            "KEFU_DATABASE_URL and KEFU_REDIS_URL are missing. `kefu up` brings its own servers."
        )
    if options.listen is not None:
        if not 0 <= options.listen <= PORT_MAX:
            raise Refused(f"--listen must be between 0 and {PORT_MAX}.")
        structlog.contextvars.bind_contextvars(listens=options.listen)  # which of several it is
    port = settings.port if options.listen is None else options.listen
    refuse_taken_port(settings.host, port)
    place = Place.of(settings, port)
    async with provided(settings) as servers:
        return await run_node(servers, place, lambda port: log.info("node_started", port=port))
