"""Passwords: argon2id, off the event loop, a few at a time."""

import asyncio
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple, Unpack

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.protocol.errors import Unavailable

Given = TypeVarTuple("Given")
Result = TypeVar("Result")

AT_ONCE_MAX = 2  # each takes 64 MiB and a core for a moment
WAITING_MAX = 100  # beyond it whoever signs in is told to come back


class Passwords:
    """Makes and checks hashes. An unknown account takes as long to refuse as a wrong password."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = asyncio.Semaphore(AT_ONCE_MAX)
        self._waiting = 0
        self._nobody = self._hasher.hash("nobody's password")

    async def hash(self, password: str) -> str:
        """Return what is stored of a password."""
        return await self._in_turn(self._hasher.hash, password)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether ``password`` is the one; None stands for an account that does not exist."""
        right = await self._in_turn(self._verify, stored or self._nobody, password)
        return right and stored is not None

    async def _in_turn(self, work: Callable[[Unpack[Given]], Result], *given: *Given) -> Result:
        if self._waiting >= WAITING_MAX:
            raise Unavailable("Too many people sign in at this moment. Please try again.")
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work, *given)
        finally:
            self._waiting -= 1

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False
