"""Tells other programs of alerts: signed, at least once, in order of each alert."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import orjson

from server.services.clock import Clock
from server.services.outbox import TRIES_MAX, Deliveries
from storage.alert_posts import AlertPosts, DuePost


class Poster(Protocol):
    """How something gets to another program."""

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Post it; NotArrived unless it was taken."""
        ...


class Webhooks:
    """Posts what is due, each to the webhook of its rule."""

    def __init__(self, poster: Poster) -> None:
        self._poster = poster

    async def bring(self, due: DuePost, now: datetime) -> None:
        """Post it, signed now; NotArrived unless it was taken."""
        body = orjson.dumps(
            {"id": str(due.id), "event": f"alert.{due.kind}", "at": now.isoformat(), **due.body}
        )
        headers = {
            "Content-Type": "application/json",
            "Kefu-Delivery": str(due.id),
            "Kefu-Signature": signature(due.secret, now, body),
        }
        await self._poster.post(due.url, body, headers)

    def tries_of(self, due: DuePost) -> int:
        """Return how often it is tried: a test once."""
        return 1 if due.kind == "test" else TRIES_MAX


def posts_of(posts: AlertPosts, poster: Poster, clock: Clock) -> Deliveries[DuePost]:
    """Return the job."""
    return Deliveries("alert_post", posts, Webhooks(poster), clock)


def signature(secret: str, at: datetime, body: bytes) -> str:
    """Sign a body and when it is sent, so that nobody can send it again much later."""
    moment = str(int(at.timestamp()))
    signed = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256)
    return f"t={moment},v1={signed.hexdigest()}"
