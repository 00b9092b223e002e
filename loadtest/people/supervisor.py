"""A supervisor: watches the lists, reads why somebody waits, looks over shoulders."""

from loadtest.people.line import OVER, Gone, Place, Refusal
from loadtest.people.manners import Manners
from loadtest.people.rest import Rest
from loadtest.people.wire import Json

VIEWS = ("waiting", "all", "closed")
AGAIN_S = (1.0, 4.0)


class Supervisor:
    """Somebody who leads the shop ``site``."""

    def __init__(
        self, place: Place, manners: Manners, email: str, password: str, site: str = ""
    ) -> None:
        self._manners, self._book, self._clock = manners, place.book, place.clock
        self._email, self._password = email, password
        self._rest = Rest(manners.chance.choice(place.urls), place.book)
        self.line = place.line("agent", {}, site, self._hear)
        self.is_over = False

    def watch(self) -> None:
        """Watch until the thread is stopped, or the console is shown out."""
        while not self._rest.sign_in(self._email, self._password):
            self._clock.sleep(self._manners.chance.uniform(*AGAIN_S))
        self.line.auth["token"] = self._rest.token
        try:
            self.line.open()
            self._book.changed("supervisors", 1)
            try:
                while not self.is_over:
                    self._look_round()
            finally:
                self._book.changed("supervisors", -1)
        except Gone:
            self._book.counted("supervisors who went home")
        finally:
            self.line.close()
            self._rest.close()

    def _look_round(self) -> None:
        """Read one list, and one of the conversations in it closely."""
        view = self._manners.chance.choice(VIEWS)
        page = self._rest.get(f"/conversations?view={view}", f"/conversations?view={view}")
        self._clock.sleep(self._manners.watches_s())
        items: list[Json] = page["items"] if page else []
        if not items:
            return
        one = self._manners.chance.choice(items)
        path = f"/conversations/{one['id']}"
        if one["state"] == "queued":
            self._rest.get(f"{path}/waiting", "/conversations/:id/waiting")
        else:
            self._rest.get(f"{path}/decisions", "/conversations/:id/decisions")
        if one["state"] == "active":
            self._look_over_a_shoulder(one["id"])
        self._clock.sleep(self._manners.watches_s())

    def _look_over_a_shoulder(self, conversation: str) -> None:
        try:
            self.line.insist("conversation:open", conversation=conversation)
            self.line.insist("message:since", conversation=conversation, after=0)
            self._clock.sleep(self._manners.watches_s())
            self.line.insist("conversation:leave", conversation=conversation)
        except Refusal:
            return  # it has ended meanwhile

    def _hear(self, name: str, payload: Json) -> None:
        """See it on the screen."""
        self.is_over = name == OVER
