"""Sends letters to those who lead: of alerts and of reports, in the language of their shop."""

from typing import Protocol

from server.services.clock import Clock
from server.services.mail.alert_letter import alert_letter
from server.services.mail.letters import Envelope, Letter, Sealed, seal
from server.services.mail.report_letter import report_letter
from server.services.mail.words import words_of
from server.services.outbox import TRIES_MAX, Deliveries, Refused
from storage.mails import DueMail, Mails


class Postbox(Protocol):
    """How a letter leaves."""

    async def send(self, letter: Sealed) -> None:
        """Hand it in; NotArrived or Refused unless it was taken."""
        ...


class Letters:
    """Writes what is due and hands it in. ``console`` is where links lead; None: there are none."""

    def __init__(self, postbox: Postbox, sender: str, console: str | None) -> None:
        self._postbox, self._sender, self._console = postbox, sender, console

    async def bring(self, due: DueMail, now: object) -> None:
        """Send it; NotArrived or Refused unless it was taken. Its date is when it first left."""
        envelope = Envelope(due.id, self._sender, due.shop_name, due.address, due.leaves_at)
        try:
            sealed = seal(self._written(due), envelope)
        except ValueError as error:  # an address that no mail can go to
            raise Refused("bad_address") from error
        await self._postbox.send(sealed)

    def tries_of(self, due: DueMail) -> int:
        """Return how often it is tried."""
        return TRIES_MAX

    def _written(self, due: DueMail) -> Letter:
        words = words_of(due.locale, due.time_zone)
        if due.report_id is not None:
            return report_letter(due.body, due.sheet, due.shop_name, words, self._console)
        return alert_letter(due.body, due.shop_name, words, self._console)


def mails_of(mails: Mails, letters: Letters, clock: Clock) -> Deliveries[DueMail]:
    """Return the job."""
    return Deliveries("mail", mails, letters, clock)
