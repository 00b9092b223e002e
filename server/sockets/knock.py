"""Who knocks: what is known of a connection before anybody has signed in."""

from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

from aiohttp import web

OURS = frozenset({"", "none", "same-origin"})


@dataclass(frozen=True, slots=True)
class Knock:
    """The facts of the HTTP request that opened the connection.

    ``remote`` is the client's address, ``own_origin`` this server as the client addressed it
    (``https://chat.example``), ``origin`` that of the page, if a browser asks; ``fetch_site`` is
    its ``Sec-Fetch-Site``.
    """

    remote: str
    own_origin: str
    origin: str | None = None
    cookies: str = ""
    user_agent: str = ""
    fetch_site: str = ""

    @property
    def is_own_origin(self) -> bool:
        """Whether one of our own pages asks (or no browser, then there is no origin).

        Where a browser names no origin, as for a GET, it still says from what site it asks.
        """
        if self.origin is None:
            return self.fetch_site in OURS
        return self.origin == self.own_origin

    def cookie(self, name: str) -> str | None:
        """Return the cookie of that name, or None."""
        try:
            morsel = SimpleCookie(self.cookies).get(name)
        except CookieError:
            return None
        return None if morsel is None else morsel.value


KnockReader = Callable[[web.Request], Knock]


def read_knock(request: web.Request) -> Knock:
    """Read the facts from the request itself; a node behind a proxy is given another reader."""
    return Knock(
        remote=request.remote or "",
        own_origin=f"{request.scheme}://{request.host}",
        origin=request.headers.get("Origin"),
        cookies=request.headers.get("Cookie", ""),
        user_agent=request.headers.get("User-Agent", "")[:200],
        fetch_site=request.headers.get("Sec-Fetch-Site", ""),
    )
