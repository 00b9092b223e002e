"""Who asks over HTTP: address and origin, seen through the proxies that we trust."""

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import web

from server.sockets.knock import Knock, read_knock

Network = IPv4Network | IPv6Network
ADDRESS_MAX_CHARS = 64


class Knocks:
    """Reads the facts of a request. ``public_url`` is our own origin, where one is set."""

    def __init__(self, public_url: str | None, trusted_proxies: Sequence[Network]) -> None:
        self._public_url, self._trusted = public_url, tuple(trusted_proxies)

    def __call__(self, request: web.Request) -> Knock:
        """Return who knocks."""
        knock = read_knock(request)
        own_origin = self._public_url or knock.own_origin
        return replace(knock, remote=self._remote(request), own_origin=own_origin)

    def _remote(self, request: web.Request) -> str:
        """Walk the chain of proxies from our side; the first that is not trusted is the client."""
        remote = request.remote or ""
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
        chain = [part.strip() for part in forwarded.split(",") if part.strip()]
        while chain and self._trusts(remote):
            remote = chain.pop()
        return _counted_as(remote)

    def _trusts(self, address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._trusted)


def _counted_as(address: str) -> str:
    """Return the address that limits count: of IPv6 its /64, which one customer has whole."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:ADDRESS_MAX_CHARS]
    if not isinstance(parsed, IPv6Address) or parsed.is_loopback:
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((parsed, 64), strict=False))
