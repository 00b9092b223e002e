"""A shop's own website on an origin of its own, with the widget in its pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

STRICT = (
    "default-src 'none'; script-src 'nonce-shop' {node}; style-src 'nonce-shop'; img-src 'self'; "
    "frame-src {node}; connect-src 'self'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style nonce="shop">
  body {{ margin: 0; font: 16px/1.5 system-ui, "Noto Sans CJK SC", sans-serif; padding: 24px; }}
  @media (prefers-color-scheme: dark) {{ body {{ background: #101312; color: #dfe5e2; }} }}
</style></head>
<body><h1>{title}</h1><p>Linen, wood and quiet colours.</p>
<a href="/other">Another page</a>
{before}
<script nonce="shop" async src="{node}/kefu.js" {data}></script>
{after}
</body></html>"""


@dataclass
class Site:
    """Where the shop's pages are, and what stands in them."""

    node: str
    key: str
    url: str = ""
    lang: str = "en"
    data: str = ""
    before: str = ""
    after: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    served: list[str] = field(default_factory=list)

    async def page(self, request: web.Request) -> web.Response:
        """Answer every path with a page that carries the widget."""
        self.served.append(request.path)
        text = PAGE.format(
            lang=self.lang,
            title=f"Willow & Reed {request.path}",
            node=self.node,
            data=self.data or f'data-site="{self.key}"',
            before=self.before,
            after=self.after,
        )
        headers = {name: value.format(node=self.node) for name, value in self.headers.items()}
        return web.Response(text=text, content_type="text/html", headers=headers)


@asynccontextmanager
async def open_site(node: str, key: str, host: str = "localhost") -> AsyncIterator[Site]:
    """Serve the shop's pages on a free port; another site than the node, as browsers count."""
    site = Site(node, key)
    app = web.Application()
    app.router.add_get("/{path:.*}", site.page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    place = web.TCPSite(runner, "127.0.0.1", 0)
    await place.start()
    port = runner.addresses[0][1]
    site.url = f"http://{host}:{port}"
    try:
        yield site
    finally:
        await runner.cleanup()
