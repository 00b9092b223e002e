"""The floor: raw aiohttp websockets that relay and answer, without Socket.IO and without storing.

Compression is refused, as Kefu does: with it every frame costs more than the relay itself.
"""

import json
import sys

import uvloop
from aiohttp import WSMsgType, web

ROOMS: web.AppKey[dict[str, set[web.WebSocketResponse]]] = web.AppKey("rooms")


async def talk(request: web.Request) -> web.WebSocketResponse:
    """Serve one client. A frame is ``[number, name, payload]``; its answer ``[number, answer]``."""
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    auth = json.loads(await socket.receive_str())
    room = request.app[ROOMS].setdefault(auth["conversation"], set())
    if auth["namespace"] == "/agent":
        room.add(socket)
    await socket.send_str("[0]")
    async for frame in socket:
        if frame.type is not WSMsgType.TEXT:
            continue
        number, _, message = json.loads(frame.data)
        told = json.dumps(["message:created", message])
        for agent in room:
            await agent.send_str(told)
        await socket.send_str(json.dumps([number, {"ok": True}]))
    room.discard(socket)
    return socket


def build() -> web.Application:
    """Return the relay. A room is a conversation."""
    app = web.Application()
    app[ROOMS] = {}
    app.router.add_get("/", talk)
    return app


if __name__ == "__main__":
    web.run_app(
        build(), host="127.0.0.1", port=int(sys.argv[1]), loop=uvloop.new_event_loop(), print=None
    )
