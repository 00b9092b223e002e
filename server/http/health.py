"""Whether this node is alive, whether it should get traffic, and its figures."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

import orjson
import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

Check = Callable[[], Awaitable[str | None]]

METRICS = "/metrics"
CHECK_TIMEOUT_S = 2.0
WELL, DEGRADED = "ok", "degraded"

log = structlog.stdlib.get_logger()


class Health:
    """What proxies and people ask: ``/health/live``, ``/health/ready`` and ``/metrics``.

    A check raises when its part is not well. It returns when it is, or what is amiss with it where
    the node can bear that for now.
    """

    def __init__(self, checks: Mapping[str, Check], metrics: CollectorRegistry) -> None:
        self._checks = dict(checks)
        self._metrics = metrics
        self._is_draining = False

    def drain(self) -> None:
        """Ask proxies to send nobody new from now on."""
        self._is_draining = True

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get("/health/live", self.live),
            web.get("/health/ready", self.ready),
            web.get(METRICS, self.metrics),
        ]

    async def live(self, _: web.Request) -> web.Response:
        """Answer at all: the loop turns."""
        return _json({"live": True}, HTTPStatus.OK)

    async def ready(self, _: web.Request) -> web.Response:
        """Say whether this node should get traffic, and if not, which part is unwell."""
        amiss: dict[str, str] = {}
        found = await asyncio.gather(*(self._look(name, amiss) for name in self._checks))
        checks = dict(zip(self._checks, found, strict=True))
        is_ready = not self._is_draining and all(word in {WELL, DEGRADED} for word in found)
        status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
        said = {"ready": is_ready, "draining": self._is_draining, "checks": checks, "amiss": amiss}
        return _json(said, status)

    async def metrics(self, request: web.Request) -> web.Response:
        """Return the figures for Prometheus, to who asks literally so.

        Proxies that keep the path inside compare what was written, and aiohttp what it means.
        """
        if request.raw_path.partition("?")[0] != METRICS:
            raise web.HTTPNotFound
        return web.Response(
            body=generate_latest(self._metrics), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    async def _look(self, name: str, amiss: dict[str, str]) -> str:
        """Return how a part is, in one word; what is amiss with one that is borne goes apart."""
        try:
            async with asyncio.timeout(CHECK_TIMEOUT_S):
                borne = await self._checks[name]()
        except TimeoutError:
            return "does not answer"
        except Exception as error:  # noqa: BLE001 (whatever it is, this part is unwell)
            log.warning("health_check_failed", check=name, error=type(error).__name__)
            return "unwell"
        if borne is None:
            return WELL
        amiss[name] = borne
        return DEGRADED


def _json(value: object, status: HTTPStatus) -> web.Response:
    return web.Response(
        body=orjson.dumps(value),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
