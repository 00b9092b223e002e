"""The demo shop does what a shop's own server has to do, and no more."""

import hashlib
import hmac
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from server.http.demo_shop import DemoShop
from server.http.problems import problems
from server.seeding.staff import Maker
from storage.people import ShopRow

SHOP = Maker(datetime(2026, 7, 1, tzinfo=UTC), Random(1)).shop([])
Client = TestClient[web.Request, web.Application]


class OneShop:
    """A memory with one shop in it, or none."""

    def __init__(self, shop: ShopRow | None) -> None:
        self.shop = shop

    async def by_key(self, key: str) -> ShopRow | None:
        return self.shop if self.shop is not None and self.shop.key == key else None


@pytest.fixture
def shops() -> OneShop:
    return OneShop(SHOP)


@pytest.fixture
async def client(tmp_path: Path, shops: OneShop) -> AsyncIterator[Client]:
    dist = tmp_path / "shop" / "dist"
    (dist / "tea").mkdir(parents=True)
    (dist / "index.html").write_text("front")
    (dist / "tea" / "index.html").write_text("tea")
    (dist / "strict-csp.html").write_text(
        '<script nonce="{{nonce}}"></script><code>{{policy}}</code>'
    )
    app = web.Application(middlewares=[problems])
    app.add_routes(DemoShop(tmp_path, shops).routes())
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def test_signing_in_gives_an_identity_that_the_secret_has_signed(client: Client) -> None:
    answer = await client.post("/shop/api/sign-in", json={"customer": "wang-fang"})

    told = await answer.json()
    good = hmac.new(SHOP.identity_secret.encode(), b"wang-fang", hashlib.sha256).hexdigest()
    assert answer.status == 200
    assert told["identity"]["name"] == "王芳"
    assert told["hash"] == good
    assert SHOP.identity_secret not in await answer.text()


@pytest.mark.parametrize(
    "body", ['{"customer": "somebody-else"}', "{}", "[", '{"id": "wang-fang"}', ""]
)
async def test_nobody_else_is_signed(client: Client, body: str) -> None:
    answer = await client.post("/shop/api/sign-in", data=body)

    assert answer.status == 422
    assert "hash" not in await answer.text()


async def test_before_it_is_seeded_the_shop_says_so(client: Client, shops: OneShop) -> None:
    shops.shop = None

    answer = await client.post("/shop/api/sign-in", json={"customer": "tom-reed"})

    assert answer.status == 503
    assert "kefu seed" in await answer.text()


async def test_pages_are_folders_and_their_addresses_end_with_a_slash(client: Client) -> None:
    assert await (await client.get("/shop/")).text() == "front"
    assert await (await client.get("/shop/tea/")).text() == "tea"
    assert (await client.get("/shop", allow_redirects=False)).headers["Location"] == "/shop/"
    moved = await client.get("/shop/tea", allow_redirects=False)
    assert moved.headers["Location"] == "/shop/tea/"


@pytest.mark.parametrize(
    "path", ["/shop/..%2f..%2fetc/passwd", "/shop/nothing/", "/shop/strict-csp.html"]
)
async def test_p10_what_was_not_built_does_not_exist(client: Client, path: str) -> None:
    assert (await client.get(path)).status == 404


async def test_the_strict_page_has_a_fresh_nonce_and_shows_its_policy(client: Client) -> None:
    nonces: set[str] = set()
    for _ in range(2):
        answer = await client.get("/shop/strict-csp")
        policy, text = answer.headers["Content-Security-Policy"], await answer.text()
        nonce = re.findall(r'nonce="([^"]+)"', text)[0]
        assert f"script-src 'nonce-{nonce}'" in policy
        assert "require-trusted-types-for 'script'" in policy
        assert "unsafe" not in policy
        assert "script-src" in text
        nonces.add(nonce)
    assert len(nonces) == 2
