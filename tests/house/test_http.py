"""Errors as problems, health in words, and pages with the right headers."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter

from server.http.health import Health
from server.http.problems import STATUS, problems
from server.http.static import Pages, lent_files
from server.protocol import errors
from server.protocol.errors import AlreadyTaken, AppError, TooMany


class Site:
    """A running application and somebody who asks it."""

    def __init__(self, client: aiohttp.ClientSession, base: str) -> None:
        self._client, self.base = client, base

    def get(self, path: str, **more: Any):
        return self._client.get(self.base + path, **more)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    app = web.Application(middlewares=[problems])

    async def fail(request: web.Request) -> web.Response:
        match request.match_info["how"]:
            case "taken":
                raise AlreadyTaken(agent="Mei")
            case "busy":
                raise TooMany(setting="commands_per_s", retry_after_ms=1500)
            case _:
                raise ValueError("a secret of the house")

    async def well() -> None:
        return None

    async def unwell() -> None:
        raise ConnectionError("postgres://me:secret@host")

    registry = CollectorRegistry()
    Counter("kefu_messages", "Messages stored", registry=registry).inc()
    health = Health({"database": well}, registry)
    sick = Health({"database": well, "bus": unwell}, registry)
    app.router.add_routes([web.get("/fail/{how}", fail), web.get("/sick", sick.ready)])
    app.router.add_routes(health.routes())
    app.router.add_routes(Pages(web_dir(tmp_path), may_frame, borrow, has_shop=True).routes())
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0]
    async with aiohttp.ClientSession() as client:
        yield Site(client, f"http://{host}:{port}")
    await runner.cleanup()


async def borrow(name: str) -> bytes | None:
    return gzip.compress(b"3") if name == "console/assets/b-77aa.js" else None


async def may_frame(site: str) -> tuple[str, ...] | None:
    return ("https://shop.example",) if site == "demo" else None


def web_dir(folder: Path) -> Path:
    for name, text in {
        "loader/dist/kefu.js": "1",
        "widget/dist/index.html": "<p>widget",
        "widget/dist/assets/a-1f2e.js": "2",
        "console/dist/index.html": "<p>console",
        "console/secret.txt": "no",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "widget/dist/assets/a-1f2e.js.gz").write_bytes(b"packed")
    return folder


def test_p9_every_kind_of_error_has_a_status() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    for kind in kinds:
        if issubclass(kind, AppError):
            assert any(parent in STATUS for parent in kind.__mro__)


async def test_a_refusal_is_a_problem_with_code_reason_and_sentence(site: Site) -> None:
    async with site.get("/fail/taken") as answer:
        assert answer.status == 409
        assert answer.content_type == "application/problem+json"
        problem = await answer.json()
    assert problem["code"] == "conflict"
    assert problem["details"] == {"agent": "Mei", "reason": "already_taken"}
    assert problem["detail"].startswith("Somebody else was quicker")


async def test_who_asks_too_often_is_told_when_to_come_back(site: Site) -> None:
    async with site.get("/fail/busy") as answer:
        assert answer.status == 429
        assert answer.headers["Retry-After"] == "2"


async def test_our_own_failure_tells_nothing_of_the_house(site: Site) -> None:
    async with site.get("/fail/badly") as answer:
        assert answer.status == 500
        assert "secret" not in await answer.text()


async def test_what_is_not_there_is_a_problem_too(site: Site) -> None:
    async with site.get("/nowhere") as answer:
        assert (answer.status, (await answer.json())["code"]) == (404, "not_found")


async def test_a_person_who_asks_for_a_page_that_is_not_there_finds_home(site: Site) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    async with site.get("/nowhere", headers=browser) as answer:
        page = await answer.text()
        assert (answer.status, answer.content_type) == (404, "text/html")
        assert "style-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert '<a href="/">' in page
    assert "style" not in page
    for path in ("/api/v1/nowhere", "/api", "/widget/?site=nobody"):
        async with site.get(path, headers=browser) as answer:
            assert (answer.status, answer.content_type) == (404, "application/problem+json")


async def test_health_is_live_ready_and_counted(site: Site) -> None:
    async with site.get("/health/live") as answer:
        assert answer.status == 200
    async with site.get("/health/ready") as answer:
        assert (await answer.json())["checks"] == {"database": "ok"}
    async with site.get("/metrics") as answer:
        assert "kefu_messages_total 1.0" in await answer.text()


@pytest.mark.parametrize(
    "path",
    [
        "/%6detrics",
        "/metric%73",
        "/%6Detrics?x=1",
        "/m%65trics#/metrics",
        "//metrics",
        "/./metrics",
    ],
)
async def test_figures_are_told_only_where_a_proxy_that_keeps_them_inside_looks(
    site: Site, path: str
) -> None:
    host, port = site.base.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    said = await reader.read()
    writer.close()
    assert said.startswith(b"HTTP/1.1 404 ")
    assert b"kefu_messages" not in said


async def test_figures_may_be_asked_for_with_a_query(site: Site) -> None:
    async with site.get("/metrics?name[]=kefu_messages_total") as answer:
        assert answer.status == 200


async def test_an_unwell_part_is_named_and_nothing_else_is_told(site: Site) -> None:
    async with site.get("/sick") as answer:
        assert answer.status == 503
        said = await answer.text()
    assert '"bus":"unwell"' in said
    assert "secret" not in said


async def test_p10_the_widget_may_be_framed_by_its_shop_only(site: Site) -> None:
    async with site.get("/widget/?site=demo") as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'self' https://shop.example" in policy
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-cache"
    async with site.get("/widget/?site=other") as answer:
        assert answer.status == 404


async def test_hashed_files_are_kept_for_ever_and_travel_packed(site: Site) -> None:
    async with site.get("/widget/assets/a-1f2e.js", auto_decompress=False) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Encoding"] == "gzip"
        assert await answer.read() == b"packed"


def test_only_the_hashed_files_of_pages_are_lent(tmp_path: Path) -> None:
    folder = web_dir(tmp_path)
    (folder / "console/dist/assets").mkdir()
    (folder / "console/dist/assets/c-99.js").write_text("4")

    lent = lent_files(folder)

    assert lent.pop("widget/assets/a-1f2e.js") == b"packed"
    assert gzip.decompress(lent.pop("console/assets/c-99.js")) == b"4"
    assert lent == {}


async def test_a_file_that_another_node_lent_is_kept_for_ever_too(site: Site) -> None:
    for accepted, encoding in (("gzip", "gzip"), ("identity", None)):
        headers = {"Accept-Encoding": accepted}
        async with site.get("/console/assets/b-77aa.js", headers=headers) as answer:
            assert await answer.text() == "3"
            assert answer.headers.get("Content-Encoding") == encoding
            assert answer.content_type in {"text/javascript", "application/javascript"}
            assert "immutable" in answer.headers["Cache-Control"]
    for path in ("/console/assets/gone.js", "/widget/assets/gone.js"):
        async with site.get(path) as answer:
            assert answer.status == 404


async def test_the_console_answers_its_own_addresses_and_cannot_be_framed(site: Site) -> None:
    for path in ("/console", "/console/", "/console/waiting/7"):
        async with site.get(path) as answer:
            assert await answer.text() == "<p>console"
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path", ["/console/..%2fsecret.txt", "/widget/%2e%2e/%2e%2e/loader", "/kefu.css"]
)
async def test_p10_no_request_can_name_a_file_of_its_own(site: Site, path: str) -> None:
    async with site.get(path) as answer:
        assert answer.status == 404


async def test_the_loader_may_be_used_by_any_shop(site: Site) -> None:
    async with site.get("/kefu.js") as answer:
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.content_type in {"text/javascript", "application/javascript"}
