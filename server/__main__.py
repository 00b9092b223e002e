"""The `kefu` command. The only place that reads the environment."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence

import uvloop

from server import logs
from server.commands import COMMANDS, Entry
from server.commands.refused import Refused
from server.commands.wording import explain, unknown_variables
from server.settings import Settings
from storage.errors import SchemaUnfit, StorageUnavailable

USAGE_ERROR = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="kefu", description="Kefu, the customer-service centre for online shops."
    )
    names = parser.add_subparsers(dest="command", metavar="command")
    asked = _asked(argv)
    for name, entry in COMMANDS.items():
        sub = names.add_parser(name, help=entry.help, description=entry.help)
        if name == asked:
            entry.load().arguments(sub)
    options = parser.parse_args(argv)
    if options.command is None:
        parser.print_help(sys.stderr)
        return USAGE_ERROR
    return _run(COMMANDS[options.command], options)


def _asked(argv: Sequence[str] | None) -> str | None:
    """Return which command is meant, so that only its module is imported."""
    words = sys.argv[1:] if argv is None else argv
    return next((word for word in words if word in COMMANDS), None)


def _run(entry: Entry, options: argparse.Namespace) -> int:
    try:
        settings = _settings()
        logs.configure(settings)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_awaited(entry, settings, options))
    except Refused as refusal:
        print(f"kefu {options.command}: {refusal}", file=sys.stderr)
    except SchemaUnfit as unfit:
        print(f"kefu {options.command}: {unfit}", file=sys.stderr)
    except StorageUnavailable:
        print(f"kefu {options.command}: The database does not answer.", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


async def _awaited(entry: Entry, settings: Settings, options: argparse.Namespace) -> int:
    return await entry.load().run(settings, options)


def _settings() -> Settings:
    """Read the environment once; refuse what is wrong in it, all of it at once."""
    wrong = unknown_variables(os.environ)  # noqa: TID251 (the one place)
    try:
        settings = Settings()
    except ValueError as error:
        raise Refused(" ".join([*explain(error), *wrong])) from None
    if wrong:
        raise Refused(" ".join(wrong))
    return settings


if __name__ == "__main__":
    sys.exit(main())
