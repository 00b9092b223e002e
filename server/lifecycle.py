"""Start, serve, drain, stop: one order, in one place."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field

import structlog
from aiohttp import web

Job = Callable[[], Awaitable[None]]

HANDLERS_S = 2.0
BACKLOG = 2048

log = structlog.stdlib.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node, built and not yet started.

    ``app`` opens and closes what it needs (``cleanup_ctx``); ``jobs`` run as long as the node and
    take it with them when one ends; ``drain`` says goodbye to the clients.
    """

    app: web.Application
    drain: Job
    jobs: Mapping[str, Job] = field(default_factory=dict[str, Job])


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to listen, and how long a goodbye may take. Port 0 is any free one."""

    host: str
    port: int
    drain_s: float


class JobEnded(Exception):
    """A background job that must never end has ended."""


async def serve(
    node: Node, place: Place, stop: asyncio.Event, started: Callable[[int], None]
) -> None:
    """Serve until ``stop`` is set, or until a background job dies and takes us with it.

    ``started`` is told the port once connections are taken.
    """
    async with AsyncExitStack() as stack:
        runner = web.AppRunner(node.app, access_log=None, shutdown_timeout=HANDLERS_S)
        stack.push_async_callback(runner.cleanup)  # closes what setup opened, in reverse
        await runner.setup()
        async with asyncio.TaskGroup() as group:
            jobs = [
                group.create_task(_run(name, job), name=name) for name, job in node.jobs.items()
            ]
            site = web.TCPSite(runner, place.host, place.port, backlog=BACKLOG)
            await site.start()
            started(_port(runner))
            await stop.wait()
            log.info("node_draining")
            await site.stop()  # nobody new; who is told goodbye comes back to another node
            await _bounded(node.drain, place.drain_s)
            for job in jobs:
                job.cancel()
    log.info("node_stopped")


@contextmanager
def stop_on_signals(stop: asyncio.Event) -> Generator[None]:
    """Set ``stop`` on SIGTERM or Ctrl-C; a second one ends at once."""
    loop = asyncio.get_running_loop()

    def heard(number: signal.Signals) -> None:
        stop.set()
        loop.remove_signal_handler(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, heard, number)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def _run(name: str, job: Job) -> None:
    """Run a job that should never end; treat ending as a failure."""
    await job()
    raise JobEnded(f"The background job {name!r} ended by itself.")


async def _bounded(drain: Job, drain_s: float) -> None:
    """Say goodbye, but not for ever: a deaf client must not keep us."""
    try:
        async with asyncio.timeout(drain_s):
            await drain()
    except TimeoutError:
        log.warning("drain_cut_short", drain_s=drain_s)


def _port(runner: web.AppRunner) -> int:
    """Return the port that we got."""
    return int(runner.addresses[0][1])
