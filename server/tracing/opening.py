"""Opens the way to a collector of traces, if one is named."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Protocol, cast

from server.services.tracing import Tracer
from server.settings import Settings

ADAPTER = "server.tracing.otel"
MISSING = (
    "KEFU_OTLP_ENDPOINT is set, but the packages that send traces are not installed. Install them "
    "with `make traces`, or leave KEFU_OTLP_ENDPOINT out."
)


class TracesMissing(Exception):
    """Traces are asked for, and the packages for them are not there."""


class Traces(Tracer, Protocol):
    """A tracer with a collector behind it."""

    async def close(self) -> None:
        """Send what waits, within a few seconds."""
        ...


class _Adapter(Protocol):
    open_traces: Callable[[str, float, str], Traces]


def traces_of(settings: Settings, node: str) -> Traces | None:
    """Return what follows messages, or None if nobody asked. Raises TracesMissing."""
    if settings.otlp_endpoint is None:
        return None
    return _adapter().open_traces(settings.otlp_endpoint, settings.trace_share, node)


def complaint_about(settings: Settings) -> str | None:
    """Return what keeps traces from being sent, or None."""
    if settings.otlp_endpoint is not None:
        try:
            _adapter()
        except TracesMissing as missing:
            return str(missing)
    return None


def _adapter() -> _Adapter:
    try:
        return cast("_Adapter", importlib.import_module(ADAPTER))
    except ImportError as error:
        raise TracesMissing(MISSING) from error


async def close_traces(traces: Traces | None) -> None:
    """Send what waits."""
    if traces is not None:
        await traces.close()
