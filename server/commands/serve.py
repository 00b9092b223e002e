"""`kefu serve`: one node among any number, on servers that were named."""

from __future__ import annotations

import argparse

import structlog

from server.commands.nodes import refuse_taken_port, run_node
from server.commands.provide import provided
from server.commands.refused import Refused
from server.settings import Settings

log = structlog.stdlib.get_logger()


def arguments(_: argparse.ArgumentParser) -> None:
    """Take none: a node is configured by its environment."""


async def run(settings: Settings, _: argparse.Namespace) -> int:
    """Serve until told to stop."""
    if settings.database_url is None or settings.redis_url is None:
        raise Refused(
            "KEFU_DATABASE_URL and KEFU_REDIS_URL are missing. `kefu up` brings its own servers."
        )
    refuse_taken_port(settings)
    async with provided(settings) as servers:
        return await run_node(servers, lambda port: log.info("node_started", port=port))
