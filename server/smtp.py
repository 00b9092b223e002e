"""Hands letters in at a mail server, one connection each; says in a word why it could not.

What the server says in its own words may hold addresses, and is not repeated.
"""

import asyncio
import ssl
from contextlib import suppress

import aiosmtplib

from server.mail_server import MailServer
from server.services.mail.letters import Sealed
from server.services.outbox import NotArrived, Refused

TIMEOUT_S = 25.0
"""From the first knock until it is taken."""

GOODBYE_S = 1.0

AT_ONCE = 5
"""Letters of one node on their way: servers take offence at many connections.

All that is taken at once leaves in two waves, so within the minute for which one node has it.
"""

PERMANENT = 500

NOT_OFFERED = "not_offered"
"""TLS, or a way to sign in."""

WORDS: tuple[tuple[type[Exception], str], ...] = (
    (aiosmtplib.SMTPAuthenticationError, "sign_in_refused"),
    (aiosmtplib.SMTPNotSupported, NOT_OFFERED),
    (TimeoutError, "timed_out"),
    (ssl.SSLError, "tls_failed"),
)


class Smtp:
    """The way out. ``tls`` says whose certificates are believed; None: what the machine says."""

    def __init__(
        self,
        server: MailServer,
        tls: ssl.SSLContext | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._server, self._tls, self._timeout_s = server, tls, timeout_s
        self._free = asyncio.Semaphore(AT_ONCE)

    async def send(self, letter: Sealed) -> None:
        """Hand a letter in; Refused where trying again would not help, else NotArrived."""
        async with self._free:
            try:
                await self._send(letter)
            except aiosmtplib.SMTPRecipientsRefused as error:
                raise _refusal(error.recipients[0].code) from error
            except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPDataError) as error:
                raise _refusal(error.code) from error
            except (aiosmtplib.SMTPException, OSError) as error:
                raise NotArrived(_why(error)) from error

    async def _send(self, letter: Sealed) -> None:
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password if server.user else None,
            local_hostname=letter.sender.rpartition("@")[2],
            timeout=self._timeout_s,
            use_tls=server.tls == "from_the_start",
            start_tls=server.tls == "starttls",
            tls_context=self._tls,
        )
        try:
            async with asyncio.timeout(self._timeout_s):
                await client.connect()
                await client.sendmail(letter.sender, [letter.to], letter.content)
            with suppress(aiosmtplib.SMTPException, OSError):  # it is taken, whatever comes now
                await client.quit(timeout=GOODBYE_S)
        finally:
            client.close()


def _refusal(code: int) -> NotArrived:
    """Return what a code means: those from 500 on are for ever, those below for now."""
    return (Refused if code >= PERMANENT else NotArrived)(f"status_{code}")


def _why(error: Exception) -> str:
    if type(error) is aiosmtplib.SMTPException:  # what it says of extensions that are missing
        return NOT_OFFERED
    cause: BaseException | None = error
    while cause is not None:
        for kind, word in WORDS:
            if isinstance(cause, kind):
                return word
        cause = cause.__cause__ or cause.__context__
    return "unreachable"
