"""python-socketio and asyncpg as their documentation shows them: one INSERT a message.

Relays a customer's message to the agent once it is stored. PostgreSQL is named by the PG…
variables; where VALKEY_URL names a Valkey, several nodes are one through its own manager.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import os
import sys
from collections.abc import AsyncGenerator

import asyncpg
import socketio
import uvloop
from aiohttp import web

INSERT = "INSERT INTO message (conversation, client_id, body) VALUES ($1, $2, $3) RETURNING id, at"


def build(valkey: str | None) -> web.Application:
    """Return the server. A room is a conversation; nothing is checked, only stored and told."""
    manager = socketio.AsyncRedisManager(valkey) if valkey else None
    server = socketio.AsyncServer(
        async_mode="aiohttp", cors_allowed_origins="*", client_manager=manager
    )
    pools: list[asyncpg.Pool] = []

    async def connected(_: web.Application) -> AsyncGenerator[None]:
        async with asyncpg.create_pool() as pool:
            pools.append(pool)
            yield

    async def enter(sid: str, _: object, auth: dict[str, str]) -> None:
        await server.enter_room(sid, auth["conversation"], namespace=auth["namespace"])

    async def send(_: str, message: dict[str, str]) -> dict[str, object]:
        row = await pools[0].fetchrow(
            INSERT, message["conversation"], message["client_id"], message["text"]
        )
        assert row is not None
        stored = {"seq": row["id"], "at": row["at"].isoformat()}
        await server.emit(
            "message:created", message | stored, room=message["conversation"], namespace="/agent"
        )
        return {"ok": True, "data": stored}

    server.on("connect", enter, namespace="/visitor")
    server.on("connect", enter, namespace="/agent")
    server.on("message:send", send, namespace="/visitor")
    app = web.Application()
    app.cleanup_ctx.append(connected)
    server.attach(app)
    return app


if __name__ == "__main__":
    web.run_app(
        build(os.environ.get("VALKEY_URL")),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop=uvloop.new_event_loop(),
        print=None,
    )
