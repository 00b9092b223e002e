"""Which other nodes are on the bus, and whether there are any: what one says, all hear."""

import time

HELLO, BACK, BYE = b"hello", b"back", b"bye"
GONE_S = 15.0


class Neighbours:
    """The nodes that were heard lately."""

    def __init__(self) -> None:
        self._heard: dict[bytes, float] = {}

    def __len__(self) -> int:
        return len(self._heard)

    def meet(self, tag: bytes) -> bool:
        """Take note that a node is there; return whether it is a new one."""
        is_new = tag not in self._heard
        self._heard[tag] = time.monotonic()
        return is_new

    def lose(self, tag: bytes) -> None:
        """Take note that a node said goodbye."""
        self._heard.pop(tag, None)

    def forget_silent(self) -> None:
        """Forget who has not been heard for ``GONE_S`` seconds."""
        oldest = time.monotonic() - GONE_S
        self._heard = {tag: at for tag, at in self._heard.items() if at > oldest}
