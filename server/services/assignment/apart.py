"""Keeps shops and conversations apart: what goes wrong in one is no trouble for the others."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from uuid import UUID

import structlog
from prometheus_client import Counter

from server.services.assignment.board import Board
from storage.errors import StorageUnavailable

log = structlog.get_logger()


class Apart:
    """Puts the board of a shop aside when something unexpected happens to it.

    The next sweep reads the shop anew, as if the host had just taken over. Where PostgreSQL does
    not answer, or somebody holds a row, that is one shop's trouble too as long as the lease can
    still be renewed: the others have their turn first, then it is raised. Else it is everybody's.
    """

    def __init__(
        self, boards: dict[UUID, Board], failed: Counter, is_host: Callable[[], bool]
    ) -> None:
        self._boards, self._failed, self._is_host = boards, failed, is_host
        self._late: StorageUnavailable | None = None

    @property
    def is_late(self) -> bool:
        """Whether something has to be done again."""
        return self._late is not None

    def raise_late(self) -> None:
        """Raise what has kept somebody from their turn, once all others had theirs."""
        late, self._late = self._late, None
        if late is not None:
            raise late

    @contextmanager
    def shop(self, shop_id: UUID) -> Generator[None]:
        """Do something for one shop alone."""
        try:
            yield
        except StorageUnavailable as error:
            self._bear(error)
        except Exception:
            self._failed.inc()
            log.exception("routing_failed", shop=str(shop_id))
            self._boards.pop(shop_id, None)

    @contextmanager
    def conversation(self, conversation_id: UUID) -> Generator[None]:
        """Do something for one conversation alone."""
        try:
            with self.unexpected(conversation_id):
                yield
        except StorageUnavailable as error:
            self._bear(error)

    @contextmanager
    def unexpected(self, conversation_id: UUID) -> Generator[None]:
        """Do something for one conversation; only what nobody thought of is kept from others."""
        try:
            yield
        except StorageUnavailable:
            raise
        except Exception:
            self._failed.inc()
            log.exception("routing_failed", conversation=str(conversation_id))

    def _bear(self, error: StorageUnavailable) -> None:
        if not self._is_host():
            raise error
        self._late = self._late or error
