"""Bare python-socketio as its documentation shows it: relays a customer's message to the agent."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import sys

import socketio
import uvloop
from aiohttp import web


def build() -> web.Application:
    """Return the relay. A room is a conversation; nothing is checked, numbered or stored."""
    server = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins="*")

    async def enter(sid: str, _: object, auth: dict[str, str]) -> None:
        await server.enter_room(sid, auth["conversation"], namespace=auth["namespace"])

    async def send(_: str, message: dict[str, str]) -> dict[str, object]:
        await server.emit(
            "message:created", message, room=message["conversation"], namespace="/agent"
        )
        return {"ok": True}

    server.on("connect", enter, namespace="/visitor")
    server.on("connect", enter, namespace="/agent")
    server.on("message:send", send, namespace="/visitor")
    app = web.Application()
    server.attach(app)
    return app


if __name__ == "__main__":
    web.run_app(
        build(), host="127.0.0.1", port=int(sys.argv[1]), loop=uvloop.new_event_loop(), print=None
    )
