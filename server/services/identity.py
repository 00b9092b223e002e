"""Is this customer who the page says they are? Pure: keys and proofs in, an answer out."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import jwt

from server.protocol.auth import Identity
from server.protocol.errors import Unauthorized

ALGORITHM = "HS256"
TOKEN_VERSION = 1


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that holds. ``fresh`` is false for a JWT that has run out since."""

    external_id: str
    fresh: bool


def hash_of(secret: str, external_id: str) -> str:
    """Return what a shop's server computes for its customer: HMAC-SHA256 in hex."""
    return hmac.new(secret.encode(), external_id.encode(), hashlib.sha256).hexdigest()


def verify(identity: Identity, secret: str, now: datetime) -> Proof:
    """Return the proof, or refuse: a wrong, blank or missing one is never taken for a stranger."""
    if not identity.hash:
        raise Unauthorized("The identity is not signed.", field="identity.hash")
    if identity.hash.count(".") == 2:
        return _verify_jwt(identity, secret, now)
    good = hash_of(secret, identity.id).encode()
    if not hmac.compare_digest(good, identity.hash.encode("utf-8", "replace")):
        raise Unauthorized("The signature of the identity is wrong.", field="identity.hash")
    return Proof(identity.id, fresh=True)


def _verify_jwt(identity: Identity, secret: str, now: datetime) -> Proof:
    """Check signature and subject here and the time by our own clock."""
    try:
        claims = _decode(identity.hash, secret)
        exp = float(claims["exp"])
    except (jwt.InvalidTokenError, TypeError, ValueError, OverflowError) as error:
        raise Unauthorized(
            "The signature of the identity is wrong.", field="identity.hash"
        ) from error
    if not hmac.compare_digest(str(claims["sub"]).encode(), identity.id.encode()):
        raise Unauthorized("The signed identity is somebody else's.", field="identity.id")
    return Proof(identity.id, fresh=now.timestamp() < exp)


def _decode(token: str, key: str) -> dict[str, Any]:
    """Check the signature; the times are checked by our own clock."""
    return jwt.decode(  # pyright: ignore[reportUnknownMemberType]
        token,
        key,
        algorithms=[ALGORITHM],
        options={"require": ["sub", "exp"], "verify_exp": False, "verify_iat": False},
    )


def _encode(claims: dict[str, Any], key: str) -> str:
    return jwt.encode(claims, key, algorithm=ALGORITHM)  # pyright: ignore[reportUnknownMemberType]


class VisitorTokens:
    """The token by which a browser is known again. It names a visitor of one shop, nothing else."""

    def __init__(self, key: str, lifetime_s: int) -> None:
        self._key, self._lifetime = key, timedelta(seconds=lifetime_s)

    def make(self, visitor_id: UUID, shop_id: UUID, now: datetime) -> str:
        """Return a fresh token."""
        claims = {
            "sub": str(visitor_id),
            "shop": str(shop_id),
            "ver": TOKEN_VERSION,
            "exp": int((now + self._lifetime).timestamp()),
        }
        return _encode(claims, self._key)

    def read(self, token: str | None, shop_id: UUID, now: datetime) -> UUID | None:
        """Return whose token it is; None when it is nobody's, another shop's or too old."""
        if not token:
            return None
        try:
            claims = _decode(token, self._key)
            valid = claims.get("ver") == TOKEN_VERSION and now.timestamp() < float(claims["exp"])
            if valid and claims.get("shop") == str(shop_id):
                return UUID(claims["sub"])
        except (jwt.InvalidTokenError, TypeError, ValueError):
            return None
        return None
