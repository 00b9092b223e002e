"""Webhooks: signed, tried until they arrive, in order, without names, and not into our network."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web

from server.http.posting import HttpPoster
from server.protocol.errors import Invalid, TooMany
from server.services.alerts.posts import posts_of
from server.services.alerts.targets import is_plainly_private, is_public
from server.services.outbox import LOOK_S, TRIES_MAX, Deliveries, NotArrived
from storage.alert_posts import AlertPosts, DuePost
from tests.alerts.conftest import TESTS_MAX, Watch
from tests.assignment.office import Office
from tests.sockets.waiting import until

HOUR_S = 3600.0


@dataclass
class Receiver:
    """Another program; it answers with each of ``answers`` in turn, then with 204."""

    url: str = ""
    answers: list[int] = field(default_factory=list[int])
    heard: list[tuple[dict[str, Any], bytes, dict[str, str]]] = field(
        default_factory=list[tuple[dict[str, Any], bytes, dict[str, str]]]
    )

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.heard.append((json.loads(body), body, dict(request.headers)))
        status = self.answers.pop(0) if self.answers else 204
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    @property
    def events(self) -> list[str]:
        return [body["event"] for body, _, _ in self.heard]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A real HTTP server."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


@pytest.fixture
async def poster() -> AsyncIterator[HttpPoster]:
    """Who posts; here it may reach this machine."""
    poster = HttpPoster(may_be_private=True)
    yield poster
    await poster.close()


@pytest.fixture
def posts(office: Office, poster: HttpPoster) -> Deliveries[DuePost]:
    """The job of one node."""
    return posts_of(AlertPosts(office.db), poster, office.clock)


async def test_what_is_raised_arrives_signed_and_names_nobody(
    office: Office, watch: Watch, posts: Deliveries[DuePost], receiver: Receiver
) -> None:
    rule = await watch.rule("gone", hold_s=0, clear_s=0, webhook_url=receiver.url)
    ann = await office.agent("ann")
    await office.customer()
    await office.accepts(ann)
    await office.node.presence.went(ann, "ann", signed_out=True)
    await watch.looks()
    assert await posts.turn() == 1

    [(body, raw, headers)] = receiver.heard
    moment, _, signed = headers["Kefu-Signature"].partition(",")
    text = moment.removeprefix("t=").encode() + b"." + raw
    right = hmac.new(rule.webhook_secret.encode(), text, hashlib.sha256).hexdigest()
    assert signed == f"v1={right}"
    assert (body["event"], body["id"]) == ("alert.raised", headers["Kefu-Delivery"])
    assert body["alert"]["subject"] == {"type": "agent", "id": str(ann.agent_id)}
    assert b"ann" not in raw, "people are told by id"
    assert await posts.turn() == 0, "it has arrived"
    [shown] = (await watch.admin.list(watch.lead)).items
    assert shown.webhook is not None
    assert shown.webhook.arrived


async def test_who_does_not_take_it_is_asked_again_later_and_later_in_order(
    office: Office, watch: Watch, posts: Deliveries[DuePost], receiver: Receiver
) -> None:
    await watch.rule("waiting", hold_s=0, clear_s=0, webhook_url=receiver.url)
    receiver.answers = [500, 302, 429]
    row = await office.customer()
    await watch.looks()
    await posts.turn()
    await watch.served(row.id)
    await watch.looks()
    assert await watch.kinds() == ["raised", "cleared"]

    waits: list[float] = []
    while len(receiver.heard) < 4:
        began, count = office.clock.monotonic(), len(receiver.heard)
        while len(receiver.heard) == count:
            await office.clock.advance(5)
            await posts.turn()
        waits.append(office.clock.monotonic() - began)
    assert waits == [5, 20, 40], "five of the first ten seconds had gone"
    await posts.turn()
    assert receiver.events == ["alert.raised"] * 4 + ["alert.cleared"]
    assert len({body["id"] for body, _, _ in receiver.heard}) == 2, "a retry is the same message"


async def test_a_node_that_dies_while_it_posts_loses_nothing(
    office: Office, watch: Watch, posts: Deliveries[DuePost], receiver: Receiver
) -> None:
    await watch.rule("waiting", hold_s=0, webhook_url=receiver.url)
    await office.customer()
    await watch.looks()
    now = office.clock.now()
    [taken] = await watch.posts.take(now, now.replace(minute=now.minute + 1), 10)
    assert await posts.turn() == 0, "another node has it"
    await office.clock.advance(61)
    assert await posts.turn() == 1
    assert [body["id"] for body, _, _ in receiver.heard] == [str(taken.id)]


async def test_it_is_given_up_in_the_end_and_says_why(
    office: Office, watch: Watch, posts: Deliveries[DuePost], receiver: Receiver
) -> None:
    rule = await watch.rule("waiting", hold_s=0, webhook_url=receiver.url)
    receiver.answers = [503] * 100
    await office.customer()
    await watch.looks()
    for _ in range(TRIES_MAX + 3):
        await posts.turn()
        await office.clock.advance(HOUR_S)
    assert len(receiver.heard) == TRIES_MAX
    receiver.heard.clear()
    tried = await watch.admin.test(watch.lead, UUID(rule.id))
    assert tried.webhook is not None
    assert (tried.webhook.kind, tried.webhook.ended_at) == ("test", None)
    await posts.turn()
    await office.clock.advance(HOUR_S)
    await posts.turn()
    assert receiver.events == ["alert.test"], "a test is tried once"
    [shown] = (await watch.admin.list(watch.lead)).items
    assert shown.webhook is not None
    assert (shown.webhook.problem, shown.webhook.arrived) == ("status_503", False)


async def test_webhooks_are_tried_only_so_often(
    office: Office, watch: Watch, receiver: Receiver
) -> None:
    """A console that hammers the button would hammer another program with our signature."""
    rule = await watch.rule("waiting", webhook_url=receiver.url)
    for _ in range(TESTS_MAX):
        await watch.admin.test(watch.lead, UUID(rule.id))
    with pytest.raises(TooMany) as refused:
        await watch.admin.test(watch.lead, UUID(rule.id))
    assert refused.value.details["setting"] == "webhook_tests_per_minute"
    assert await watch.kinds() == ["test"] * TESTS_MAX


async def test_what_surprises_is_tried_again_and_holds_up_no_other(
    office: Office, watch: Watch, receiver: Receiver, poster: HttpPoster
) -> None:
    class Surprising:
        async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
            if url.endswith("?odd"):
                raise UnicodeError("label too long")
            await poster.post(url, body, headers)

    await watch.rule("waiting", hold_s=0, webhook_url=f"{receiver.url}?odd")
    await watch.rule("uncovered", hold_s=0, webhook_url=receiver.url)
    await office.customer()
    await watch.looks()

    assert await posts_of(watch.posts, Surprising(), office.clock).turn() == 2

    assert receiver.events == ["alert.raised"]
    odd, fine = (await watch.admin.list(watch.lead)).items[::-1]
    assert odd.webhook is not None
    assert (odd.webhook.problem, odd.webhook.ended_at) == ("unexpected", None)
    assert fine.webhook is not None
    assert fine.webhook.arrived


async def test_a_look_that_surprises_does_not_end_the_node(
    office: Office,
    watch: Watch,
    posts: Deliveries[DuePost],
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await watch.rule("waiting", hold_s=0, webhook_url=receiver.url)
    await office.customer()
    await watch.looks()
    failed = asyncio.Event()

    async def surprises(*_: object) -> list[DuePost]:
        failed.set()
        raise ValueError("nobody foresaw this")

    with monkeypatch.context() as broken:
        broken.setattr(AlertPosts, "take", surprises)
        job = asyncio.create_task(posts.run())
        await office.clock.advance(LOOK_S)
        await failed.wait()
        await office.clock.settle()
        assert not job.done()
    await office.clock.advance(LOOK_S)
    await until(lambda: receiver.events == ["alert.raised"])
    job.cancel()


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0.0.0.0", "[::1]",
        "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "10.0.0.1",
        "169.254.169.254", "192.168.1.1", "100.64.0.1", "１２７.0.0.1", "224.0.0.1",
    ],
)  # fmt: skip
async def test_our_own_machine_and_network_are_never_posted_to(
    host: str, receiver: Receiver
) -> None:
    """However the address is written, or wherever a name leads."""
    port = receiver.url.rpartition(":")[2].partition("/")[0]
    poster = HttpPoster()
    with pytest.raises(NotArrived, match="address_refused"):
        await poster.post(f"http://{host}:{port}/hook", b"{}", {})
    await poster.close()
    assert not receiver.heard


async def test_a_rule_that_points_into_our_network_is_refused_at_once(
    office: Office, watch: Watch
) -> None:
    watch.admin = watch.administration(may_be_private=False)
    for url in ("http://localhost:80/", "http://10.0.0.1/", "http://[::1]/"):
        with pytest.raises(Invalid) as refused:
            await watch.rule("waiting", webhook_url=url)
        assert refused.value.field == "webhook_url"
    assert await watch.rule("waiting", webhook_url="https://hooks.shop.example/kefu")


def test_what_is_public() -> None:
    assert is_public("93.184.215.14")
    assert is_public("2606:2800:21f:cb07:6820:80da:af6b:8b2c")
    assert not is_public("::ffff:10.0.0.1")
    assert not is_public("no address")
    assert not is_plainly_private("https://shop.example")
