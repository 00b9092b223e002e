"""Mistakes on the lines between nodes, and to clients."""

from collections import Counter

from server.sockets.frames import Frame
from server.sockets.heads import HeadWatch
from server.sockets.outbox import Line
from storage.bus import Bus

AT_THE_START = 1


def keeps_the_deaf() -> None:
    """Write and write to whoever takes nothing, and never cut them off."""

    def patiently(self: Line, frame: Frame) -> bool:
        transport = self._transport  # pyright: ignore[reportPrivateUsage]
        if not transport.is_closing():
            transport.write(frame.wire)
        return True

    Line.put = patiently


def stays_deaf() -> None:
    """Hear no message of other nodes once Valkey was away for anybody, and never compare heads."""
    heard, recover = Bus.heard, Bus._recover  # pyright: ignore[reportPrivateUsage]
    times: Counter[Bus] = Counter()

    def again(self: Bus) -> None:
        times[self] += 1
        recover(self)

    def hear(self: Bus, name: bytes, raw: bytes) -> None:
        if times[self] <= AT_THE_START or b"message:created" not in raw:
            heard(self, name, raw)

    async def never(self: HeadWatch) -> int:
        return 0

    Bus._recover = again  # pyright: ignore[reportPrivateUsage]
    Bus.heard, HeadWatch.compare = hear, never
