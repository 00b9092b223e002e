"""What somebody has seen of a conversation: each message once, and how old it was then."""

from collections.abc import Iterable

from loadtest.people.book import Book
from loadtest.people.stamp import age_ms, is_slow
from loadtest.people.wire import Json


class Reader:
    """One person's eyes on one conversation. ``theirs``: whose words are waited for."""

    def __init__(self, book: Book, shop: str, theirs: str) -> None:
        self._book, self._shop, self._theirs = book, shop, theirs
        self._way = "customer to agent" if theirs == "customer" else "agent to customer"
        self._what = "delivery" if theirs == "customer" else "reply"
        self.is_slow = False
        self.seen = 0
        self.skipped: list[int] = []

    def see(self, messages: Iterable[Json], *, live: bool = True) -> list[str]:
        """Look at messages in order; return what the others said that is new.

        What was said before somebody came (not ``live``) is not measured.
        """
        words: list[str] = []
        for message in messages:
            if message.get("private") or message["seq"] <= self.seen:
                continue
            self.skipped += range(self.seen + 1, message["seq"])
            self.seen = message["seq"]
            if message["sender"]["kind"] == self._theirs:
                words.append(message["text"])
                if live:
                    self._note(message["client_id"])
        return words

    def said(self, seq: int) -> None:
        """Note what was said oneself: it comes back to others only."""
        if seq == self.seen + 1:
            self.seen = seq

    def lacks(self, seq: int) -> bool:
        """Tell whether something before number ``seq`` has not been seen."""
        return seq > self.seen + 1

    def _note(self, client_id: str) -> None:
        ms = age_ms(client_id)
        if ms is None:
            return
        if self.is_slow or is_slow(client_id):
            self._book.took("delivery", f"{self._way} (slow phone)", ms, what="phone")
        else:
            self._book.took("delivery", self._way, ms, what=self._what, shop=self._shop)
