"""One websocket that speaks Socket.IO by hand, in plain blocking calls.

Why not python-socketio's own client: for each person it keeps three threads and a queue, for each
event it starts one more, and a message with its acknowledgement costs it 282 µs of CPU where this
costs 147: the load generator would be full long before the node is.
These calls become greenlets where locust has patched them, and stay threads where nobody has.
"""

import contextlib
import secrets
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import orjson

from loadtest.people.frames import CLOSE, PING, PONG, Decoder, encode

Json = dict[str, Any]  # as it comes from the wire
OPEN_S = 20.0
SILENCE_S = 6.0
"""Our pages give a connection up after so long without a word; the server pings every 4 s."""

PATH = "/socket.io/?EIO=4&transport=websocket"
CHUNK_BYTES = 65536


class Lost(ConnectionError):
    """The connection is gone, or was never there."""


class Wire:
    """A connection in one namespace. Reading is for one thread, sending for any."""

    def __init__(self, url: str, namespace: str) -> None:
        self._url, self._namespace = urlsplit(url), namespace
        self._socket: socket.socket | None = None
        self._decoder, self._early = Decoder(), b""

    def open(self, auth: Json) -> None:
        """Connect, and ask to be let in; the answer comes with what is read."""
        try:
            line = self._socket = self._connect()
            self._upgrade(line)
            line.settimeout(SILENCE_S)
        except OSError as trouble:
            raise Lost(str(trouble)) from trouble
        self.say(f"40{self._namespace}," + orjson.dumps(auth).decode())

    def ask(self, number: int, command: str, payload: Json) -> None:
        """Send a command; its acknowledgement carries ``number``."""
        body = orjson.dumps([command, payload]).decode()
        self.say(f"42{self._namespace},{number}{body}")

    def say(self, text: str) -> None:
        """Send a packet. Lost when that is impossible."""
        self._send(encode(text.encode()))

    def packets(self) -> Iterator[tuple[str, str]]:
        """Yield the kind and the rest of each packet: ``42``, ``43`` …, ``2`` for a ping.

        Pings are answered already. It ends when the connection is lost.
        """
        while (more := self._receive()) is not None:
            for kind, body in self._decoder.feed(more):
                if kind == CLOSE:
                    return
                if kind == PING:
                    self._send(encode(body, PONG))
                    continue
                text = body.decode()
                if text == "2":
                    self.say("3")
                if text[:1] in "24":
                    yield text[:2], text[2:].removeprefix(f"{self._namespace},")

    def close(self) -> None:
        """Hang up."""
        line, self._socket = self._socket, None  # the reader may hang up at the same moment
        if line is not None:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def _connect(self) -> socket.socket:
        is_secret = self._url.scheme == "https"
        port = self._url.port or (443 if is_secret else 80)
        plain = socket.create_connection((self._url.hostname, port), OPEN_S)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not is_secret:
            return plain
        context = ssl.create_default_context()
        return context.wrap_socket(plain, server_hostname=self._url.hostname)

    def _upgrade(self, line: socket.socket) -> None:
        key = b64encode(secrets.token_bytes(16)).decode()
        line.sendall(
            f"GET {PATH} HTTP/1.1\r\nHost: {self._url.netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        answer = b""
        while b"\r\n\r\n" not in answer:
            more = line.recv(CHUNK_BYTES)
            if not more:
                raise Lost("the server hung up")
            answer += more
        head, _, rest = answer.partition(b"\r\n\r\n")
        status = head.split(b" ", 2)[1]
        if status != b"101":
            raise Lost(f"HTTP {status.decode()}")
        self._early = rest

    def _receive(self) -> bytes | None:
        early, self._early = self._early, b""
        if early:
            return early
        line = self._socket
        if line is None:
            return None
        try:
            return line.recv(CHUNK_BYTES) or None
        except OSError:
            return None

    def _send(self, frame: bytes) -> None:
        line = self._socket
        if line is None:
            raise Lost("offline")
        try:
            line.sendall(frame)
        except OSError as trouble:
            raise Lost(str(trouble)) from trouble
