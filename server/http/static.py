"""The built web pages: found once at start, so that no request can name a file of its own."""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path

from aiohttp import web

from server.http import front
from server.http.lending import unpacked
from server.protocol.errors import NotFound

Borrow = Callable[[str], Awaitable[bytes | None]]
MayFrame = Callable[[str], Awaitable[tuple[str, ...] | None]]

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
A_WHILE = "public, max-age=300"
PACKED = (".gz", ".br")
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def content_policy(frame_ancestors: tuple[str, ...] = (), **more: str) -> dict[str, str]:
    """Return the security headers of a page of ours: everything from here, nothing inline.

    ``more`` replaces or adds directives, with underscores for dashes.
    """
    directives = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "media-src": "'self'",
        "manifest-src": "'self'",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": " ".join(frame_ancestors) or "'none'",
    }
    directives |= {name.replace("_", "-"): value for name, value in more.items()}
    policy = "; ".join(f"{name} {value}" for name, value in directives.items())
    return {"Content-Security-Policy": policy, **SAFE}


class Folder:
    """One built application: its page, and its files by the path after its own address."""

    def __init__(self, dist: Path) -> None:
        self._files = dict(_files(dist))

    @property
    def is_built(self) -> bool:
        """Whether there is anything to serve."""
        return bool(self._files)

    def file(self, name: str, headers: Mapping[str, str] | None = None) -> web.FileResponse:
        """Return one file. Those with a hash in their name may be kept for ever."""
        path = self._files.get(name)
        if path is None:
            raise NotFound
        kept = FOR_EVER if name.startswith("assets/") else ASK_AGAIN
        return web.FileResponse(path, headers={"Cache-Control": kept, **SAFE, **(headers or {})})

    def __contains__(self, name: str) -> bool:
        return name in self._files


class Pages:
    """The script for shops, the widget's page, the console, and the list of them at ``/``.

    ``may_frame`` tells which origins may show the widget of a site, or None for no such site.
    ``borrow`` finds the files of pages that came from a node of another version.
    """

    def __init__(
        self, web_dir: Path, may_frame: MayFrame, borrow: Borrow, *, has_shop: bool
    ) -> None:
        self._loader = Folder(web_dir / "loader" / "dist")
        self._widget = Folder(web_dir / "widget" / "dist")
        self._console = Folder(web_dir / "console" / "dist")
        self._may_frame, self._borrow = may_frame, borrow
        self._has_shop = has_shop

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get("/", self.index),
            web.get(front.STYLE_ADDRESS, self.index_style),
            web.get("/kefu.js", self.loader),
            web.get("/widget", _with_slash),
            web.get("/widget/", self.widget),
            web.get("/widget/{name:.+}", self.widget_file),
            web.get("/console", _with_slash),
            web.get("/console/{name:.*}", self.console),
        ]

    async def index(self, request: web.Request) -> web.Response:
        """Show the pages that this node serves."""
        language = front.language_of(request.headers.get("Accept-Language", ""))
        headers = {"Cache-Control": ASK_AGAIN, "Vary": "Accept-Language", **content_policy()}
        text = front.page(language, has_shop=self._has_shop)
        return web.Response(text=text, content_type="text/html", headers=headers)

    async def index_style(self, _: web.Request) -> web.Response:
        """Serve what the page at ``/`` looks like."""
        headers = {"Cache-Control": ASK_AGAIN, **SAFE}
        return web.Response(text=front.STYLE, content_type="text/css", headers=headers)

    async def loader(self, _: web.Request) -> web.FileResponse:
        """Serve the script that a shop embeds."""
        headers = {"Cache-Control": A_WHILE, "Cross-Origin-Resource-Policy": "cross-origin"}
        return self._loader.file("kefu.js", headers)

    async def widget(self, request: web.Request) -> web.FileResponse:
        """Serve the widget's page, to be framed by the origins of its shop and by our own pages."""
        origins = await self._may_frame(request.query.get("site", ""))
        if origins is None:
            raise NotFound("There is no shop with this site key.")
        return self._widget.file("index.html", content_policy(("'self'", *origins)))

    async def widget_file(self, request: web.Request) -> web.StreamResponse:
        """Serve a file of the widget."""
        name = request.match_info["name"]
        if name in self._widget:
            return self._widget.file(name)
        return await self._borrowed(request, f"widget/{name}")

    async def console(self, request: web.Request) -> web.StreamResponse:
        """Serve the console; its addresses inside are its own affair."""
        name = request.match_info["name"]
        if name in self._console and name != "index.html":
            return self._console.file(name)
        if "." in name:
            return await self._borrowed(request, f"console/{name}")
        headers = {"Cross-Origin-Opener-Policy": "same-origin"}
        return self._console.file("index.html", content_policy() | headers)

    async def _borrowed(self, request: web.Request, name: str) -> web.Response:
        packed = await self._borrow(name)
        if packed is None:
            raise NotFound
        return unpacked(request, name, packed, {"Cache-Control": FOR_EVER, **SAFE})


def lent_files(web_dir: Path) -> dict[str, bytes]:
    """Return the files that pages of ours will ask for, packed with gzip, by their addresses."""
    return {
        f"{page}/{name}": _packed(path)
        for page in ("console", "widget")
        for name, path in _files(web_dir / page / "dist")
        if name.startswith("assets/")
    }


def _packed(path: Path) -> bytes:
    packed = path.with_name(path.name + ".gz")
    if packed.exists():
        return packed.read_bytes()
    return gzip.compress(path.read_bytes(), mtime=0)


async def _with_slash(request: web.Request) -> web.StreamResponse:
    raise web.HTTPPermanentRedirect(request.rel_url.with_path(request.path + "/"))


def _files(dist: Path) -> Iterator[tuple[str, Path]]:
    """Name every built file by its path; packed copies are chosen by aiohttp itself."""
    for path in sorted(dist.rglob("*")):
        if path.is_file() and path.suffix not in PACKED:
            yield path.relative_to(dist).as_posix(), path
