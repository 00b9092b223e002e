"""Which server is the primary now: asked of all Sentinels at once, the newest answer counts."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from redis.asyncio.sentinel import MasterNotFoundError
from redis.exceptions import RedisError

from storage.servers import Address, Servers, ask, text


@dataclass(frozen=True, slots=True)
class Primary:
    """Where the primary is, and how many Sentinels say so, of those that the address names.

    ``epoch`` grows with every fail-over.
    """

    address: Address
    epoch: int
    replicas: int
    sentinels: int
    sentinels_named: int


class Sentinels:
    """Knows the primary of one service. Also what redis-py calls a manager of Sentinels."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers

    async def primary(self) -> Primary:
        """Return the primary; OSError when no Sentinel answers that knows one."""
        service = self._servers.service
        answers = await asyncio.gather(
            *(
                ask(self._servers.sentinel(host), f"SENTINEL MASTER {service}")
                for host in self._servers.hosts
            ),
            return_exceptions=True,
        )
        told = [_fields(answer[0]) for answer in answers if not isinstance(answer, BaseException)]
        if not told:
            raise ConnectionError(f"no Sentinel tells of {service}: {answers[0]!r}")
        newest = max(told, key=lambda each: int(each["config-epoch"]))
        return Primary(
            Address(newest["ip"], int(newest["port"])),
            int(newest["config-epoch"]),
            int(newest["num-slaves"]),
            len(told),
            len(answers),
        )

    async def discover_master(self, _service: str) -> tuple[str, int]:
        """Answer redis-py, whose pool asks this with every new connection."""
        try:
            return (await self.primary()).address
        except (OSError, RedisError) as error:
            raise MasterNotFoundError(str(error)) from error


def _fields(answer: object) -> Mapping[str, str]:
    words = [text(word) for word in cast("list[bytes | str]", answer)]
    return dict(zip(words[::2], words[1::2], strict=True))
