"""Requests as traces: by the template of their route, never by their address."""

from aiohttp import web
from aiohttp.typedefs import Middleware

from server.http.problems import Handler
from server.services.tracing import Tracer

UNFOLLOWED = frozenset({"/socket.io/", "/metrics", "/health/live", "/health/ready"})
"""Sockets stay open for hours, and each of their commands is a trace; the rest asks for ever."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""A client may send any word as its method."""


def traced(tracer: Tracer) -> Middleware:
    """Return what follows a share of the requests.

    A traceparent from outside is not believed: strangers would decide what is recorded.
    """

    @web.middleware
    async def trace(request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        route = "" if resource is None else resource.canonical
        if route in UNFOLLOWED:
            return await handler(request)
        method = request.method if request.method in METHODS else "_OTHER"
        about = {"http.request.method": method, "url.scheme": request.scheme}
        if route:
            about["http.route"] = route
        with tracer.begin(f"{method} {route}".strip(), "server", about) as span:
            try:
                response = await handler(request)
            except web.HTTPException as answer:
                span.note("http.response.status_code", answer.status)
                raise
            span.note("http.response.status_code", response.status)
            if response.status >= 500:
                span.fail(str(response.status))
            return response

    return trace
