"""Figures of what a node stands on: its process, PostgreSQL, and whether it hears the others."""

from __future__ import annotations

import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector

from storage.bus import BusHealth
from storage.database import Connections


def figure_process(registry: CollectorRegistry) -> None:
    """Tell processor, memory and open files of this process, by the names that all programs use."""
    ProcessCollector(registry=registry)


def figure_bus(registry: CollectorRegistry, ask: Callable[[], BusHealth]) -> None:
    """Tell for how long this node has not heard itself; since now, if it never did."""
    began = time.monotonic()
    Gauge(
        "kefu_bus_deaf_seconds",
        "How long this node has not heard itself through Valkey.",
        registry=registry,
    ).set_function(lambda: min(ask().deaf_s, time.monotonic() - began))


def figure_storing(
    registry: CollectorRegistry, waiting: Callable[[], int], pool: Callable[[], Connections]
) -> None:
    """Tell what waits to be stored, and how full the pool is."""
    Gauge(
        "kefu_messages_waiting", "Messages that wait for the next commit.", registry=registry
    ).set_function(waiting)
    connections = Gauge(
        "kefu_database_connections",
        "Connections to PostgreSQL that are in use, and those that are free or may be opened.",
        ("state",),
        registry=registry,
    )
    connections.labels("used").set_function(lambda: pool().used)
    connections.labels("free").set_function(lambda: pool().free)
