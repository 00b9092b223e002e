"""The demo shop, Willow & Reed: its pages, and the little a shop's own server has to do."""

from __future__ import annotations

import html
import secrets
from pathlib import Path
from typing import Protocol

import msgspec
from aiohttp import web
from msgspec import Struct

from server.http.static import SAFE, Folder, content_policy
from server.protocol.errors import Invalid, NotFound, Unavailable
from server.seeding.people import DEMO_CUSTOMERS
from server.seeding.setup import SHOP_KEY
from server.services.identity import hash_of
from storage.people import ShopRow

NONCE_BYTES = 18
BODY_MAX_BYTES = 1024


class Shops(Protocol):
    """Where the shop's identity secret is known."""

    async def by_key(self, key: str) -> ShopRow | None:
        """Return the shop with this public key, or None."""
        ...


class SignIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Who of the three demo customers somebody would like to be."""

    customer: str


class Signed(Struct, frozen=True):
    """An identity and its signature, for ``Kefu('setUser', identity, hash)``."""

    identity: dict[str, str]
    hash: str


class DemoShop:
    """Serves the built pages below ``/shop/`` and signs the demo customers in."""

    def __init__(self, web_dir: Path, shops: Shops) -> None:
        dist = web_dir / "shop" / "dist"
        self._folder = Folder(dist)
        self._strict_page = dist / "strict-csp.html"
        self._shops = shops

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get("/shop", self._to_front_page),
            web.get("/shop/strict-csp", self.strict),
            web.post("/shop/api/sign-in", self.sign_in),
            web.get("/shop/{name:.*}", self.page),
        ]

    async def page(self, request: web.Request) -> web.FileResponse:
        """Serve a page or one of its files."""
        name = request.match_info["name"]
        if name == "" or name.endswith("/"):
            name += "index.html"
        elif name not in self._folder and f"{name}/index.html" in self._folder:
            raise web.HTTPPermanentRedirect(request.rel_url.with_path(request.path + "/"))
        if name == self._strict_page.name:
            raise NotFound
        return self._folder.file(name)

    async def strict(self, _: web.Request) -> web.Response:
        """Serve one page under a policy as strict as a careful shop's: nonces and Trusted Types."""
        if self._strict_page.name not in self._folder:
            raise NotFound
        nonce = secrets.token_urlsafe(NONCE_BYTES)
        headers = content_policy(
            script_src=f"'nonce-{nonce}'",
            frame_src="'self'",
            require_trusted_types_for="'script'",
            trusted_types="'none'",
        )
        shown = html.escape(headers["Content-Security-Policy"].replace("; ", ";\n"))
        text = self._strict_page.read_text(encoding="utf-8")
        text = text.replace("{{nonce}}", nonce).replace("{{policy}}", shown)
        headers["Cache-Control"] = "no-store"
        return web.Response(text=text, content_type="text/html", headers=headers)

    async def sign_in(self, request: web.Request) -> web.Response:
        """Vouch for a demo customer, as a shop's server does for whoever signed in there."""
        if (request.content_length or 0) > BODY_MAX_BYTES:
            raise Invalid("That is more than a name.")
        try:
            asked = msgspec.json.decode(await request.read(), type=SignIn)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Invalid("Say which customer, as JSON.", field="customer") from error
        customer = next(
            (each for each in DEMO_CUSTOMERS if each.external_id == asked.customer), None
        )
        if customer is None:
            raise Invalid("There is no demo customer of that name.", field="customer")
        shop = await self._shops.by_key(SHOP_KEY)
        if shop is None:
            raise Unavailable("The demo shop is not set up yet. Run `kefu seed`.")
        identity = {"id": customer.external_id, "name": customer.name, "email": customer.email}
        signed = Signed(identity, hash_of(shop.identity_secret, customer.external_id))
        headers = {"Cache-Control": "no-store", **SAFE}
        return web.Response(
            body=msgspec.json.encode(signed), content_type="application/json", headers=headers
        )

    async def _to_front_page(self, _: web.Request) -> web.StreamResponse:
        raise web.HTTPPermanentRedirect("/shop/")
