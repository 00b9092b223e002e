"""Runs the references: one node of each, or several on one PostgreSQL and Valkey."""

import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg

from loadtest.bench.nodes import Ground, Served, answers, free_port, ground, running
from loadtest.bench.references import npm
from server.embedded.layout import POSTGRES_PORT, USER

HELLO = "/socket.io/?EIO=4&transport=polling"
TABLE = """
CREATE TABLE message (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation text NOT NULL,
    client_id text NOT NULL,
    body text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
)
"""

Program = Callable[[int], list[str]]
"""What to run on a port."""


@asynccontextmanager
async def bare(count: int) -> AsyncGenerator[list[Served]]:
    """Run bare python-socketio, which stores nothing and knows no other node."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(_node(_module("bare"))) for _ in range(count)]


@asynccontextmanager
async def floor(count: int) -> AsyncGenerator[list[Served]]:
    """Run raw websockets."""
    async with AsyncExitStack() as stack:
        node = _node(_module("floor"), hello="/", status=400)  # it is no websocket that asks
        yield [await stack.enter_async_context(node) for _ in range(count)]


@asynccontextmanager
async def python(count: int) -> AsyncGenerator[list[Served]]:
    """Run python-socketio with asyncpg; several of them with python-socketio's own manager."""
    async with ground() as below, AsyncExitStack() as stack:
        yield await _stored(stack, below, count, _module("stored"))


@asynccontextmanager
async def node(count: int) -> AsyncGenerator[list[Served]]:
    """Run Node's Socket.IO with pg; several of them with the Redis adapter."""
    installed = npm.install()
    async with ground() as below, AsyncExitStack() as stack:
        program = [str(installed.node), str(installed.program)]
        yield await _stored(stack, below, count, lambda port: [*program, str(port)])


async def _stored(
    stack: AsyncExitStack, below: Ground, count: int, program: Program
) -> list[Served]:
    """Run some nodes on one PostgreSQL, with a table to write to."""
    connection = await asyncpg.connect(below.services.database_url())
    await connection.execute(TABLE)
    await connection.close()
    named = {
        "PGHOST": below.services.socket_dir,
        "PGPORT": str(POSTGRES_PORT),
        "PGUSER": USER,
        "PGDATABASE": USER,
        "PGPASSWORD": below.services.postgres_password,
    }
    if count > 1:
        named["VALKEY_URL"] = below.services.redis_url
        named["VALKEY_SOCKET"] = below.services.valkey_socket
        named["VALKEY_PASSWORD"] = below.services.valkey_password
    alone = [await stack.enter_async_context(_node(program, named)) for _ in range(count)]
    return [Served(each.url, each.pid, "", below.postgres, below.valkey) for each in alone]


@asynccontextmanager
async def _node(
    program: Program, named: Mapping[str, str] | None = None, hello: str = HELLO, status: int = 200
) -> AsyncGenerator[Served]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with running(program(port), named or {}) as process:
        await answers(url + hello, process, status)
        yield Served(url, process.pid)


def _module(name: str) -> Program:
    module = f"loadtest.bench.references.{name}"
    return lambda port: [sys.executable, "-m", module, str(port)]
