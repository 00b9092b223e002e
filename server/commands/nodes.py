"""Runs one node until it is told to stop."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
from collections.abc import Callable

import structlog

from server.app import build
from server.cluster.child import KeepsEnding
from server.cluster.run import Cluster
from server.commands.provide import Provided
from server.commands.refused import Refused
from server.lifecycle import Place, serve, stop_on_signals
from server.settings import Settings
from server.tracing.opening import complaint_about

log = structlog.stdlib.get_logger()


async def run_node(provided: Provided, place: Place, started: Callable[[int], None]) -> int:
    """Build and serve a node; ``started`` is told its port. Return the exit code."""
    settings = provided.settings
    _refuse_missing_traces(settings)
    stop = asyncio.Event()
    with stop_on_signals(stop):
        node = await build(settings, port=place.port)
        if provided.watch is not None:
            node = dataclasses.replace(node, jobs={**node.jobs, "embedded": provided.watch})
        code = 0
        try:
            await serve(node, place, stop, started)
        except* Exception as failures:
            code = 1
            for failure in failures.exceptions:
                log.error("node_failed", exc_info=failure)  # noqa: TRY400 (one line for each)
    return code


async def run_cluster(provided: Provided, cluster: Cluster) -> int:
    """Run several nodes and their balancer. Return the exit code."""
    _refuse_missing_traces(provided.settings)
    stop, code = asyncio.Event(), 0
    with stop_on_signals(stop):
        try:
            await cluster.run(stop, provided.watch)
        except* KeepsEnding as failures:
            raise Refused(str(failures.exceptions[0])) from None
        except* Exception as failures:
            code = 1
            for failure in failures.exceptions:
                log.error("cluster_failed", exc_info=failure)  # noqa: TRY400
    return code


def _refuse_missing_traces(settings: Settings) -> None:
    if complaint := complaint_about(settings):
        raise Refused(complaint)


def refuse_taken_port(host: str, port: int) -> None:
    """Refuse at once, in a sentence, what binding would refuse later."""
    if complaint := port_complaint(host, port):
        raise Refused(complaint)


def port_complaint(host: str, port: int) -> str | None:
    """Return what is wrong with the address to listen on, or None."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return (
            f"{host}:{port} cannot be listened on ({error.strerror}). Stop what "
            "uses it, or choose another port with KEFU_PORT."
        )
    return None
