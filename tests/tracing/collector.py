"""A collector of traces, as nodes send to it: OTLP over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Seen:
    """A span, as it was sent."""

    node: str
    name: str
    trace: str
    id: str
    parent: str
    links: tuple[tuple[str, str], ...]
    about: dict[str, Any]
    resource: dict[str, Any]
    events: int
    status: str


@dataclass
class Collector:
    """What nodes have sent. All of it is here once they have stopped."""

    url: str = ""
    spans: list[Seen] = field(default_factory=list)

    def named(self, name: str) -> list[Seen]:
        return [span for span in self.spans if span.name == name]

    def parts(self, of: Seen, name: str) -> list[Seen]:
        """Return the spans of that name right below one."""
        return [span for span in self.named(name) if (span.trace, span.parent) == (of.trace, of.id)]

    async def take(self, request: web.Request) -> web.Response:
        """Take what a node sends."""
        sent = ExportTraceServiceRequest.FromString(await request.read())
        for node in sent.resource_spans:
            resource = {each.key: _value(each.value) for each in node.resource.attributes}
            for scope in node.scope_spans:
                self.spans += [_seen(span, resource) for span in scope.spans]
        return web.Response()


def _seen(span: Any, resource: dict[str, Any]) -> Seen:
    return Seen(
        node=resource["service.instance.id"],
        name=span.name,
        trace=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        links=tuple((link.trace_id.hex(), link.span_id.hex()) for link in span.links),
        about={each.key: _value(each.value) for each in span.attributes},
        resource=resource,
        events=len(span.events),
        status=span.status.message,
    )


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(each) for each in value.array_value.values]
    return getattr(value, kind)


@asynccontextmanager
async def open_collector() -> AsyncIterator[Collector]:
    """Listen on a free port."""
    collector = Collector()
    app = web.Application()
    app.router.add_post("/v1/traces", collector.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    collector.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield collector
    await runner.cleanup()
