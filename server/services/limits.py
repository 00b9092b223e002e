"""How often somebody may do something, remembered per node and bounded in memory.

A bucket that is full again says no more than none: it is forgotten when the next one counts.
"""

from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import ip_address

from server.protocol.errors import TooMany
from server.services.clock import Clock

REMEMBERED_MAX = 50_000


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Limit:
    """Allows ``times`` in ``per_s`` seconds for each key, spread evenly after the first burst."""

    def __init__(self, clock: Clock, setting: str, times: int, per_s: float) -> None:
        self._clock, self._setting = clock, setting
        self._times, self._per_s = times, per_s
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def count(self, key: str) -> None:
        """Count one more by ``key``, or refuse with `TooMany`, naming setting and wait."""
        now = self._clock.monotonic()
        bucket = self._buckets.pop(key, None) or _Bucket(self._times, now)
        bucket.left, bucket.at = self._left(bucket, now), now
        self._forget(now)
        self._buckets[key] = bucket
        if bucket.left < 1:
            wait_s = (1 - bucket.left) * self._per_s / self._times
            raise TooMany(
                setting=self._setting, limit=self._times, retry_after_ms=int(wait_s * 1000) + 1
            )
        bucket.left -= 1

    def __len__(self) -> int:
        """Return how many keys are remembered."""
        return len(self._buckets)

    def count_address(self, address: str) -> None:
        """Count one more from an address. Ours is that of tools, and of proxies nobody named."""
        if not _is_ours(address):
            self.count(address)

    def give_back(self, key: str) -> None:
        """Take back one that should not have counted, such as a sign-in that succeeded."""
        bucket = self._buckets.get(key)
        if bucket is not None:
            bucket.left = min(self._times, bucket.left + 1)

    def _left(self, bucket: _Bucket, now: float) -> float:
        return min(self._times, bucket.left + (now - bucket.at) * self._times / self._per_s)

    def _forget(self, now: float) -> None:
        """Make room for one: strike those counted longest ago, as far as it changes nothing."""
        while self._buckets:
            oldest = next(iter(self._buckets.values()))
            if self._left(oldest, now) < self._times and len(self._buckets) < REMEMBERED_MAX:
                return
            self._buckets.popitem(last=False)


def _is_ours(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
