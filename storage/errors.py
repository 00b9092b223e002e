"""What storage refuses, in plain exceptions; services translate them for the wire.

StorageError
├── StorageUnavailable     PostgreSQL is away or too slow; trying again later helps, outcome unknown
│   ├── Overloaded         our own queue before it is full; nothing was stored
│   └── Busy               somebody held the rows for too long; nothing was stored
├── Away                   Valkey cannot be reached right now
├── Unstorable             a text that PostgreSQL cannot keep (NUL, half a surrogate pair)
├── Duplicate              a name that must be unique is taken; ``field`` says which
├── Missing                no such row, or not for whoever asks
├── NotYours               it exists in their shop, but somebody else holds it
├── Stale                  somebody else changed it since it was read; ``cells`` say what it is now
├── WrongState             its ``state`` does not allow this, or no longer
│   ├── Gone               the conversation is over
│   └── Superseded         the customer has begun another conversation since
├── Changed                somebody else has changed it since it was seen; ``now`` is what it is
├── Clash                  somebody works already then, or has time off; ``reason`` says which
├── Taken                  somebody else has the conversation; ``agent_id``, ``agent_name``
├── OfferOver              the offer has ended; ``reason`` is its end state
├── AtCapacity             the agent has no free slot
├── Unready                the agent cannot be handed conversations now
├── Asked                  another colleague was asked to take over and has not answered yet
├── AnotherNode            another node does this now
├── Unindexable            PostgreSQL refuses words of ours; ``sqlstate`` says why
├── Uncountable            PostgreSQL refuses what reports make of it; ``sqlstate`` says why
├── SchemaUnfit            the database's schema and this program do not go together
│   ├── SchemaTooNew       a newer program made it, and promised nothing to ours
│   ├── SchemaTooOld       it must be migrated first
│   ├── NodesInTheWay      running nodes would not survive the migration
│   └── SchemaHeld         a table was held for too long by somebody else
└── BackupRefused          a copy cannot be made or loaded; ``code`` says why
"""

from collections.abc import Sequence
from uuid import UUID


class StorageError(Exception):
    """Something that storage refuses."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class StorageUnavailable(StorageError):
    """The database cannot be reached right now."""


class Overloaded(StorageUnavailable):
    """Too many messages are waiting to be stored."""


class Busy(StorageUnavailable):
    """Somebody else holds these rows for too long."""


class Away(StorageError):
    """Valkey cannot be reached right now."""


class Unstorable(StorageError):
    """This text contains characters that cannot be stored."""


class Duplicate(StorageError):
    """This name is taken."""

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


class Missing(StorageError):
    """There is nothing here by that name."""


class NotYours(StorageError):
    """Somebody else holds this conversation."""


class Stale(StorageError):
    """Somebody else has changed this meanwhile."""

    def __init__(self, cells: "Sequence[tuple[UUID, UUID | None, int]]") -> None:
        super().__init__()
        self.cells = tuple(cells)


class WrongState(StorageError):
    """The conversation is not in a state that allows this."""

    def __init__(self, state: str) -> None:
        super().__init__()
        self.state = state


class Gone(WrongState):
    """The conversation is over."""


class Superseded(WrongState):
    """The customer has begun another conversation since."""


class Changed(StorageError):
    """Somebody else has changed this since it was seen."""

    def __init__(self, now: str) -> None:
        super().__init__()
        self.now = now


class Clash(StorageError):
    """The plan cannot be so; ``reason`` is "overlap", "time_off", "planned" or "begun".

    Of what has happened: "over", "runs" or "gone_by".
    """

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class Taken(StorageError):
    """Somebody else has taken this conversation."""

    def __init__(self, agent_id: UUID, agent_name: str) -> None:
        super().__init__()
        self.agent_id = agent_id
        self.agent_name = agent_name


class OfferOver(StorageError):
    """This offer has ended."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class AtCapacity(StorageError):
    """The agent has no free place for another conversation."""


class Unready(StorageError):
    """The agent is not available."""


class Asked(StorageError):
    """Somebody else was asked to take over and has not answered yet."""


class AnotherNode(StorageError):
    """Another node does this now."""


class Unindexable(StorageError):
    """These words cannot be kept; what PostgreSQL says of them belongs in no log."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__()
        self.sqlstate = sqlstate


class Uncountable(StorageError):
    """What reports make of a conversation cannot be kept."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(f"What reports make of it cannot be kept ({sqlstate}).")
        self.sqlstate = sqlstate


class SchemaUnfit(StorageError):
    """The schema of the database and this program do not go together."""


class SchemaTooNew(SchemaUnfit):
    """The database belongs to a newer version of Kefu that excludes this one; install that one."""


class SchemaTooOld(SchemaUnfit):
    """The database has an older schema, or none. Run `kefu migrate`."""


class NodesInTheWay(SchemaUnfit):
    """Nodes are at work that could not go on with the new schema; stop them all, then migrate."""


class SchemaHeld(SchemaUnfit):
    """Nothing was migrated: somebody held a table for too long. `kefu doctor` may say who."""


class TooMuch(StorageError):
    """More is asked for than may be in memory at once."""


class BackupRefused(StorageError):
    """A copy of the database cannot be made, or not be loaded here."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
