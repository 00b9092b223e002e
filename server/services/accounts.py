"""Who works here: signing in, being known again, signing out."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

import structlog

from server.protocol.errors import Unauthorized
from server.protocol.events import SessionEnded
from server.protocol.rest import CurrentSession, OwnSessions, SignedIn, SignIn
from server.protocol.shapes import Agent, Person
from server.services.clock import Clock
from server.services.fanout import Fanout
from server.services.limits import Limit
from server.services.passwords import Passwords
from server.services.rooms import agent_room, sign_in_room
from server.services.seats import AgentSeat
from server.services.stores import Stores
from storage.errors import StorageUnavailable
from storage.people import AgentRow

TOKEN_BYTES = 32
FORGET_S = 3600.0
log = structlog.stdlib.get_logger()

SIGNED_OUT = SessionEnded(code="signed_out", message="You have signed out.")
CHANGED = SessionEnded(code="replaced", message="Your account was changed.", retry_after_ms=100)


@dataclass(frozen=True, slots=True)
class SignInRules:
    """How long a session lasts, how often somebody may try, and whether e-mail goes out."""

    lifetime_s: int
    tries: Limit
    mails: bool = False


class Accounts:
    """Agents' sessions. A token is told once and stored only as its SHA-256."""

    def __init__(
        self,
        stores: Stores,
        passwords: Passwords,
        fanout: Fanout,
        clock: Clock,
        rules: SignInRules,
    ) -> None:
        self._stores, self._passwords, self._fanout = stores, passwords, fanout
        self._clock, self._rules = clock, rules

    async def sign_in(self, command: SignIn, address: str) -> SignedIn:
        """Begin a session, or refuse without saying whether the account exists."""
        email = command.email.strip().lower()
        keys = (f"address {address}", f"email {email}")
        for key in keys:  # counted before the slow check, so that guessing in parallel is no help
            self._rules.tries.count(key)
        row = await self._stores.agents.by_email(email)
        active = row if row is not None and row.deactivated_at is None else None
        stored = None if active is None else active.password_hash
        if not await self._passwords.matches(stored, command.password) or active is None:
            raise Unauthorized("E-mail or password is wrong.")
        for key in keys:
            self._rules.tries.give_back(key)
        now = self._clock.now()
        token = secrets.token_urlsafe(TOKEN_BYTES)
        expires_at = now + timedelta(seconds=self._rules.lifetime_s)
        await self._stores.agent_sessions.create(token_hash(token), active.id, now, expires_at)
        return SignedIn(
            token=token,
            agent=await self._face(active),
            expires_at=expires_at,
            mails=self._rules.mails,
        )

    async def seat_of(self, token: str | None) -> AgentSeat:
        """Return who holds this token, as they are now; role and name come from the database."""
        if not token:
            raise Unauthorized
        now = self._clock.now()
        row = await self._stores.agent_sessions.agent_of(token_hash(token), now)
        if row is None or row.deactivated_at is not None:
            raise Unauthorized("This session is over. Please sign in again.")
        return AgentSeat(agent_id=row.id, shop_id=row.shop_id, name=row.name, role=row.role)

    async def current(self, seat: AgentSeat) -> CurrentSession:
        """Return who is signed in."""
        row = await self._stores.agents.get(seat.agent_id)
        if row is None:
            raise Unauthorized
        return CurrentSession(
            agent=await self._face(row),
            status=row.status,
            responding=row.unresponsive_at is None,
            idle=row.idle_at is not None,
            mails=self._rules.mails,
        )

    async def own(self, token: str) -> OwnSessions:
        """Return the session of this token, or none."""
        try:
            return OwnSessions(items=[await self.current(await self.seat_of(token))])
        except Unauthorized:
            return OwnSessions(items=[])

    async def sign_out(self, token: str) -> None:
        """End the session and its sockets."""
        await self._stores.agent_sessions.delete(token_hash(token))
        self._fanout.end(session_room(token), SIGNED_OUT)

    async def sign_out_everywhere(self, agent: AgentRow) -> None:
        """End every session of an agent: after a change of password, or when they leave."""
        await self._stores.agent_sessions.delete_of(agent.id)
        self._fanout.end(agent_room(agent.id), SIGNED_OUT)

    async def forget_expired(self) -> None:
        """Forget sessions that are over, every hour. A job: it never returns."""
        while True:
            await self._clock.sleep_until(self._clock.monotonic() + FORGET_S)
            try:
                await self._stores.agent_sessions.delete_expired(self._clock.now())
            except StorageUnavailable:
                log.warning("expired_sessions_not_forgotten")

    def reconnect(self, agent: AgentRow) -> None:
        """Let an agent's sockets come back as who they are now: role, name or capacity changed."""
        self._fanout.end(agent_room(agent.id), CHANGED)

    async def is_as_seated(self, seat: AgentSeat) -> bool:
        """Tell whether somebody is still who they were when they came."""
        row = await self._stores.agents.get(seat.agent_id)
        return row is not None and row.deactivated_at is None and row.role == seat.role

    async def _face(self, row: AgentRow) -> Agent:
        shop = await self._stores.shops.get(row.shop_id)
        if shop is None:
            raise Unauthorized
        return Agent(
            id=str(row.id),
            name=row.name,
            email=row.email,
            role=row.role,
            capacity=row.capacity,
            shop=Person(id=str(shop.id), name=shop.name),
        )


def token_hash(token: str) -> bytes:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def session_room(token: str) -> str:
    """Every socket of one sign-in."""
    return sign_in_room(token_hash(token))
