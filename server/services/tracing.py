"""The port through which one message is followed, across nodes. Who is not asked to has no tracer.

What is passed on is a ``traceparent`` as the W3C writes it. Attributes are ids, kinds, counts and
durations: never what people wrote, nor who they are.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Literal, Protocol

Kind = Literal["internal", "server", "producer", "consumer"]
Value = str | int | float | bool | Sequence[str]
Attributes = Mapping[str, Value]

NOTHING: Attributes = {}


class Span(Protocol):
    """Something that takes a while."""

    @property
    def traceparent(self) -> str | None:
        """What it is called elsewhere; None when nobody follows it."""
        ...

    def note(self, name: str, value: Value) -> None:
        """Add an attribute."""
        ...

    def link(self, traceparent: str) -> None:
        """Refer to a span of another trace."""
        ...

    def fail(self, kind: str) -> None:
        """Say that it went wrong, and how, in one word."""
        ...


class Tracer(Protocol):
    """Begins spans. What runs inside a span, tasks begun there included, belongs to it."""

    @property
    def here(self) -> str | None:
        """The span that we are in; None when nobody follows it."""
        ...

    def begin(
        self,
        name: str,
        kind: Kind,
        attributes: Attributes = NOTHING,
        *,
        links: Sequence[str] = (),
    ) -> AbstractContextManager[Span]:
        """Begin a trace; one in so many is followed, and every one that links to such a one."""
        ...

    def within(
        self,
        name: str,
        kind: Kind = "internal",
        attributes: Attributes = NOTHING,
        *,
        of: object = None,
    ) -> AbstractContextManager[Span]:
        """Begin a part of the span that we are in, or of the one that another node named ``of``.

        Whatever is not a traceparent is overlooked. Nothing is recorded where nobody follows.
        """
        ...
