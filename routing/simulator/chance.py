"""Chance, as it is handed in. Each purpose draws from a stream of its own, so that two policies
meet the same customers."""

from collections.abc import Callable
from math import log
from typing import Protocol

BLOCK = 2048
"""How many customers are drawn at a time."""


class Stream(Protocol):
    """Independent numbers, uniform on [0, 1)."""

    def random(self) -> float:
        """Return the next one."""
        ...


Chance = Callable[[str], Stream]
"""Makes the stream of a purpose; the same purpose gets the same numbers."""


def exponentials(stream: Stream, count: int) -> list[float]:
    """Return ``count`` draws with mean 1."""
    draw = stream.random
    return [-log(1.0 - draw()) for _ in range(count)]


def uniforms(stream: Stream, count: int) -> list[float]:
    """Return ``count`` draws on [0, 1)."""
    draw = stream.random
    return [draw() for _ in range(count)]
