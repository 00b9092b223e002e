"""A namespace made of commands: typed, timed, in order, and always answered."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar

from msgspec import Struct
from socketio import AsyncNamespace

from server.sockets.knock import Knock
from server.sockets.session import NamespaceName, Session

HelloT = TypeVar("HelloT", bound=Struct)
SeatT = TypeVar("SeatT")
Method = TypeVar("Method", bound=Callable[..., Awaitable[Struct]])
CommandTable = Mapping[str, tuple[type[Struct], type[Struct]]]


def command(name: str) -> Callable[[Method], Method]:
    """Mark the method that carries out the command ``name`` of the catalogue.

    The method takes ``(session, command)`` and returns the answer; it refuses by raising an AppError.
    """

    def mark(method: Method) -> Method:
        method.__kefu_command__ = name  # type: ignore[attr-defined]
        return method

    return mark


class CommandNamespace(AsyncNamespace, Generic[HelloT, SeatT]):
    """Base of the visitors' and the agents' namespace.

    ``hello`` is the type of the ``auth`` object that clients send with CONNECT. The table of commands
    must match the marked methods exactly; otherwise the constructor raises.
    """

    def __init__(self, name: NamespaceName, table: CommandTable, hello: type[HelloT]) -> None:
        super().__init__(name)

    async def enter(self, session: Session[SeatT], hello: HelloT, knock: Knock) -> SeatT:
        """Say who this is, or raise an AppError to refuse (the client gets it as CONNECT_ERROR data).

        Rooms may be joined and events told here already: they are sent right after CONNECT.
        """
        raise NotImplementedError

    async def leave(self, session: Session[SeatT], reason: str) -> None:
        """Called once for every session that entered, when its connection is gone."""

    async def heal(self, session: Session[SeatT]) -> None:
        """Called when this node hears the others again after it was deaf: join and tell what was missed."""
