"""What the `kefu` command can do: one module a command, named in this table.

A module has ``arguments(parser)`` and ``async run(settings, options) -> exit code``. Expected
failures are raised as ``Refused``, with a sentence.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol, cast

from server.settings import Settings


class Command(Protocol):
    """What the module of a command offers."""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say which arguments it takes."""
        ...

    def run(self, settings: Settings, options: argparse.Namespace) -> Awaitable[int]:
        """Do it; return the exit code."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table: the module's name and what it does."""

    module: str
    help: str

    def load(self) -> Command:
        """Import the command; the others stay where they are."""
        return cast("Command", importlib.import_module(f"server.commands.{self.module}"))


COMMANDS: Final[Mapping[str, Entry]] = MappingProxyType(
    {
        "up": Entry("up", "everything on this machine: servers, migration, demo shop, node"),
        "serve": Entry("serve", "one node, on a PostgreSQL and a Valkey that you name"),
        "migrate": Entry("migrate", "bring the database to the schema of this version"),
        "check": Entry("check", "say what is wrong with the configuration"),
        "doctor": Entry("doctor", "say whether the cluster is well, who holds what, what lags"),
        "backup": Entry("backup", "copy the whole database into a file, while nodes serve"),
        "restore": Entry("restore", "load such a file into an empty database"),
        "recount": Entry("recount", "say whether reports equal a recount of what is stored"),
        "user": Entry("user", "create an agent, or give one a new password"),
        "seed": Entry("seed", "fill the demo shop"),
        "staff": Entry("staff", "say how many agents each half hour takes"),
        "simulate": Entry("simulate", "try policies on simulated customers, or on past ones"),
        "demo": Entry("demo", "play agents and customers in the demo shop"),
    }
)
