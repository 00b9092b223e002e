"""What a sweep found that nobody had told of: suspects at first, for the news may be under way."""

from uuid import UUID

SUSPECT_S = 1.0
"""News may come so much later than the sweep that saw the same."""


class Suspects:
    """Changes found by sweeping, and since when they are known, by the steady clock."""

    def __init__(self) -> None:
        self._since: dict[UUID, float] = {}

    def found(self, subjects: set[UUID], now: float) -> None:
        """Note changes that a sweep found."""
        for subject in subjects:
            self._since.setdefault(subject, now)

    def told(self, subjects: set[UUID]) -> None:
        """Clear those of whom we were told after all."""
        for subject in subjects:
            self._since.pop(subject, None)

    def convicted(self, now: float) -> list[UUID]:
        """Return those of whom nobody told us, once."""
        late = [each for each, since in self._since.items() if since + SUSPECT_S <= now]
        self.told(set(late))
        return late

    def forget(self) -> None:
        """Begin anew."""
        self._since.clear()
