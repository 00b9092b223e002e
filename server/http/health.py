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

Check = Callable[[], Awaitable[None]]

CHECK_TIMEOUT_S = 2.0
WELL = "ok"

log = structlog.stdlib.get_logger()


class Health:
    """What proxies and people ask: ``/health/live``, ``/health/ready`` and ``/metrics``.

    A check returns when its part is well and raises when it is not.
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
            web.get("/metrics", self.metrics),
        ]

    async def live(self, _: web.Request) -> web.Response:
        """Answer at all: the loop turns."""
        return _json({"live": True}, HTTPStatus.OK)

    async def ready(self, _: web.Request) -> web.Response:
        """Say whether this node should get traffic, and if not, which part is unwell."""
        found = await asyncio.gather(*(self._look(name) for name in self._checks))
        checks = dict(zip(self._checks, found, strict=True))
        is_ready = not self._is_draining and all(word == WELL for word in found)
        status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
        return _json({"ready": is_ready, "draining": self._is_draining, "checks": checks}, status)

    async def metrics(self, _: web.Request) -> web.Response:
        """Return the figures for Prometheus."""
        return web.Response(
            body=generate_latest(self._metrics), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    async def _look(self, name: str) -> str:
        try:
            async with asyncio.timeout(CHECK_TIMEOUT_S):
                await self._checks[name]()
        except TimeoutError:
            return "does not answer"
        except Exception as error:  # noqa: BLE001 (whatever it is, this part is unwell)
            log.warning("health_check_failed", check=name, error=type(error).__name__)
            return "unwell"
        return WELL


def _json(value: object, status: HTTPStatus) -> web.Response:
    return web.Response(
        body=orjson.dumps(value),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
