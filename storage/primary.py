"""Which of the PostgreSQL servers that an address names is asked: each has its own time to answer.

asyncpg asks them one after the other, within one bound: a first one that is silent uses all of it.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

CONNECT_S = 10.0
ATTRS = "target_session_attrs"
TAKES_WRITES = "read-write"
BEST_OF_ALL = "prefer-standby"  # has to see all of them before it chooses
SPEC = re.compile(r"(?P<host>\[[^\]]+\]|[^:]*)(?::(?P<port>\d+))?")
# Why the next one is asked; what is wrong with our name or password is wrong everywhere.
PASSED_OVER = (
    OSError,  # TimeoutError among them
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shutting down, starting up
    asyncpg.InsufficientResourcesError,
    asyncpg.TargetServerAttributeNotMatched,
    asyncpg.InternalClientError,
)


class NoServer(ConnectionError):
    """None of several servers could be used; says of each why."""


@dataclass(frozen=True, slots=True)
class Host:
    """Where one server listens; a host that begins with a slash is a folder of sockets.

    Without a port it is the usual one.
    """

    host: str
    port: int | None = None

    def __str__(self) -> str:
        return self.host if self.port is None else f"{self.host}:{self.port}"


class Hosts:
    """The servers of one address, the one that answered last first."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._order = list(hosts_of(url))
        self._wanted = parse_qs(urlsplit(url).query).get(ATTRS, [TAKES_WRITES])[-1]
        if self._wanted == BEST_OF_ALL:
            self._order.clear()

    async def connect(
        self, dsn: str | None = None, *, timeout: float = CONNECT_S, **options: Any
    ) -> "Connection":
        """Connect within ``timeout`` seconds; what is not named here goes to asyncpg.

        Of several servers each has its share of them, and only one that takes writes will do, if
        the address asks for nothing else. One that failed, or that nobody waited for, is asked
        last the next time. A pool says the address again, as ``dsn``.
        """
        url = dsn or self._url
        if len(self._order) <= 1:
            return await asyncpg.connect(url, timeout=timeout, **options)
        share_s = timeout / len(self._order)
        options[ATTRS] = self._wanted
        why: list[str] = []
        for server in tuple(self._order):
            try:
                connection = await asyncpg.connect(
                    url, host=server.host, port=server.port, timeout=share_s, **options
                )
            except BaseException as error:
                self._order.remove(server)
                self._order.append(server)
                if not isinstance(error, PASSED_OVER):
                    raise
                why.append(f"{server} {_in_words(error, share_s)}")
            else:
                self._order.remove(server)
                self._order.insert(0, server)
                return connection
        raise NoServer("; ".join(why))


async def connect(url: str, **options: Any) -> "Connection":
    """Open one connection to the first of the servers that will do."""
    return await Hosts(url).connect(timeout=CONNECT_S, **options)


def hosts_of(url: str) -> list[Host]:
    """Return the servers that an address names; none where it leaves that to the surroundings."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    before, _, after = parts.netloc.partition("@")
    named = after if "@" in parts.netloc else before
    if named:
        specs = [unquote(each) for each in named.split(",")]
    else:
        specs = ",".join(query.get("host", ())[-1:]).split(",")
    ports = ",".join(query.get("port", ())[-1:]).split(",")
    if not all(specs) or len(ports) not in {1, len(specs)}:
        return []
    if len(ports) == 1:
        ports *= len(specs)
    return [_server(spec, port) for spec, port in zip(specs, ports, strict=True)]


def _server(spec: str, port: str) -> Host:
    if spec.startswith("/"):
        return Host(spec, int(port) if port else None)
    match = SPEC.fullmatch(spec)
    if match is None:
        raise ValueError(f"{spec!r} is no host")
    port = match["port"] or port
    return Host(match["host"].strip("[]"), int(port) if port else None)


def _in_words(error: BaseException, share_s: float) -> str:
    if isinstance(error, TimeoutError):
        return f"does not answer within {share_s:g} s"
    if isinstance(error, asyncpg.TargetServerAttributeNotMatched):
        return "is not of the wanted kind, as a standby is where writes are wanted"
    return f"says: {error}"
