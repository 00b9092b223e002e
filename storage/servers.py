"""Where Valkey is: one server, the servers of a cluster, or Sentinels that know who is primary.

The addresses are those that other programs use too:

    redis://:password@host:6379/0            one server; rediss:// with TLS, unix:///path
    redis+sentinel://s1:26379,s2/service/0   Sentinels of a primary; rediss+sentinel:// with TLS
    redis+cluster://h1:6379,h2:6379          some servers of a cluster; rediss+cluster:// with TLS
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, cast
from urllib.parse import SplitResult, urlsplit

from redis.asyncio import ConnectionPool
from redis.asyncio.connection import parse_url

Kind = Literal["one", "sentinel", "cluster"]

ANSWER_S = 1.0
RAW: dict[str, Any] = {"protocol": 2, "socket_timeout": None}
"""How we speak ourselves: answers are plain lists, and who asks bounds the time."""

PORTS: dict[Kind, int] = {"one": 6379, "cluster": 6379, "sentinel": 26379}


class Address(NamedTuple):
    """A server's host and port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, repr=False)
class Servers:
    """What an address names. ``options`` is what redis-py's connections are made with.

    ``hosts`` are empty for one server: its place is among the options.
    """

    kind: Kind
    options: dict[str, Any]
    hosts: tuple[Address, ...] = ()
    service: str = ""
    sentinel_options: dict[str, Any] | None = None

    @classmethod
    def named(cls, url: str) -> "Servers":
        """Read an address; ValueError says what is wrong with it, without its password."""
        parts = urlsplit(url)
        scheme, _, kind = parts.scheme.partition("+")
        if not kind:
            return cls("one", _options(url))
        if kind not in {"sentinel", "cluster"} or scheme not in {"redis", "rediss"}:
            raise ValueError("it does not begin with redis://, or another scheme that we know")
        kind = cast("Kind", kind)
        hosts = _hosts(parts, PORTS[kind])
        service, _, database = parts.path.strip("/").partition("/")
        if kind == "cluster":
            service, database = "", service
            if database not in {"", "0"}:
                raise ValueError("a cluster has database 0 only")
        elif not service:
            raise ValueError("the service that the Sentinels watch is missing: …/service")
        login = parts.netloc.rpartition("@")[0]
        plain = SplitResult(scheme, f"{login}@", f"/{database}", parts.query, "")
        options = _options(plain.geturl())
        return cls(kind, options, hosts, service, _taken_out(options))

    @property
    def place(self) -> str:
        """Where the only server is."""
        options = self.options
        where = Address(options.get("host", "localhost"), options.get("port", PORTS["one"]))
        return str(options.get("path", where))

    def pool(self, address: Address | None = None) -> ConnectionPool:
        """Return what makes connections to a server, or to the only one."""
        there = {} if address is None else address._asdict()
        return ConnectionPool(**{**self.options, **RAW, **there})

    def sentinel(self, address: Address) -> ConnectionPool:
        """Return what makes connections to a Sentinel."""
        return ConnectionPool(**(self.sentinel_options or {}), **RAW, **address._asdict())


async def ask(pool: ConnectionPool, *questions: str) -> list[Any]:
    """Ask on a connection of its own; OSError or RedisError when no answer comes in time."""
    connection = pool.make_connection()
    try:
        async with asyncio.timeout(ANSWER_S):
            await connection.connect()
            answers: list[Any] = []
            for question in questions:
                await connection.send_command(*question.split())  # pyright: ignore[reportUnknownMemberType]
                answers.append(await connection.read_response())
            return answers
    finally:
        await connection.disconnect(nowait=True)


def text(word: bytes | str | None) -> str:
    """Return what a server said, decoded or not, as text."""
    return word.decode() if isinstance(word, bytes) else word or ""


def _options(url: str) -> dict[str, Any]:
    try:
        return dict(parse_url(url))
    except ValueError as error:
        raise ValueError("it does not begin with redis://, or another scheme that we know") from (
            error
        )


def _hosts(parts: SplitResult, port: int) -> tuple[Address, ...]:
    named = [each for each in parts.netloc.rpartition("@")[2].split(",") if each]
    hosts: list[Address] = []
    for each in named:
        one = urlsplit(f"//{each}")
        if not one.hostname:
            raise ValueError("a host is missing before the port")
        try:
            hosts.append(Address(one.hostname, one.port or port))
        except ValueError as error:
            raise ValueError("a port is no number") from error
    if not hosts:
        raise ValueError("it names no host")
    return tuple(hosts)


def _taken_out(options: dict[str, Any]) -> dict[str, Any]:
    """Return what connections to Sentinels are made with: TLS is the same, the login is not."""
    login: dict[str, Any] = {
        name: options.pop(f"sentinel_{name}")
        for name in ("username", "password")
        if f"sentinel_{name}" in options
    }
    kept = (name for name in options if name == "connection_class" or name.startswith("ssl_"))
    return login | {name: options[name] for name in kept}
