"""What stands on the wire: Engine.IO v4 and Socket.IO v5 frames, written and taken apart as bytes."""

from typing import Final

from msgspec import Struct, json

from server.protocol.shapes import Shape

PING: Final = b"2"
PONG: Final = b"3"
CLOSE: Final = b"1"
UPGRADE: Final = b"5"
NOOP: Final = b"6"
PROBE: Final = b"2probe"
PROBED: Final = b"3probe"

TEXT_OPCODE: Final = 0x81
CLOSE_OPCODE: Final = 0x88

_encode = json.Encoder().encode


class Frame:
    """One Engine.IO packet: ``body`` for polling, ``wire`` with its websocket header, made once."""

    __slots__ = ("body", "wire")

    def __init__(self, body: bytes) -> None:
        self.body = body
        size = len(body)
        if size < 126:
            self.wire = bytes((TEXT_OPCODE, size)) + body
        elif size < 65536:
            self.wire = bytes((TEXT_OPCODE, 126)) + size.to_bytes(2, "big") + body
        else:
            self.wire = bytes((TEXT_OPCODE, 127)) + size.to_bytes(8, "big") + body


def encode(value: Struct) -> bytes:
    """Encode a shape as JSON."""
    return _encode(value)


def event_body(namespace: str, event: str, payload: bytes) -> bytes:
    """Return the packet of an event whose payload is encoded already."""
    return b'42%b,["%b",%b]' % (namespace.encode(), event.encode(), payload)


def event_frame(namespace: str, event: str, payload: Shape) -> Frame:
    """Return the frame of an event."""
    return Frame(event_body(namespace, event, _encode(payload)))
