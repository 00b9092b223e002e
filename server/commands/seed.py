"""`kefu seed`: fills the demo shop, and makes agents for load tests."""

from __future__ import annotations

import argparse

from server.commands.provide import provided
from server.commands.refused import Refused
from server.seeding.crew import hire
from server.seeding.first import LIMITS, seed_once
from server.settings import Settings
from storage.database import Database
from storage.migrate import migrate

AGENTS_MAX = 100_000
QUEUES_MAX = 1_000


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take how many agents and queues to add."""
    parser.add_argument(
        "--agents",
        type=int,
        default=0,
        metavar="N",
        help="add agent1@demo.kefu … agentN@demo.kefu, with the password in KEFU_DEMO_PASSWORD",
    )
    parser.add_argument(
        "--queues",
        type=int,
        default=0,
        metavar="M",
        help="add queues load-1 … load-M, each with a topic and a skill of that name",
    )


async def run(settings: Settings, options: argparse.Namespace) -> int:
    """Fill what is missing; the second time nothing changes."""
    agents, queues = (
        _count(options.agents, "--agents", AGENTS_MAX),
        _count(options.queues, "--queues", QUEUES_MAX),
    )
    if queues and not agents:
        raise Refused("Queues that nobody serves help nobody: name --agents too.")
    async with provided(settings) as servers:
        await migrate(servers.database_url)
        logins = await seed_once(servers.settings, lambda text: print(f"{text} ...", flush=True))
        for login in logins:
            print(f"{login.role:<11} {login.email:<18} {login.password}")
        if agents:
            await _hire(servers.database_url, logins[0].password, agents, queues)
    return 0


async def _hire(url: str, password: str, agents: int, queues: int) -> None:
    database = await Database.connect(url, LIMITS)
    try:
        made = await hire(database, password, agents, queues, await database.clock())
    finally:
        await database.close()
    print(f"{'agents':<11} {made[0]} … {made[-1]}, {queues} queues")


def _count(value: int, name: str, most: int) -> int:
    if not 0 <= value <= most:
        raise Refused(f"{name} must be between 0 and {most}.")
    return value
