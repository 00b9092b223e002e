"""Websocket frames of a client (RFC 6455): text out, masked; anything in, also in pieces."""

import secrets
from collections.abc import Iterator

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


def encode(body: bytes, kind: int = TEXT) -> bytes:
    """Return a whole, masked frame."""
    size = len(body)
    head = bytes([0x80 | kind])
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 65536:
        head += b"\xfe" + size.to_bytes(2, "big")
    else:
        head += b"\xff" + size.to_bytes(8, "big")
    mask = secrets.token_bytes(4)
    long_mask = (mask * (size // 4 + 1))[:size]
    masked = int.from_bytes(body, "big") ^ int.from_bytes(long_mask, "big")
    return head + mask + masked.to_bytes(size, "big")


class Decoder:
    """Takes bytes as they come, gives messages as they are complete."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._pieces = bytearray()
        self._kind = 0

    def feed(self, more: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield the kind and body of each message that ``more`` completes."""
        self._bytes += more
        while (frame := self._next()) is not None:
            is_last, kind, body = frame
            if kind >= CLOSE:
                yield kind, body
                continue
            self._kind = kind or self._kind
            self._pieces += body
            if is_last:
                yield self._kind, bytes(self._pieces)
                self._pieces.clear()

    def _next(self) -> tuple[bool, int, bytes] | None:
        held = self._bytes
        if len(held) < 2:
            return None
        size, at = held[1] & 0x7F, 2
        if size >= 126:
            at = 4 if size == 126 else 10
            if len(held) < at:
                return None
            size = int.from_bytes(held[2:at], "big")
        if len(held) < at + size:
            return None
        body = bytes(held[at : at + size])
        first = held[0]
        del held[: at + size]
        return bool(first & 0x80), first & 0x0F, body
