"""What stands on the wire: Engine.IO v4 and Socket.IO v5 packets, as bytes."""

from typing import Final, NamedTuple

from msgspec import Struct, json

from server.protocol.shapes import Shape

CLOSE: Final = b"1"
PING: Final = b"2"
PONG: Final = b"3"
UPGRADE: Final = b"5"
NOOP: Final = b"6"
PROBE: Final = b"2probe"
PROBED: Final = b"3probe"
SEPARATOR: Final = b"\x1e"

TEXT: Final = 0x81
PONG_CONTROL: Final = 0x8A
CLOSE_CONTROL: Final = 0x88
ACK_DIGITS_MAX: Final = 16

_encode = json.Encoder().encode


def encode(value: Struct) -> bytes:
    """Encode a shape as JSON."""
    return _encode(value)


def websocket_frame(first: int, body: bytes) -> bytes:
    """Put the header of an unmasked websocket frame before ``body``."""
    size = len(body)
    if size < 126:
        return bytes((first, size)) + body
    if size < 65536:
        return bytes((first, 126)) + size.to_bytes(2, "big") + body
    return bytes((first, 127)) + size.to_bytes(8, "big") + body


class Frame:
    """One Engine.IO packet: ``body`` for polling, ``wire`` with its websocket header, made once."""

    __slots__ = ("body", "wire")

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.wire = websocket_frame(TEXT, body)


def event_body(namespace: str, event: str, payload: bytes) -> bytes:
    """Return the packet of an event whose payload is encoded already."""
    return b'42%b,["%b",%b]' % (namespace.encode(), event.encode(), payload)


def event_frame(namespace: str, event: str, payload: Shape) -> Frame:
    """Return the frame of an event."""
    return Frame(event_body(namespace, event, _encode(payload)))


def answer_frame(namespace: str, ack: bytes, answer: bytes) -> Frame:
    """Return the frame that acknowledges the event with the id ``ack``."""
    return Frame(b"43%b,%b[%b]" % (namespace.encode(), ack, answer))


def connected_frame(namespace: str, session_id: str) -> Frame:
    """Return the frame that tells a client that it has entered ``namespace``."""
    return Frame(b'40%b,{"sid":"%b"}' % (namespace.encode(), session_id.encode()))


def disconnected_frame(namespace: str) -> Frame:
    """Return the frame after which a client does not reconnect by itself."""
    return Frame(b"41%b," % namespace.encode())


def refused_frame(namespace: str, body: bytes) -> Frame:
    """Return CONNECT_ERROR with ``{"message", "data"}`` as JSON; "" is the main namespace."""
    place = b"%b," % namespace.encode() if namespace else b""
    return Frame(b"44%b%b" % (place, body))


class Packet(NamedTuple):
    """A Socket.IO packet taken apart: ``ack`` is its id or b"", ``data`` what follows."""

    namespace: str
    ack: bytes
    data: bytes


class Unreadable(ValueError):
    """The client does not speak Socket.IO."""


def take_apart(raw: bytes) -> Packet:
    """Take apart ``4<type>[<attachments>-][<namespace>,][<ack>][<data>]``. Raises Unreadable."""
    at = 2
    namespace = "/"
    if raw[1:2] in b"56":  # binary: the number of attachments comes first
        dash = raw.find(b"-", 2, 14)
        at = dash + 1 if dash > 0 else at
    if raw[at : at + 1] == b"/":
        comma = raw.find(b",", at, at + 100)
        end = comma if comma > 0 else len(raw)
        try:
            namespace = raw[at:end].decode("ascii").partition("?")[0]
        except UnicodeDecodeError as error:
            raise Unreadable("namespace") from error
        at = end + 1
    start = at
    while raw[start : start + 1].isdigit():
        start += 1
        if start - at > ACK_DIGITS_MAX:
            raise Unreadable("ack")
    return Packet(namespace, raw[at:start], raw[start:])
