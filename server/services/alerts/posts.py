"""Tells other programs of alerts: signed, at least once, and patient with whoever does not answer.

Any node does it. What a node took and did not report on is taken by another a minute later.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

import orjson
import structlog

from server.services.clock import Clock
from storage.alert_posts import AlertPosts, DuePost
from storage.errors import StorageError

LOOK_S = 2.0
AT_ONCE = 10
HELD = timedelta(minutes=1)
"""Longer than any try takes."""

FIRST_S, LONGEST_S = 10.0, 3600.0
TRIES_MAX = 15
"""The waits double from ten seconds to an hour: it is tried for some ten hours."""

FORGET_S = 3600.0

log = structlog.get_logger()


class NotArrived(Exception):
    """It was not taken. The message is a word: why."""


class Poster(Protocol):
    """How something gets to another program."""

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Post it; NotArrived unless it was taken."""
        ...


class Posts:
    """The job."""

    def __init__(self, posts: AlertPosts, poster: Poster, clock: Clock) -> None:
        self._posts, self._poster, self._clock = posts, poster, clock
        self._forgets_at = 0.0

    async def run(self) -> None:
        """Post what is due, for ever."""
        while True:
            await self._clock.sleep_until(self._clock.monotonic() + LOOK_S)
            try:
                while await self.turn() == AT_ONCE:
                    pass
                await self._forget()
            except StorageError as error:
                log.warning("alerts_not_posted", error=type(error).__name__)

    async def turn(self) -> int:
        """Try some of what is due; return how many."""
        now = self._clock.now()
        due = await self._posts.take(now, now + HELD, AT_ONCE)
        await asyncio.gather(*(self._try(each) for each in due))
        return len(due)

    async def _try(self, due: DuePost) -> None:
        now = self._clock.now()
        body = orjson.dumps(
            {"id": str(due.id), "event": f"alert.{due.kind}", "at": now.isoformat(), **due.body}
        )
        headers = {
            "Content-Type": "application/json",
            "Kefu-Delivery": str(due.id),
            "Kefu-Signature": signature(due.secret, now, body),
        }
        try:
            await self._poster.post(due.url, body, headers)
        except NotArrived as error:
            await self._failed(due, str(error))
        except Exception:  # job boundary: one that surprises is no reason to tell no other
            log.exception("alert_not_posted", post=str(due.id))
            await self._failed(due, "unexpected")
        else:
            await self._posts.arrived(due.id, self._clock.now())

    async def _failed(self, due: DuePost, problem: str) -> None:
        now = self._clock.now()
        log.warning("alert_not_posted", post=str(due.id), tries=due.tries, problem=problem)
        if due.kind == "test" or due.tries >= TRIES_MAX:
            await self._posts.given_up(due.id, problem, now)
            return
        wait_s = min(LONGEST_S, FIRST_S * 2 ** (due.tries - 1))
        await self._posts.failed(due.id, problem, now + timedelta(seconds=wait_s))

    async def _forget(self) -> None:
        now = self._clock.monotonic()
        if now >= self._forgets_at:
            self._forgets_at = now + FORGET_S
            await self._posts.forget(self._clock.now())


def signature(secret: str, at: datetime, body: bytes) -> str:
    """Sign a body and when it is sent, so that nobody can send it again much later."""
    moment = str(int(at.timestamp()))
    signed = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256)
    return f"t={moment},v1={signed.hexdigest()}"
