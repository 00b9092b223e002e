"""Requests are named by the template of their route; a traceparent from outside is not believed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from aiohttp import ClientSession, web
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from server.http.problems import problems
from server.http.tracing import traced
from server.tracing.otel import OtelTracer

OUTSIDE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracer(spans: InMemorySpanExporter) -> Iterator[OtelTracer]:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(spans))
    yield OtelTracer(provider)
    provider.shutdown()


@pytest.fixture
async def site(tracer: OtelTracer) -> AsyncIterator[str]:
    async def fine(_: web.Request) -> web.Response:
        return web.Response()

    async def broken(_: web.Request) -> web.Response:
        raise ZeroDivisionError("mina@customer.example")

    async def away(_: web.Request) -> web.Response:
        raise web.HTTPFound("/things/1")

    app = web.Application(middlewares=[traced(tracer), problems])
    app.router.add_get("/things/{id}", fine)
    app.router.add_get("/health/live", fine)
    app.router.add_get("/broken", broken)
    app.router.add_get("/away", away)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.mark.parametrize(
    ("path", "name", "status"),
    [
        ("/things/mina@customer.example?q=secret", "GET /things/{id}", 200),
        ("/nowhere/mina@customer.example", "GET", 404),
        ("/broken", "GET /broken", 500),
        ("/away", "GET /away", 302),
    ],
)
async def test_a_request_is_named_by_its_route(
    site: str, spans: InMemorySpanExporter, path: str, name: str, status: int
) -> None:
    async with (
        ClientSession() as http,
        http.get(site + path, headers={"traceparent": OUTSIDE}, allow_redirects=False) as answer,
    ):
        assert answer.status == status
    [span] = spans.get_finished_spans()
    assert span.attributes is not None
    assert (span.name, span.attributes["http.response.status_code"]) == (name, status)
    assert ("error.type" in span.attributes) == (status == 500)
    assert span.parent is None
    assert f"{span.context.trace_id:032x}" not in OUTSIDE
    text = span.to_json()
    assert not [each for each in ("mina", "secret", "127.0.0.1") if each in text]


async def test_who_only_asks_whether_we_live_is_not_followed(
    site: str, spans: InMemorySpanExporter
) -> None:
    async with ClientSession() as http, http.get(f"{site}/health/live") as answer:
        assert answer.status == 200
    assert spans.get_finished_spans() == ()
