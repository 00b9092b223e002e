"""One REST operation: what it takes, what it gives, who may ask. Docs come from the same table."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, TypeVar, cast
from uuid import UUID

from aiohttp import web
from msgspec import Struct

from server.protocol.commands import Command
from server.protocol.errors import Unauthorized
from server.protocol.shapes import Shape
from server.services.ids import uuid_of
from server.services.seats import AgentSeat
from server.sockets.knock import Knock

Method = Literal["GET", "POST", "PATCH", "DELETE"]
Access = Literal["anyone", "agent"]
Taken = TypeVar("Taken", bound=Struct)


class Nothing(Command, frozen=True):
    """No body and no query."""


class NoContent(Shape, frozen=True):
    """It is done; there is nothing to add."""


class Download(Shape, frozen=True):
    """A file rather than an answer: what it is called, what it is, its text or its bytes."""

    name: str
    content_type: str
    text: str | bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, as its operation sees it. ``token`` is how they signed in."""

    knock: Knock
    seat_or_none: AgentSeat | None
    token: str
    ids: tuple[UUID, ...]
    query: Struct
    response_cookies: list[Callable[[web.Response], None]]

    @property
    def seat(self) -> AgentSeat:
        """Who asks."""
        if self.seat_or_none is None:
            raise Unauthorized
        return self.seat_or_none

    @property
    def id(self) -> UUID:
        """The id in the address."""
        return self.ids[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A row of the table of operations. ``takes`` is the query of a GET, the body of the others.

    ``query`` is what others than a GET take beside the body; ``is_large``: the body may be large.
    """

    method: Method
    path: str
    run: Callable[[Call, Struct], Awaitable[Struct]]
    takes: type[Struct]
    gives: type[Struct]
    access: Access
    status: int
    tag: str
    query: type[Struct]
    is_large: bool

    @property
    def summary(self) -> str:
        """What it does, from the docstring of the method that does it."""
        return (self.run.__doc__ or "").strip().splitlines()[0]

    @property
    def name(self) -> str:
        """A name that is unique in the table."""
        return f"{self.tag}_{self.run.__name__}"


def endpoint(  # noqa: PLR0913 - the columns of the table
    method: Method,
    path: str,
    run: Callable[[Call, Taken], Awaitable[Struct]],
    *,
    takes: type[Taken],
    gives: type[Struct],
    access: Access = "agent",
    status: int = 200,
    query: type[Struct] = Nothing,
    is_large: bool = False,
) -> Endpoint:
    """Return a row of the table; the path's first word is its tag."""
    return Endpoint(
        method=method,
        path=path,
        run=cast("Callable[[Call, Struct], Awaitable[Struct]]", run),
        takes=takes,
        gives=gives,
        access=access,
        status=status,
        tag=path.strip("/").partition("/")[0],
        query=query,
        is_large=is_large,
    )


def ids_of(request: web.Request) -> tuple[UUID, ...]:
    """Return the ids in the address; what is no id of ours does not exist."""
    return tuple(uuid_of(value) for value in request.match_info.values())
