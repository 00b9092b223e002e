"""Posts to other programs. Looks at the address it connects to, not at the name it was given."""

import socket
from collections.abc import Mapping
from typing import Any

import aiohttp

from server.services.alerts.targets import fault_of, is_plainly_private, is_public
from server.services.outbox import NotArrived

TIMEOUT_S = 10.0
CONNECTIONS_MAX = 20
OK, MULTIPLE, BAD = 200, 300, 400


AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]
"""As ``socket.getaddrinfo`` has it: family, kind, protocol, name, address."""


class AddressRefused(OSError):
    """The name leads to this machine or its network."""


def public_socket(address: AddressInfo) -> socket.socket:
    """Open a socket to an address that was looked up, or written in digits whichever way."""
    family, kind, protocol, _, target = address
    if not is_public(str(target[0])):
        raise AddressRefused("address refused")
    return socket.socket(family=family, type=kind, proto=protocol)


class HttpPoster:
    """Posts over HTTP; ``may_be_private``: also to this machine and its network."""

    def __init__(self, *, may_be_private: bool = False) -> None:
        self._may_be_private = may_be_private
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Post it. Whatever answers with 2xx has taken it; redirects are not followed."""
        if fault_of(url) or (not self._may_be_private and is_plainly_private(url)):
            raise NotArrived("address_refused")
        try:
            async with self._open().post(
                url, data=body, headers=dict(headers), allow_redirects=False
            ) as response:
                status = response.status
        except TimeoutError as error:
            raise NotArrived("timed_out") from error
        except aiohttp.InvalidURL as error:  # digits that are no address, among others
            raise NotArrived("address_refused") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NotArrived(_why(error)) from error
        if MULTIPLE <= status < BAD:
            raise NotArrived("redirected")
        if not OK <= status < MULTIPLE:
            raise NotArrived(f"status_{status}")

    async def close(self) -> None:
        """Close what is open."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=CONNECTIONS_MAX,
                    force_close=True,
                    socket_factory=None if self._may_be_private else public_socket,
                ),
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "Kefu"},
            )
        return self._session


def _why(error: BaseException) -> str:
    """Find out whether it was us who refused, however it is wrapped."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, AddressRefused):
            return "address_refused"
        cause = cause.__cause__ or cause.__context__
    return "unreachable"
