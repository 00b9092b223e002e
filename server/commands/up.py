"""`kefu up`: everything on this machine, from nothing to a shop that can be tried."""

from __future__ import annotations

import argparse
import sys
import time

from server.commands.nodes import refuse_taken_port, run_node
from server.commands.provide import Provided, provided
from server.embedded.layout import Layout
from server.seeding.first import seed_once
from server.settings import Settings
from storage.migrate import migrate

WELCOME = """
Kefu is ready ({seconds:.1f} s). Ctrl-C stops it.

  Demo shop   {origin}/shop/      open it and ask something
  Console     {origin}/console/   answer there

{logins}
  Data        {data_dir}
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take what to leave out."""
    parser.add_argument("--no-demo", action="store_true", help="serve without the demo shop")


async def run(settings: Settings, options: argparse.Namespace) -> int:
    """Start what is missing, fill the demo shop the first time, serve until told to stop."""
    began = time.monotonic()
    settings = settings.model_copy(update={"demo": not options.no_demo})
    refuse_taken_port(settings)
    if settings.database_url is None:
        is_first = not Layout(settings.data_dir).secrets.exists()
        _say("Making a database and starting it" if is_first else "Starting PostgreSQL and Valkey")
    async with provided(settings) as servers:
        await migrate(servers.database_url)
        logins = await _fill(servers) if settings.demo else ""

        def started(port: int) -> None:
            origin = settings.public_url or f"http://localhost:{port}"
            seconds = time.monotonic() - began
            data_dir = settings.data_dir
            text = WELCOME.format(seconds=seconds, origin=origin, logins=logins, data_dir=data_dir)
            print(text, flush=True)

        return await run_node(servers, started)


async def _fill(servers: Provided) -> str:
    """Fill the demo shop unless it is there; return its logins, as they are printed."""
    password = servers.settings.demo_password
    assert password is not None
    logins = await seed_once(servers.settings, _say)
    width = max(len(login.email) for login in logins)
    lines = [f"  {login.role:<11} {login.email:<{width}}   {login.password}" for login in logins]
    return "\n".join(lines) + "\n"


def _say(text: str) -> None:
    print(f"{text} ...", file=sys.stdout, flush=True)
