"""A conversation as a page shows it: the next number is shown, a gap is asked for."""


class Transcript:
    """How far one reader has got."""

    def __init__(self) -> None:
        self.last = 0

    def told(self, seq: int) -> bool:
        """Tell whether a message that came by itself, or an own one, is shown now."""
        if seq != self.last + 1:
            return False
        self.last = seq
        return True

    def read(self, seq: int) -> bool:
        """Tell whether a message of ``message:since`` is shown; its order is trusted."""
        if seq <= self.last:
            return False
        self.last = seq
        return True

    def is_behind(self, head: int) -> bool:
        """Tell whether something up to ``head`` is missing."""
        return head > self.last
