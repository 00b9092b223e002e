"""Errors as HTTP says them (RFC 9457). The only module that knows status numbers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

import msgspec
import structlog
from aiohttp import web

from server.http.missing import missing_page, wants_page
from server.protocol.errors import (
    AppError,
    Conflict,
    Forbidden,
    Internal,
    Invalid,
    NotFound,
    TooLarge,
    TooMany,
    Unauthorized,
    Unavailable,
)
from server.protocol.rest import Problem

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CONTENT_TYPE = "application/problem+json"
STATUS: dict[type[AppError], HTTPStatus] = {
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Unauthorized: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    AppError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
RETRY_AFTER_S = 1

log = structlog.stdlib.get_logger()


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every failure as a problem: expected ones as they are, others as our fault."""
    try:
        response = await handler(request)
    except AppError as error:
        return _missing(request, error) if isinstance(error, NotFound) else answer(error)
    except web.HTTPRequestEntityTooLarge:
        return answer(TooLarge(setting="body_max_bytes"))
    except web.HTTPMethodNotAllowed as refusal:
        allowed = ", ".join(sorted(refusal.allowed_methods))
        problem = _problem(Invalid(f"Only {allowed} can be asked here."), refusal.status)
        return _response(problem, {"Allow": allowed})
    except web.HTTPNotFound:
        return _missing(request, NotFound())
    except web.HTTPException:  # redirects, and what a page decided itself
        raise
    except Exception:
        log.exception("request_failed", method=request.method, path=request.path)
        return answer(Internal())
    if not response.prepared:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response


def status_of(error: AppError) -> HTTPStatus:
    """Return the status that says the same as ``error``."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def answer(error: AppError) -> web.Response:
    """Return ``error`` as a response."""
    headers: dict[str, str] = {}
    if error.retryable:
        wait_ms = error.details.get("retry_after_ms")
        wait_s = -(-wait_ms // 1000) if isinstance(wait_ms, int) else RETRY_AFTER_S
        headers["Retry-After"] = str(wait_s)
    return _response(_problem(error, status_of(error)), headers)


def _missing(request: web.Request, error: NotFound) -> web.Response:
    return missing_page(status_of(error)) if wants_page(request) else answer(error)


def _problem(error: AppError, status: int) -> Problem:
    return Problem(
        type=f"urn:kefu:problem:{error.code}",
        title=HTTPStatus(status).phrase,
        status=int(status),
        code=error.code,
        detail=str(error),
        retryable=error.retryable,
        field=error.field,
        details=dict(error.details),
        items=list(error.items),
    )


def _response(problem: Problem, headers: dict[str, str]) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(problem),
        status=problem.status,
        content_type=CONTENT_TYPE,
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **headers},
    )
