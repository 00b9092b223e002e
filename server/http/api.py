"""The REST API: finds out who asks, decodes, calls the operation, encodes."""

import asyncio
from collections.abc import Callable, Sequence
from http import HTTPStatus

import msgspec
from aiohttp import web
from msgspec import Struct, ValidationError

from server.http.endpoint import Call, Download, Endpoint, NoContent, Nothing, ids_of
from server.http.problems import Handler
from server.protocol.errors import Forbidden, Invalid, TooLarge
from server.protocol.wrong import invalid, where_nul
from server.services.accounts import Accounts
from server.services.refusals import refusal
from server.sockets.agent import COOKIE
from server.sockets.knock import KnockReader

PREFIX = "/api/v1"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
NUL = rb"\u0000"  # as JSON writes it
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Api:
    """Serves a table of operations below ``/api/v1``."""

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        accounts: Accounts,
        knocks: KnockReader,
        *,
        setup_max_bytes: int,
    ) -> None:
        self._endpoints, self._accounts, self._knocks = endpoints, accounts, knocks
        self._setup_max_bytes = setup_max_bytes

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get(PREFIX + each.path, self._handler(each))
            if each.method == "GET"
            else web.route(each.method, PREFIX + each.path, self._handler(each))
            for each in self._endpoints
        ]

    def _handler(self, endpoint: Endpoint) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                return await self._answer(endpoint, request)
            except (asyncio.CancelledError, web.HTTPException):
                raise
            except Exception as error:
                known = refusal(error)
                if known is None:
                    raise
                raise known from error

        return handle

    async def _answer(self, endpoint: Endpoint, request: web.Request) -> web.Response:
        cookies: list[Callable[[web.Response], None]] = []
        call = await self._call(endpoint, request, cookies)
        taken = await self._taken(endpoint, request)
        given = await endpoint.run(call, taken)
        response = _response(given, endpoint.status)
        for change in cookies:
            change(response)
        return response

    async def _call(
        self,
        endpoint: Endpoint,
        request: web.Request,
        cookies: list[Callable[[web.Response], None]],
    ) -> Call:
        knock = self._knocks(request)
        if not knock.is_own_origin:
            raise Forbidden("This page may not use this service.", reason="origin")
        token = _bearer(request)
        if token is None:
            token = knock.cookie(COOKIE)
            # A browser sends the cookie along whoever made it ask; only our own pages may change.
            if token and request.method not in SAFE_METHODS and knock.origin is None:
                raise Forbidden("Say which page asks, with an Origin header.", reason="origin")
        seat = None
        if endpoint.access == "agent":
            seat = await self._accounts.seat_of(token)
        return Call(
            knock=knock,
            seat_or_none=seat,
            token=token or "",
            ids=ids_of(request),
            query=Nothing() if endpoint.query is Nothing else _query(request, endpoint.query),
            response_cookies=cookies,
        )

    async def _taken(self, endpoint: Endpoint, request: web.Request) -> Struct:
        """Decode the query of a GET, the body of anything else. Unknown fields are refused."""
        if endpoint.method == "GET":
            return _query(request, endpoint.takes)
        if endpoint.takes is Nothing:
            return Nothing()
        try:
            body = await self._body(endpoint, request)
            taken = msgspec.json.decode(body, type=endpoint.takes)
        except ValidationError as error:
            raise invalid(error) from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Invalid("The body is not JSON.") from error
        if NUL in body and (field := where_nul(msgspec.to_builtins(taken))) is not None:
            raise Invalid(
                "This contains a NUL character, which cannot be stored.", field=field or None
            )
        return taken

    async def _body(self, endpoint: Endpoint, request: web.Request) -> bytes:
        if not endpoint.is_large:
            return await request.read()
        try:
            return await request.clone(client_max_size=self._setup_max_bytes).read()
        except web.HTTPRequestEntityTooLarge as error:
            raise TooLarge(setting="setup_max_bytes") from error


def _bearer(request: web.Request) -> str | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def _query(request: web.Request, kind: type[Struct]) -> Struct:
    try:
        return msgspec.convert(dict(request.query), kind, strict=False)
    except ValidationError as error:
        raise invalid(error) from error


def _response(given: Struct, status: int) -> web.Response:
    if isinstance(given, NoContent):
        return web.Response(status=HTTPStatus.NO_CONTENT, headers=HEADERS)
    if isinstance(given, Download):
        return _file(given)
    return web.Response(
        body=msgspec.json.encode(given),
        status=status,
        content_type="application/json",
        headers=HEADERS,
    )


def _file(given: Download) -> web.Response:
    """Send a file that is kept rather than shown."""
    return web.Response(
        body=given.text.encode() if isinstance(given.text, str) else given.text,
        content_type=given.content_type,
        charset="utf-8" if isinstance(given.text, str) else None,
        headers={**HEADERS, "Content-Disposition": f'attachment; filename="{given.name}"'},
    )
