"""Keeps the shops of a host apart: what goes wrong in one is no trouble for the others."""

from collections.abc import Generator
from contextlib import contextmanager
from uuid import UUID

import structlog
from prometheus_client import Counter

from server.services.assignment.board import Board
from storage.errors import StorageUnavailable

log = structlog.get_logger()


class Apart:
    """Puts the board of a shop aside when something unexpected happens to it.

    The next sweep reads the shop anew, as if the host had just taken over. PostgreSQL being away is
    everybody's trouble and passes through.
    """

    def __init__(self, boards: dict[UUID, Board], failed: Counter) -> None:
        self._boards, self._failed = boards, failed

    @contextmanager
    def shop(self, shop_id: UUID) -> Generator[None]:
        """Do something for one shop alone."""
        try:
            yield
        except StorageUnavailable:
            raise
        except Exception:
            self._failed.inc()
            log.exception("routing_failed", shop=str(shop_id))
            self._boards.pop(shop_id, None)
