"""`/sessions`: signing in and out."""

from aiohttp import web

from server.http.endpoint import Call, Endpoint, NoContent, Nothing, endpoint
from server.protocol.rest import CurrentSession, OwnSessions, SignedIn, SignIn
from server.services.accounts import Accounts
from server.services.sign_out import SignOut
from server.sockets.agent import COOKIE


class SessionsResource:
    """The sessions of agents. The cookie is out of reach for scripts and for other sites."""

    def __init__(
        self, accounts: Accounts, sign_out: SignOut, cookie_max_age_s: int, *, is_https: bool
    ) -> None:
        self._accounts, self._sign_out = accounts, sign_out
        self._max_age_s, self._is_https = cookie_max_age_s, is_https

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        return [
            endpoint(
                "POST",
                "/sessions",
                self.sign_in,
                takes=SignIn,
                gives=SignedIn,
                access="anyone",
                status=201,
            ),
            endpoint(
                "GET",
                "/sessions",
                self.own,
                takes=Nothing,
                gives=OwnSessions,
                access="anyone",
            ),
            endpoint("GET", "/sessions/current", self.current, takes=Nothing, gives=CurrentSession),
            endpoint("DELETE", "/sessions/current", self.sign_out, takes=Nothing, gives=NoContent),
        ]

    async def sign_in(self, call: Call, given: SignIn) -> SignedIn:
        """Sign in; the answer's token and the cookie are the same."""
        signed_in = await self._accounts.sign_in(given, call.knock.remote)

        def keep(response: web.Response) -> None:
            response.set_cookie(
                COOKIE,
                signed_in.token,
                max_age=self._max_age_s,
                path="/",
                httponly=True,
                samesite="Strict",
                secure=self._is_https,
            )

        call.response_cookies.append(keep)
        return signed_in

    async def own(self, call: Call, _: Nothing) -> OwnSessions:
        """Say who is signed in at this browser, if anybody is. It is refused to nobody."""
        return await self._accounts.own(call.token)

    async def current(self, call: Call, _: Nothing) -> CurrentSession:
        """Say who is signed in."""
        return await self._accounts.current(call.seat)

    async def sign_out(self, call: Call, _: Nothing) -> NoContent:
        """Sign out; the session's sockets end. The last one hands back what the agent held."""
        await self._sign_out.sign_out(call.seat, call.token)
        call.response_cookies.append(
            lambda response: response.del_cookie(
                COOKIE, path="/", httponly=True, samesite="Strict", secure=self._is_https
            )
        )
        return NoContent()
