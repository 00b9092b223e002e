"""One commit carries many messages: it links to each that is followed, and each to it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, Sampler, SamplingResult

from server.tracing.commits import FollowedCommits
from server.tracing.otel import LinkedOrShare, OtelTracer
from storage.errors import StorageUnavailable
from storage.group_commit import GroupCommit
from storage.rows import Appended, Draft
from storage.waiters import Patience

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def draft(number: int) -> Draft:
    return Draft(
        conversation_id=uuid4(),
        shop_id=uuid4(),
        client_id=f"client-{number}",
        sender_kind="customer",
        sender_id=uuid4(),
        sender_name=None,
        text="private",
        now=NOW,
    )


class Store:
    """Storage whose first commit takes until the test says so. ``watch`` hears of all of them."""

    def __init__(self, watch: FollowedCommits) -> None:
        self.watch, self.gate, self.is_away = watch, asyncio.Event(), False
        self.commits = GroupCommit(self.store, batch_max=200, queue_max=1000)

    async def append(self, each: Draft) -> Appended:
        with self.watch.waiting(each):
            return await self.commits.add(each)

    async def store(self, drafts: Sequence[Draft], _patience: Patience) -> list[Appended]:
        with self.watch.committing(drafts):
            await self.gate.wait()
            if self.is_away:
                raise StorageUnavailable
            return [Appended("stored", number + 1, NOW) for number in range(len(drafts))]


class SomeOnly(Sampler):
    """Follows commands that the test names `followed`, and what links to them."""

    def should_sample(self, *given: object, **named: object) -> SamplingResult:  # type: ignore[override]
        share = 1.0 if named["name"] == "followed" else 0.0
        return LinkedOrShare(share).should_sample(*given, **named)  # type: ignore[arg-type]

    def get_description(self) -> str:
        return "SomeOnly"


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracer(spans: InMemorySpanExporter) -> Iterator[OtelTracer]:
    provider = TracerProvider(sampler=ParentBased(root=SomeOnly()), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(spans))
    yield OtelTracer(provider)
    provider.shutdown()


async def say(store: Store, tracer: OtelTracer, *names: str) -> None:
    """Let commands of these names store a message each, all in the commit after the first."""

    async def command(number: int, name: str) -> None:
        with tracer.begin(name, "server"):
            await store.append(draft(number))

    tasks = [asyncio.create_task(command(0, "others"))]
    await asyncio.sleep(0)
    tasks += [asyncio.create_task(command(1 + at, name)) for at, name in enumerate(names)]
    await asyncio.sleep(0)
    store.gate.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(each is None or isinstance(each, StorageUnavailable) for each in outcomes)


async def test_a_commit_and_the_messages_in_it_refer_to_each_other(
    tracer: OtelTracer, spans: InMemorySpanExporter
) -> None:
    await say(Store(FollowedCommits(tracer)), tracer, "followed", "others", "followed")
    done = spans.get_finished_spans()
    [commit] = [span for span in done if span.name == "commit messages"]
    stored = [span for span in done if span.name == "store message"]
    assert commit.parent is None
    assert commit.attributes is not None
    assert commit.attributes["db.operation.batch.size"] == 3
    assert len(stored) == 2
    assert {link.context.span_id for link in commit.links} == {
        span.context.span_id for span in stored
    }
    for span in stored:
        assert [link.context.span_id for link in span.links] == [commit.context.span_id]
        assert span.context.trace_id != commit.context.trace_id
    assert not [span for span in done if "private" in span.to_json()]


async def test_a_commit_that_fails_says_how_and_nothing_is_kept(
    tracer: OtelTracer, spans: InMemorySpanExporter
) -> None:
    watch = FollowedCommits(tracer)
    store = Store(watch)
    store.is_away = True
    await say(store, tracer, "followed")
    done = {span.name: span for span in spans.get_finished_spans()}
    assert "store message" in done
    assert "commit messages" not in done  # what waited behind the first was refused with it
    store.gate.clear()
    await say(store, tracer)
    with tracer.begin("followed", "server"), pytest.raises(StorageUnavailable):
        await store.append(draft(9))
    [commit] = [s for s in spans.get_finished_spans() if s.name == "commit messages"]
    assert commit.attributes is not None
    assert commit.attributes["error.type"] == "StorageUnavailable"
    assert vars(watch)["_waiting"] == {}


async def test_what_nobody_follows_leaves_no_span(
    tracer: OtelTracer, spans: InMemorySpanExporter
) -> None:
    await say(Store(FollowedCommits(tracer)), tracer, "others", "others")
    assert spans.get_finished_spans() == ()
