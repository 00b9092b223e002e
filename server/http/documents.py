"""`/api/openapi.json` and `/api/asyncapi.json`: both documents, made once at start."""

from collections.abc import Sequence

import msgspec
from aiohttp import web

from server.http.api import HEADERS, PREFIX
from server.http.asyncapi import asyncapi
from server.http.endpoint import Endpoint
from server.http.openapi import openapi

OPEN = {
    **HEADERS,
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "public, max-age=300",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class Documents:
    """Serves what clients may be generated from. Anybody may read it."""

    def __init__(self, endpoints: Sequence[Endpoint], version: str) -> None:
        self._openapi = msgspec.json.encode(openapi(endpoints, PREFIX, version))
        self._asyncapi = msgspec.json.encode(asyncapi(version))

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get("/api/openapi.json", self.rest),
            web.get("/api/asyncapi.json", self.sockets),
        ]

    async def rest(self, _: web.Request) -> web.Response:
        """Return OpenAPI 3.1."""
        return _json(self._openapi)

    async def sockets(self, _: web.Request) -> web.Response:
        """Return AsyncAPI 3."""
        return _json(self._asyncapi)


def _json(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json", headers=OPEN)
