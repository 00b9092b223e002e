"""An agent: signs in, is available, accepts, types, closes, and takes breaks.

Several customers at a time, but two hands: only one of them is read and answered at any moment.
"""

import threading
from queue import Queue

from loadtest.people.line import OVER, Gone, Place, Refusal
from loadtest.people.manners import FAREWELLS, Manners
from loadtest.people.rest import Rest
from loadtest.people.talker import Talker
from loadtest.people.wire import Json

LOOK_S = 1.0
AGAIN_S = (1.0, 4.0)


class Agent:
    """Somebody who works at the shop ``site``."""

    def __init__(
        self, place: Place, manners: Manners, email: str, password: str, site: str = ""
    ) -> None:
        self._place, self._manners, self._site = place, manners, site
        self._book, self._clock = place.book, place.clock
        self.email, self._password = email, password
        self.line = place.line("agent", {}, site, self._hear)
        self._hands = threading.Lock()
        self._talks: dict[str, Talker] = {}
        self._events: Queue[tuple[str, Json]] = Queue()

    def work(self) -> None:
        """Be at work until the thread is stopped, or the console is shown out."""
        self.line.auth["token"] = self.sign_in()
        try:
            self.line.open()
            self.line.insist("status:set", status="available")
            self._book.changed("agents", 1)
            try:
                self._serve()
            finally:
                self._book.changed("agents", -1)
        except (Gone, Refusal):
            self._book.counted("agents who went home")
        finally:
            for talker in list(self._talks.values()):
                talker.looks_back(asks=False)
            self.line.close()

    def sign_in(self) -> str:
        """Sign in, however long that takes; return the token."""
        rest = Rest(self._manners.chance.choice(self._place.urls), self._book)
        while not rest.sign_in(self.email, self._password):
            self._clock.sleep(self._manners.chance.uniform(*AGAIN_S))
        rest.close()
        return rest.token

    def _serve(self) -> None:
        break_at = self._clock.now() + self._manners.works_s()
        while True:
            event = self._clock.get(self._events, LOOK_S)
            if event is not None:
                self._react(*event)
            elif self._clock.now() > break_at:
                self._rest()
                break_at = self._clock.now() + self._manners.works_s()

    def _react(self, name: str, payload: Json) -> None:
        if name == OVER:
            raise Gone
        if name == "offer:made":
            self._clock.begin(self._accept, payload["offer"])
        elif name == "status:changed" and not payload.get("responding", True):
            self.line.insist("status:set", status="available")

    def _rest(self) -> None:
        """Finish what is in hand, then be away for a while."""
        self.line.insist("status:set", status="busy")
        while self._talks:
            self._clock.sleep(LOOK_S)
        self.line.insist("status:set", status="away")
        self._book.changed("on a break", 1)
        self._clock.sleep(self._manners.rests_s())
        self._book.changed("on a break", -1)
        self.line.insist("status:set", status="available")

    def _accept(self, offer: str) -> None:
        """Take what is offered and see it through, in a thread of its own."""
        try:
            self._clock.sleep(self._manners.rings_s())
            taken = self.line.insist("offer:accept", offer=offer)["conversation"]
            talker = Talker(self._place, self.line, self._manners, self._site, "customer")
            talker.begin(taken)
            self._talks[talker.conversation] = talker
            try:
                self._talk(talker)
            finally:
                self._talks.pop(talker.conversation, None)
        except (Gone, Refusal):
            return  # withdrawn, ended meanwhile, or the day is over

    def _talk(self, talker: Talker) -> None:
        words = talker.catch_up(live=False)
        while words and not talker.is_over:
            with self._hands:
                talker.read(words)
                if words[-1] in FAREWELLS or talker.is_over:
                    break
                talker.type(self._manners.answer())
            words = talker.wait_for_words(self._manners.waits_for_words_s())
        talker.looks_back()
        if talker.state != "active":
            return
        outcome = "resolved" if words else "no_reply"
        self.line.insist("conversation:close", conversation=talker.conversation, outcome=outcome)
        with self._hands:
            self._clock.sleep(self._manners.wraps_up_s())
        self.line.insist("conversation:finish", conversation=talker.conversation)

    def _hear(self, name: str, payload: Json) -> None:
        if name == "session:started":
            for offer in payload["offers"]:
                self._events.put(("offer:made", offer))
            for conversation in payload["conversations"]:
                self._tell(conversation["id"], "conversation:changed", conversation)
        elif name in {"offer:made", "status:changed", OVER}:
            self._events.put((name, payload))
        elif name == "conversation:changed":
            self._tell(payload["id"], name, payload)
        elif "conversation" in payload:
            self._tell(payload["conversation"], name, payload)

    def _tell(self, conversation: object, name: str, payload: Json) -> None:
        talker = self._talks.get(str(conversation))
        if talker is not None:
            talker.hear(name, payload)
