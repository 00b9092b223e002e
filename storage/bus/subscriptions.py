"""What a link wants to hear from its server, what was asked for, and what is confirmed."""

from collections.abc import Iterator

from storage.bus.wire import Verbs, command


class Subscriptions:
    """The channels of one server."""

    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs
        self._wanted: set[bytes] = set()
        self._confirmed: set[bytes] = set()
        self._changed: dict[bytes, bool] = {}
        self._leaving: set[bytes] = set()

    def __contains__(self, name: bytes) -> bool:
        """Whether the server has confirmed it."""
        return name in self._confirmed

    @property
    def have_changed(self) -> bool:
        """Whether there is something to ask for."""
        return bool(self._changed)

    def want(self, name: bytes) -> None:
        """Subscribe."""
        self._wanted.add(name)
        self._changed[name] = True

    def drop(self, name: bytes) -> None:
        """Unsubscribe."""
        self._wanted.discard(name)
        self._changed[name] = False

    def forget(self, name: bytes) -> None:
        """Want it no longer, and ask for nothing: it is elsewhere."""
        self._wanted.discard(name)
        self._confirmed.discard(name)
        self._changed.pop(name, None)

    def begin(self) -> None:
        """Ask for everything: the connection is new."""
        self._leaving.clear()
        self._changed = dict.fromkeys(self._wanted, True)

    def end(self) -> None:
        """Take note that nothing is heard any more."""
        self._confirmed.clear()

    def ask_for_missing(self) -> None:
        """Ask again for what is wanted and not confirmed."""
        self._changed.update(dict.fromkeys(self._wanted - self._confirmed, True))

    def confirm(self, name: bytes) -> None:
        """Take note that the server lets us hear it."""
        self._confirmed.add(name)

    def lose(self, name: bytes) -> bool:
        """Take note that we do not hear it any more; return whether that was asked for."""
        self._confirmed.discard(name)
        was_asked = name in self._leaving
        self._leaving.discard(name)
        return was_asked

    def commands(self) -> Iterator[bytes]:
        """Yield what asks for the changes since the last time."""
        changed, self._changed = self._changed, {}
        wanted = [name for name, is_wanted in changed.items() if is_wanted]
        others = [name for name, is_wanted in changed.items() if not is_wanted]
        self._leaving.update(others)
        for verb, names in ((self._verbs.subscribe, wanted), (self._verbs.unsubscribe, others)):
            for at in range(0, len(names), self._verbs.at_once):
                yield command(verb, *names[at : at + self._verbs.at_once])
