"""Start, serve, drain, stop: one order, in one place."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field

import structlog
from aiohttp import web

from server.settings import Settings

Job = Callable[[], Awaitable[None]]


async def _nothing() -> None:
    """There is nothing to do."""


HANDLERS_S = 2.0
CLOSE_S = 5.0
BACKLOG = 2048

log = structlog.stdlib.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node, built and not yet started.

    ``app`` opens and closes what it needs (``cleanup_ctx``); ``jobs`` run as long as the node and
    take it with them when one ends; ``retire`` lets others take over and proxies turn away, while
    everything is still served; ``drain`` says goodbye to the clients.
    """

    app: web.Application
    drain: Job
    retire: Job = _nothing
    jobs: Mapping[str, Job] = field(default_factory=dict[str, Job])


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to listen (port 0 is any free one), and how long a goodbye may take.

    For ``notice_s`` before it, proxies may notice that we are going; ``drain_s`` more is its limit,
    and ``close_s`` that of closing what was opened. All three together are the longest it takes.
    """

    host: str
    port: int
    drain_s: float
    notice_s: float = 0.0
    close_s: float = CLOSE_S

    @property
    def longest_s(self) -> float:
        """How long it takes at most from the word to stop until the end."""
        return self.notice_s + self.drain_s + self.close_s

    @classmethod
    def of(cls, settings: Settings, port: int) -> Place:
        """Return what the settings say, with a port of its own."""
        return cls(
            host=settings.host,
            port=port,
            drain_s=settings.drain_s,
            notice_s=settings.drain_notice_s,
        )


class JobEnded(Exception):
    """A background job that must never end has ended."""


async def serve(
    node: Node, place: Place, stop: asyncio.Event, started: Callable[[int], None]
) -> None:
    """Serve until ``stop`` is set, or until a background job dies and takes us with it.

    ``started`` is told the port once connections are taken.
    """
    async with AsyncExitStack() as stack:
        runner = web.AppRunner(
            node.app, access_log=None, shutdown_timeout=min(HANDLERS_S, place.close_s)
        )
        stack.push_async_callback(_close, runner, place.close_s)
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
            now = asyncio.get_running_loop().time()
            end = now + place.notice_s + place.drain_s
            await _bounded(node.retire, end - place.drain_s / 2)
            turned_away = now + place.notice_s  # by then proxies send nobody any more
            await asyncio.sleep(max(0.0, turned_away - asyncio.get_running_loop().time()))
            await site.stop()  # nobody new; who is told goodbye comes back to another node
            await _bounded(node.drain, end)
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


async def _bounded(work: Job, end: float) -> None:
    """Take leave, but not for ever: a deaf client must not keep us."""
    try:
        async with asyncio.timeout_at(end):
            await work()
    except TimeoutError:
        log.warning("drain_cut_short")


async def _close(runner: web.AppRunner, close_s: float) -> None:
    """Close what setup opened, in reverse; what does not let itself be closed ends with us."""
    try:
        async with asyncio.timeout(close_s):
            await runner.cleanup()
    except TimeoutError:
        log.warning("close_cut_short", close_s=close_s)


def _port(runner: web.AppRunner) -> int:
    """Return the port that we got."""
    return int(runner.addresses[0][1])
