"""The words of the protocol, and which of them publish: plainly, or by slots of a cluster."""

from collections.abc import Iterable
from dataclasses import dataclass

NODES = "kefu:nodes"
TAG_BYTES = 8


@dataclass(frozen=True, slots=True)
class Verbs:
    """How to publish and subscribe. ``at_once`` is how many channels one command may name."""

    publish: bytes
    subscribe: bytes
    unsubscribe: bytes
    at_once: int

    def published(self, name: bytes, body: bytes) -> bytes:
        """Return a publish as it is sent; done for every message, hence spelt out."""
        return b"*3\r\n%b$%d\r\n%b\r\n$%d\r\n%b\r\n" % (
            self.publish, len(name), name, len(body), body,
        )  # fmt: skip


PLAIN = Verbs(b"$7\r\nPUBLISH\r\n", b"SUBSCRIBE", b"UNSUBSCRIBE", 500)
SHARDED = Verbs(b"$8\r\nSPUBLISH\r\n", b"SSUBSCRIBE", b"SUNSUBSCRIBE", 1)  # of one slot, if more

SUBSCRIBED = (b"subscribe", b"ssubscribe")
UNSUBSCRIBED = (b"unsubscribe", b"sunsubscribe")


def command(*words: bytes) -> bytes:
    """Return a command as it is sent."""
    return b"*%d\r\n%b" % (len(words), b"".join(_words(words)))


def _words(words: Iterable[bytes]) -> Iterable[bytes]:
    return (b"$%d\r\n%b\r\n" % (len(word), word) for word in words)
