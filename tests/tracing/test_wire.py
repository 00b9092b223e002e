"""What nodes say to each other with and without traces, and what a node makes of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from routing.engine import Decision
from server.services.assignment.pokes import Pokes
from server.services.assignment.trails import Trails
from server.settings import Settings
from server.sockets.delivered import Delivered
from server.sockets.fanout import SocketFanout
from server.sockets.relay import Told
from server.sockets.rooms import Rooms
from server.tracing.opening import ADAPTER, TracesMissing, complaint_about, traces_of
from server.tracing.otel import OtelTracer
from tests.sockets.stage import ROOM, said

GOOD = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
UNFOLLOWED = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
STRANGE = [
    "", "nonsense", 7, {"trace": GOOD}, GOOD[:-1], GOOD.upper(), f"{GOOD}-more", "ff" + GOOD[2:],
    "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "x" * 100_000,
]  # fmt: skip


class Relay:
    """Another node's ear: keeps what is published, and hands over what another node said."""

    is_alone = False

    def __init__(self) -> None:
        self.published: list[bytes] = []
        self.heard: Callable[[str, bytes], None] = lambda channel, body: None

    def publish(self, channel: str, body: bytes) -> None:
        self.published.append(body)

    def listen(self, channel: str, handler: Callable[[str, bytes], None]) -> None:
        self.heard = handler

    def unlisten(self, channel: str) -> None: ...


class Listener:
    """A session in the room."""

    id, namespace, veil = "session-1", "/agent", None

    def __init__(self) -> None:
        self.rooms: set[str] = set()
        self.frames: list[Any] = []

    def send(self, frame: Any) -> None:
        self.frames.append(frame)


class Node:
    """A fan-out with one listener and a relay."""

    def __init__(self, tracer: OtelTracer | None) -> None:
        self.relay, self.listener, rooms = Relay(), Listener(), Rooms()
        self.strange: list[Exception] = []
        delivered = Delivered(lambda: False)
        self.fanout = SocketFanout(rooms, delivered, self.relay, self.strange.append, tracer)
        rooms.join(self.listener, ROOM)  # type: ignore[arg-type]

    def tell(self) -> bytes:
        self.fanout.tell(ROOM, "message:created", said("hello"))
        return self.relay.published[-1]

    def hear(self, body: bytes) -> None:
        self.relay.heard(f"kefu:room:{ROOM}", body)


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracer(spans: InMemorySpanExporter) -> Iterator[OtelTracer]:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(spans))
    yield OtelTracer(provider)
    provider.shutdown()


def names(spans: InMemorySpanExporter) -> list[str]:
    return [span.name for span in spans.get_finished_spans()]


def test_without_traces_nothing_of_them_is_on_the_wire() -> None:
    parts = msgspec.msgpack.decode(Node(None).tell())
    assert len(parts) == 1 + len(Told.__struct_fields__)


def test_what_nobody_follows_is_on_the_wire_as_without_traces(
    tracer: OtelTracer, spans: InMemorySpanExporter
) -> None:
    assert Node(tracer).tell() == Node(None).tell()
    assert names(spans) == []


def test_a_followed_event_names_its_span_and_the_version_before_understands_it(
    tracer: OtelTracer,
) -> None:
    with tracer.begin("message:send", "server") as span:
        body = Node(tracer).tell()
    *known, traceparent = msgspec.msgpack.decode(body)
    assert known == msgspec.msgpack.decode(Node(None).tell())
    assert span.traceparent is not None
    assert traceparent[:36] == span.traceparent[:36]
    before = msgspec.msgpack.decode(body, type=Told)  # what the version before reads
    assert (before.event, before.seq) == ("message:created", 1)


@pytest.mark.parametrize("traceparent", [*STRANGE, UNFOLLOWED], ids=lambda each: repr(each)[:40])
def test_a_traceparent_that_is_none_is_overlooked(
    tracer: OtelTracer, spans: InMemorySpanExporter, traceparent: object
) -> None:
    node = Node(tracer)
    parts = msgspec.msgpack.decode(Node(None).tell())
    node.hear(msgspec.msgpack.encode([*parts, traceparent]))
    assert len(node.listener.frames) == 1
    assert (names(spans), node.strange) == ([], [])


def test_a_node_without_traces_hears_what_another_follows(tracer: OtelTracer) -> None:
    with tracer.begin("message:send", "server"):
        body = Node(tracer).tell()
    node = Node(None)
    node.hear(body)
    assert (len(node.listener.frames), node.strange) == (1, [])


def test_rooms_named_after_a_token_are_not_told(
    tracer: OtelTracer, spans: InMemorySpanExporter
) -> None:
    node = Node(tracer)
    with tracer.begin("sign-out", "server"):
        node.fanout.tell("sign-in:c0ffee", "message:created", said("hello"))
    assert "publish message:created" in names(spans)
    assert not [span for span in spans.get_finished_spans() if "c0ffee" in span.to_json()]


def decision(conversation: object) -> Decision:
    return Decision(task=str(conversation), agents=("a",), offer_timeout_s=20.0, record=None)


class Wire:
    """Where pokes are published."""

    def __init__(self) -> None:
        self.said: list[bytes] = []

    def publish(self, channel: str, body: bytes) -> None:
        self.said.append(body)


def poke(trails: Trails | None, shop: Any, conversation: Any) -> bytes:
    wire = Wire()
    Pokes(wire, trails).arrived(shop, conversation)
    return wire.said[0]


@pytest.mark.parametrize("traceparent", STRANGE[:5], ids=repr)
def test_a_poke_with_a_strange_traceparent_is_heard_and_not_followed(
    tracer: OtelTracer, spans: InMemorySpanExporter, traceparent: object
) -> None:
    shop, conversation = uuid4(), uuid4()
    trails = Trails(tracer)
    host = Pokes(None, trails)
    host.serve(lambda: True)
    parts = msgspec.json.decode(poke(None, shop, conversation))
    assert len(parts) == 3
    host.hear("", msgspec.json.encode([*parts, traceparent]))
    assert host.take()[shop].waiting == {conversation}
    with trails.routing(decision(conversation)):
        pass
    assert names(spans) == []


def test_a_followed_poke_is_understood_without_traces(tracer: OtelTracer) -> None:
    shop, conversation = uuid4(), uuid4()
    with tracer.begin("conversation:start", "server"):
        body = poke(Trails(tracer), shop, conversation)
    assert len(msgspec.json.decode(body)) == 4
    host = Pokes()
    host.serve(lambda: True)
    host.hear("", body)
    assert host.take()[shop].waiting == {conversation}


def test_without_the_packages_a_node_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, ADAPTER)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    asked = Settings(otlp_endpoint="http://127.0.0.1:4318")
    with pytest.raises(TracesMissing, match="make traces"):
        traces_of(asked, "node")
    assert "make traces" in (complaint_about(asked) or "")
    assert complaint_about(Settings()) is None
    assert traces_of(Settings(), "node") is None
