"""What a told conversation is: a topic, an outcome and lines that alternate between two people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Script:
    """Lines begin with ``>`` when the customer speaks, ``<`` when the agent does.

    ``{product}``, ``{order}`` and ``{day}`` are filled in for each telling.
    """

    topic: str
    outcome: str
    text: str

    def lines(self) -> list[tuple[bool, str]]:
        """Return the lines as (is it the customer?, words)."""
        told = (line.strip() for line in self.text.strip().splitlines())
        return [(line[0] == ">", line[1:].strip()) for line in told if line]


@dataclass(frozen=True, slots=True)
class Repertoire:
    """Everything that is said in one language."""

    scripts: tuple[Script, ...]
    products: tuple[str, ...]
    days: tuple[str, ...]
    praise: tuple[str, ...]
    blame: tuple[str, ...]
