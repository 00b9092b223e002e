"""What customers and agents have in common: one conversation, read in order, and typing."""

from queue import Queue
from typing import Literal

from loadtest.people.line import Gone, Line, Place, Refusal
from loadtest.people.manners import Manners
from loadtest.people.reader import Reader
from loadtest.people.record import CAUGHT_UP_S, Read
from loadtest.people.stamp import stamp
from loadtest.people.wire import Json

OVER = frozenset({"wrap_up", "closed"})


class Talker:
    """One side of one conversation. The line's thread tells it what it hears."""

    def __init__(
        self,
        place: Place,
        line: Line,
        manners: Manners,
        shop: str,
        other: Literal["customer", "agent"],
    ) -> None:
        self._line, self._manners, self._book, self._clock = line, manners, place.book, place.clock
        self._reader = Reader(place.book, shop, other)
        self._side = "agent" if other == "customer" else "customer"
        self._told: list[tuple[int, float]] = [(0, 0.0)]
        self._begun_at = 0.0
        self._is_slow = self._reader.is_slow = line.phone.is_slow
        self._heard: Queue[tuple[str, list[str]]] = Queue()
        self.conversation, self.state = "", ""
        self._epoch = -1

    def begin(self, conversation: Json, first_seq: int = 0) -> None:
        """Learn which conversation it is; ``first_seq`` is the number of what was said oneself."""
        self.conversation = conversation["id"]
        self._is_now(conversation)
        self._reader.said(first_seq)
        self._begun_at = self._book.now()
        self._is_told(max(first_seq, conversation.get("head", 0)))

    def hear(self, name: str, payload: Json) -> None:
        """Take an event of this conversation."""
        if name == "message:created" and not payload.get("private"):
            self._is_told(payload["seq"])
            if self._reader.lacks(payload["seq"]):
                self._heard.put(("gap", []))
            else:
                self._heard.put(("words", self._reader.see([payload])))
        elif name == "head:changed" and payload["head"] > self._reader.seen:
            self._is_told(payload["head"])
            self._heard.put(("gap", []))
        elif name == "conversation:changed":
            self._is_now(payload)
            self._is_told(payload["head"])
            self._heard.put(("gap" if payload["head"] > self._reader.seen else "state", []))

    def catch_up(self, *, live: bool = True) -> list[str]:
        """Read what was missed; return the other side's words."""
        words: list[str] = []
        while True:
            asked: Json = {"conversation": self.conversation, "after": self._reader.seen}
            page = self._line.insist("message:since", **asked)
            words += self._reader.see(page["messages"], live=live)
            self._is_told(page["head"])
            if not page["messages"] or self._reader.seen >= page["head"]:
                return words

    def looks_back(self, *, asks: bool = True) -> None:
        """Note how far it was read, if one was there long enough to have been told of it all.

        What one has only been told that it is there is read first, if one still ``asks``.
        """
        there = self._line.there()
        if not self.conversation or there is None:
            return
        since, until = max(there[0], self._begun_at), there[1]
        if until - since < CAUGHT_UP_S:
            return
        if self._told[-1][0] > self._reader.seen:
            if not asks:
                return
            try:
                self.catch_up()
            except (Gone, Refusal):
                return
        seen, skipped = self._reader.seen, tuple(self._reader.skipped)
        told = tuple(self._told)
        self._book.read(Read(self.conversation, self._side, since, until, seen, told, skipped))

    def _is_told(self, head: int) -> None:
        """Note that there is something up to there."""
        if head > self._told[-1][0]:
            self._told.append((head, self._book.now()))

    def wait_for_words(self, patience_s: float) -> list[str]:
        """Return what the other side says next; nothing when they stay silent or it is over."""
        until = self._clock.now() + patience_s
        while not self.is_over and (left_s := until - self._clock.now()) > 0:
            heard = self._clock.get(self._heard, left_s)
            if heard is None:
                return []
            what, words = heard
            words = words or (self.catch_up() if what == "gap" else [])
            if words:
                return words
        return []

    def wait_for_state(self, state: str, patience_s: float) -> bool:
        """Return whether it came to be in that state."""
        until = self._clock.now() + patience_s
        while self.state != state and not self.is_over:
            left_s = until - self._clock.now()
            if left_s <= 0 or self._clock.get(self._heard, left_s) is None:
                return False
        return self.state == state

    def read(self, words: list[str]) -> None:
        """Read, and let the other side know."""
        for text in words:
            self._clock.sleep(self._manners.reads_s(text))
        self._line.insist("read:set", conversation=self.conversation, seq=self._reader.seen)

    def type(self, text: str) -> None:
        """Think, type and send."""
        self._clock.sleep(self._manners.thinks_s())
        self._line.insist("typing:set", conversation=self.conversation, on=True)
        self._clock.sleep(self._manners.types_s(text))
        self.say(text)

    def say(self, text: str) -> None:
        """Send at once."""
        client_id = stamp(slow=self._is_slow)
        asked: Json = {"conversation": self.conversation, "client_id": client_id, "text": text}
        stored = self._line.insist("message:send", **asked)
        self._reader.said(stored["seq"])
        self._book.acked(self.conversation, stored["seq"], client_id, self._side)

    def _is_now(self, conversation: Json) -> None:
        """Believe the newest view of it: an answer and an event may overtake each other."""
        if conversation["epoch"] >= self._epoch:
            self._epoch, self.state = conversation["epoch"], conversation["state"]

    @property
    def is_over(self) -> bool:
        """Whether the conversation has ended."""
        return self.state in OVER
