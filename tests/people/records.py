"""Records of days that never were."""

from collections.abc import Callable

from loadtest.people.record import Cpu, Record, Second
from loadtest.people.spread import put

Change = Callable[[Second], None]


def day(length_s: int = 60, change: Change = lambda second: None) -> Record:
    """Return a day on one node on which all is well; ``change`` may spoil each of its seconds."""
    record = Record(scenario="noon", customers=40, agents=8, nodes=1, began_at=1_800_000_000.0)
    record.ended_s = length_s
    record.seconds = [_second(at) for at in range(length_s)]
    record.cpu = [
        Cpu(at=at, nodes=[0.3], postgres=0.2, valkey=0.01, people=0.4) for at in range(length_s)
    ]
    for second in record.seconds:
        change(second)
    return record


def _second(at: int) -> Second:
    second = Second(at=at, people={"customers": 40, "agents": 8}, counts={"messages": 20})
    for _ in range(20):
        takes(second, "ack", 4)
        takes(second, "delivery", 6)
    return second


def takes(second: Second, what: str, ms: float) -> None:
    """Add one duration."""
    put(second.spreads.setdefault(what, {}), ms)
