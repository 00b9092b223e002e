"""A customer: arrives, looks, asks, waits, talks, and leaves, served or not."""

from collections.abc import Sequence
from contextlib import suppress
from random import Random

from loadtest.people.line import Gone, Place, Refusal
from loadtest.people.manners import NOISE_LINES, Manners, phone
from loadtest.people.stamp import stamp
from loadtest.people.talker import Talker
from loadtest.people.wire import Json


class Visitor:
    """Somebody with the widget open at the shop ``site``. Each visit is somebody else's first."""

    def __init__(
        self,
        place: Place,
        manners: Manners,
        site: str,
        topics: Sequence[str] = (),
        *,
        slow: float = 0.0,
        noisy: bool = False,
    ) -> None:
        self._book, self._clock, self._manners = place.book, place.clock, manners
        self.site, self._topics, self._is_noisy = site, topics, noisy
        auth: Json = {"site": site, "locale": manners.chance.choice(("en", "zh"))}
        self.line = place.line("visitor", auth, site, self._hear)
        self.line.phone = phone(Random(manners.chance.random()), slow)
        self._talker = Talker(place, self.line, manners, site, "agent")

    def visit(self) -> str:
        """Come and go; return in a word how it ended."""
        self._book.changed("customers", 1)
        try:
            self.line.open()
            self._clock.sleep(self._manners.looks_s())
            return "looked" if self._manners.only_looks() else self._ask()
        except Gone:
            return "shown out"
        except Refusal:
            return "cut short"
        finally:
            self._talker.looks_back()
            self.line.close()
            self._book.changed("customers", -1)

    def shown_out(self) -> None:
        """Leave at once, whatever one was about to do."""
        self._talker.looks_back(asks=False)
        self.line.close()

    def _ask(self) -> str:
        questions = self._manners.questions()
        began, client_id = self._clock.now(), stamp(slow=self.line.phone.is_slow)
        asked: Json = {"client_id": client_id, "text": questions.pop(0)}
        if self._topics:
            asked["topic"] = self._manners.chance.choice(self._topics)
        started = self.line.insist("conversation:start", **asked)
        self._talker.begin(started["conversation"], started["message"]["seq"])
        seq = started["message"]["seq"]
        self._book.acked(self._talker.conversation, seq, client_id, "customer")
        self._book.counted("asked")
        if not self._is_served(began):
            return "gave up"
        self._book.changed("talking", 1)
        try:
            return self._talk(questions)
        finally:
            self._book.changed("talking", -1)

    def _is_served(self, began: float) -> bool:
        """Wait for an agent; who has no more patience goes, mostly without a word."""
        self._book.changed("waiting", 1)
        try:
            if self._talker.wait_for_state("active", self._manners.patience_s()):
                ms = (self._clock.now() - began) * 1000
                self._book.took("wait", "queue", ms, what="wait", shop=self.site)
                self._book.counted("served")
                return True
        finally:
            self._book.changed("waiting", -1)
        if self._manners.chance.random() < 0.4:
            self._end()
        return False

    def _talk(self, questions: list[str]) -> str:
        """Go on asking as long as there are answers; then say goodbye."""
        while words := self._talker.wait_for_words(self._manners.waits_for_words_s()):
            self._talker.read(words)
            if self._talker.is_over:
                break
            if not questions:
                self._talker.type(self._manners.farewell())
                break
            self._say_more(questions.pop(0))
        return self._leave()

    def _say_more(self, text: str) -> None:
        if not self._is_noisy:
            return self._talker.type(text)
        for number in range(NOISE_LINES):
            self._talker.say(f"{number + 1}. {text}")
        return None

    def _leave(self) -> str:
        """Wait a moment for a last word, then close the page; some rate it."""
        self._talker.wait_for_words(self._manners.pace * 8)
        self._end()
        score = self._manners.score()
        if score is not None:
            self.line.insist(
                "conversation:rate", conversation=self._talker.conversation, score=score
            )
        return "left"

    def _end(self) -> None:
        """End it, unless the agent was quicker."""
        if not self._talker.is_over:
            with suppress(Refusal):
                self.line.insist("conversation:end", conversation=self._talker.conversation)

    def _hear(self, name: str, payload: Json) -> None:
        if name == "session:started":
            self.line.auth["token"] = payload["token"]
            self._is_now(payload.get("conversation"))
        elif name == "conversation:changed":
            self._is_now(payload)
        elif payload.get("conversation") == self._talker.conversation:
            self._talker.hear(name, payload)

    def _is_now(self, conversation: Json | None) -> None:
        if conversation is not None and self._talker.conversation in {"", conversation["id"]}:
            self._talker.hear("conversation:changed", conversation)
