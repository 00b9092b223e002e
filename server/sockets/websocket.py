"""aiohttp's websocket with what costs time or memory taken out."""

import asyncio
from typing import cast

from aiohttp import WSCloseCode, WSMsgType, web
from aiohttp.http_websocket import WS_CLOSED_MESSAGE, WebSocketError, WSMessage
from aiohttp.streams import EofStream

from server.sockets.frames import PONG_CONTROL
from server.sockets.outbox import Line

BUSY_BYTES = 65_536
OVER = frozenset({WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED})


class TooBig(Exception):
    """The client sent a frame above the limit."""


class Websocket(web.WebSocketResponse):
    """Never compressed (131 kB a client otherwise), read as bytes, and closed by its connection."""

    def __init__(self, frame_max_bytes: int) -> None:
        super().__init__(
            compress=False,
            autoping=False,
            autoclose=False,
            max_msg_size=frame_max_bytes,
            decode_text=False,
        )

    @property
    def transport(self) -> asyncio.WriteTransport:
        """What to write to. Only after ``prepare``."""
        if self._writer is None:
            raise RuntimeError("prepare() comes first")
        return self._writer.transport

    async def read(self, line: Line) -> bytes | None:
        """Return the next text frame; None when the client is gone. Raises TooBig."""
        while True:
            message = await self._next()
            kind = message.type
            if kind is WSMsgType.TEXT:
                return cast("bytes", message.data)
            if kind is WSMsgType.PING:
                line.control(PONG_CONTROL, cast("bytes", message.data))
            elif kind in OVER:
                return None

    async def _next(self) -> WSMessage:
        if self._reader is None:
            raise RuntimeError("prepare() comes first")
        try:
            return cast("WSMessage", await self._reader.read())
        except (EofStream, ConnectionError):
            return WS_CLOSED_MESSAGE
        except WebSocketError as error:
            if error.code == WSCloseCode.MESSAGE_TOO_BIG:
                raise TooBig from error
            return WS_CLOSED_MESSAGE

    async def breathe(self) -> None:
        """Wait while the client does not take what it asked for."""
        writer = self._payload_writer
        if writer is not None and self.transport.get_write_buffer_size() > BUSY_BYTES:
            await writer.drain()

    async def write_eof(self, data: bytes = b"") -> None:
        """Leave the goodbye to the connection: aiohttp's own would wait for a deaf client."""
        self._eof_sent = True
