"""The server that takes our e-mail, as the settings name it."""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

Tls = Literal["starttls", "from_the_start", "none"]

SCHEMES: dict[str, tuple[Tls, int]] = {
    "smtp": ("starttls", 587),
    "smtps": ("from_the_start", 465),
    "smtp+plain": ("none", 25),
}
"""How the way is kept private, and the usual port."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in; without a user nobody signs in. The password is never shown."""

    host: str
    port: int
    tls: Tls
    user: str | None = None
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class MailSetting:
    """The server, and the address that mail comes from."""

    server: MailServer
    sender: str


def mail_server(url: SecretStr) -> MailServer:
    """Read an address; ValueError says what is wrong with it, and repeats nothing of it."""
    try:
        parts = urlsplit(url.get_secret_value())
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is no address: write @, / and % of a password as %40, %2F, %25") from None
    if parts.scheme not in SCHEMES or not host:
        raise ValueError("must begin with smtp://, smtps:// or smtp+plain:// and name a host")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("must be user, password, host and port only")
    tls, usual = SCHEMES[parts.scheme]
    if tls == "none" and (parts.username or parts.password):
        raise ValueError("has a password that smtp+plain:// would send for everybody to read")
    return MailServer(
        host=host,
        port=usual if port is None else port,
        tls=tls,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or ""),
    )
