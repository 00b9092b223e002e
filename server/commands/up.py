"""`kefu up`: everything on this machine, from nothing to a shop that can be tried."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from server.cluster.child import ChildNode
from server.cluster.run import Cluster
from server.commands.nodes import refuse_taken_port, run_cluster, run_node
from server.commands.provide import Provided, provided
from server.commands.refused import Refused
from server.embedded.layout import Layout
from server.lifecycle import Place
from server.seeding.first import seed_once
from server.settings import Settings
from storage.migrate import migrate

WELCOME = """
Kefu is ready ({seconds:.1f} s). Ctrl-C stops it.

  Demo shop   {origin}/shop/      open it and ask something
  Console     {origin}/console/   answer there

{logins}
  Data        {data_dir}
{nodes}"""

NODES_MAX = 8
NODES = """
{lines}

  Each connection goes to the node with the fewest. End one (kill -9 PROCESS) and go on writing.
  All clients have this machine's address here, so limits per address do not tell them apart.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take what to leave out, and how many nodes."""
    parser.add_argument("--no-demo", action="store_true", help="serve without the demo shop")
    parser.add_argument(
        "--nodes", type=int, default=1, metavar="N",
        help=f"a small cluster: up to {NODES_MAX} nodes behind one address (1)",
    )  # fmt: skip


async def run(settings: Settings, options: argparse.Namespace) -> int:
    """Start what is missing, fill the demo shop the first time, serve until told to stop."""
    began = time.monotonic()
    if not 1 <= options.nodes <= NODES_MAX:
        raise Refused(f"--nodes must be between 1 and {NODES_MAX}.")
    settings = settings.model_copy(update={"demo": not options.no_demo})
    refuse_taken_port(settings.host, settings.port)
    if settings.database_url is None:
        is_first = not Layout(settings.data_dir).secrets.exists()
        _say("Making a database and starting it" if is_first else "Starting PostgreSQL and Valkey")
    async with provided(settings) as servers:
        await migrate(servers.database_url)
        logins = await _fill(servers) if settings.demo else ""

        def started(port: int, nodes: Sequence[ChildNode] = ()) -> None:
            origin = settings.public_url or f"http://localhost:{port}"
            welcome = WELCOME.format(
                seconds=time.monotonic() - began,
                origin=origin,
                logins=logins,
                data_dir=settings.data_dir,
                nodes=_listed(nodes),
            )
            print(welcome, flush=True)

        if options.nodes == 1:
            place = Place.of(settings.model_copy(update={"drain_notice_s": 0.0}), settings.port)
            return await run_node(servers, place, started)
        cluster = Cluster(servers.settings, options.nodes, _report, started)
        return await run_cluster(servers, cluster)


def _listed(nodes: Sequence[ChildNode]) -> str:
    """Return which nodes there are, as it is printed; nothing for a single one."""
    if not nodes:
        return ""
    lines = [f"  Node {node.number}      {node.backend.url}   process {node.pid}" for node in nodes]
    return NODES.format(lines="\n".join(lines))


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


def _report(text: str) -> None:
    print(text, file=sys.stdout, flush=True)
