"""The tracer of OpenTelemetry. Spans leave in a thread of their own, as OTLP over HTTP.

The only module that imports OpenTelemetry: without the extra `trace` it cannot be imported.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import (
    ALWAYS_ON,
    ParentBased,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceState
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import Attributes as OtelAttributes

from server.services.tracing import NOTHING, Attributes, Kind, Value
from server.version import VERSION

CLOSE_S = 2.0
SEND_S = 5.0
LINKS_MAX = 2000  # as many as messages may be stored by one statement
KINDS: dict[Kind, SpanKind] = {
    "internal": SpanKind.INTERNAL,
    "server": SpanKind.SERVER,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
}

_propagator = TraceContextTextMapPropagator()


class OtelSpan:
    """A span of OpenTelemetry, as the port has it."""

    __slots__ = ("_span",)

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    @property
    def traceparent(self) -> str | None:
        """What it is called elsewhere; None when nobody follows it."""
        context = self._span.get_span_context()
        if not context.trace_flags.sampled:
            return None
        return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"

    def note(self, name: str, value: Value) -> None:
        """Add an attribute."""
        self._span.set_attribute(name, value)

    def link(self, traceparent: str) -> None:
        """Refer to a span of another trace."""
        context = _read(traceparent)
        if context is not None:
            self._span.add_link(context)

    def fail(self, kind: str) -> None:
        """Say that it went wrong, and how, in one word."""
        self._span.set_attribute("error.type", kind)
        self._span.set_status(Status(StatusCode.ERROR))


UNFOLLOWED = OtelSpan(trace.INVALID_SPAN)


class OtelTracer:
    """A node's tracer."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("kefu", VERSION)

    @property
    def here(self) -> str | None:
        """The span that we are in; None when nobody follows it."""
        return OtelSpan(trace.get_current_span()).traceparent

    @contextmanager
    def begin(
        self,
        name: str,
        kind: Kind,
        attributes: Attributes = NOTHING,
        *,
        links: Sequence[str] = (),
    ) -> Generator[OtelSpan]:
        """Begin a trace; one in so many is followed, and every one that links to such a one."""
        contexts = [context for context in map(_read, links) if context is not None]
        with self._tracer.start_as_current_span(
            name,
            context=Context(),
            kind=KINDS[kind],
            attributes=attributes,
            links=[Link(context) for context in contexts],
            record_exception=False,  # what an exception says may quote somebody
            set_status_on_exception=False,
        ) as span:
            yield OtelSpan(span)

    @contextmanager
    def within(
        self,
        name: str,
        kind: Kind = "internal",
        attributes: Attributes = NOTHING,
        *,
        of: object = None,
    ) -> Generator[OtelSpan]:
        """Begin a part of the span that we are in, or of the one that is named; else nothing."""
        parent = trace.get_current_span().get_span_context() if of is None else _read(of)
        if parent is None or not parent.trace_flags.sampled:
            yield UNFOLLOWED
            return
        with self._tracer.start_as_current_span(
            name,
            context=trace.set_span_in_context(trace.NonRecordingSpan(parent), Context()),
            kind=KINDS[kind],
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield OtelSpan(span)

    async def close(self) -> None:
        """Send what waits; a collector that does not answer must not keep us."""
        sending = threading.Thread(target=self._provider.shutdown, daemon=True)
        sending.start()
        await asyncio.to_thread(sending.join, CLOSE_S)


class LinkedOrShare(Sampler):
    """Follow what links to something that is followed, and a share of all else."""

    def __init__(self, share: float) -> None:
        self._share = TraceIdRatioBased(share)

    def should_sample(  # noqa: PLR0913, PLR0917 - as OpenTelemetry has it
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: OtelAttributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        """Decide at the beginning of a trace."""
        is_linked = any(link.context.trace_flags.sampled for link in links or ())
        sampler = ALWAYS_ON if is_linked else self._share
        return sampler.should_sample(
            parent_context, trace_id, name, kind, attributes, links, trace_state
        )

    def get_description(self) -> str:
        """Say what it does."""
        return f"LinkedOrShare{{{self._share.get_description()}}}"


def open_traces(endpoint: str, share: float, node: str) -> OtelTracer:
    """Return a tracer that sends to the OTLP collector at ``endpoint``."""
    provider = TracerProvider(
        sampler=ParentBased(root=LinkedOrShare(share)),
        resource=Resource.create(
            {
                "service.name": "kefu",
                "service.version": VERSION,
                "service.instance.id": node,
            }
        ),
        shutdown_on_exit=False,
        span_limits=SpanLimits(max_links=LINKS_MAX),
    )
    exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", timeout=SEND_S)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return OtelTracer(provider)


def _read(traceparent: object) -> SpanContext | None:
    """Read what another node wrote; None for what is not a traceparent."""
    if not isinstance(traceparent, str):
        return None
    found = _propagator.extract({"traceparent": traceparent}, Context())
    context = trace.get_current_span(found).get_span_context()
    return context if context.is_valid else None
