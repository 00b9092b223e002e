"""When a node is fit to get traffic: PostgreSQL answers, and it hears the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from server.http.health import Check
from server.parts.base import Base
from storage.bus import BusHealth


def checks_of(base: Base) -> Mapping[str, Check]:
    """Return what is looked at."""

    async def database() -> None:
        await base.db.clock()

    return {
        "database": database,
        "bus": hearing(lambda: base.bus.health, base.settings.bus_grace_s),
    }


def hearing(ask: Callable[[], BusHealth], grace_s: float) -> Check:
    """Return a check of the bus. A moment without it is borne: it comes to all nodes at once."""

    async def bus() -> str | None:
        health = ask()
        if not health.deaf:
            return None
        if health.deaf_s >= grace_s:
            servers = ", ".join(health.deaf_to) or "any server"
            raise ConnectionError(f"the bus does not hear itself through {servers}")
        return f"does not hear itself for {health.deaf_s:.0f} s; unwell after {grace_s:g} s"

    return bus
