"""How people behave: how long they look, think, type and wait. Drawn from a seed; pure."""

from dataclasses import dataclass
from random import Random

QUESTIONS = (
    "Where is my order?",
    "It says delivered, but nothing is here.",
    "Can I change the address? We have moved, and the old flat is empty by now.",
    "Is the big one dishwasher safe?",
    "The glaze has a crack. I can send you a picture if that helps.",
    "How long does it take to Bristol?",
    "My code does not work: it says that it has run out, and it is from this morning.",
    "Do you have it in green?",
    "I have ordered two and would like to send one of them back. What do I have to do?",
    "And if nobody is at home?",
)
ANSWERS = (
    "Let me look it up.",
    "It left our house on Tuesday. The carrier says tomorrow before noon.",
    "I have changed it. You will get a mail about that in a minute.",
    "Yes, it is. The rim likes a soft brush better, though.",
    "I am sorry about this. We send you a new one today, and you can keep the other.",
    "Two or three working days as a rule.",
    "Green is back in about a week. Shall I keep one for you?",
    "Use the box it came in. I have just sent you a label.",
)
FAREWELLS = ("Thank you, that is all. Bye!", "Great, thanks. Bye!", "Alright. Bye!")

LETTER_S, LETTER_READ_S = 0.12, 0.03
TYPING_MAX_S = 12.0
NOISE_LINES = 40


@dataclass(slots=True)
class Manners:
    """One person's. ``pace`` 1 is a person's own, 0.1 ten times quicker."""

    chance: Random
    pace: float = 1.0

    def looks_s(self) -> float:
        """Return how long somebody looks at the page before they ask, or leave."""
        return self._about_s(2.5, 0.6)

    def only_looks(self) -> bool:
        """Tell whether they leave without a word."""
        return self.chance.random() < 0.15

    def thinks_s(self) -> float:
        """Return how long somebody thinks before they type."""
        return self._about_s(2.0, 0.6)

    def reads_s(self, text: str) -> float:
        """Return how long it takes to read."""
        return self.pace * (0.3 + LETTER_READ_S * len(text))

    def types_s(self, text: str) -> float:
        """Return how long it takes to type."""
        return self.pace * min(TYPING_MAX_S, 0.5 + LETTER_S * len(text))

    def patience_s(self) -> float:
        """Return how long they wait for an agent."""
        return self.pace * (15 + self.chance.expovariate(1 / 75))

    def waits_for_words_s(self) -> float:
        """Return how long they wait for the next words, on either side."""
        return self.pace * self.chance.uniform(60, 150)

    def rings_s(self) -> float:
        """Return how long an agent lets it ring."""
        return self._about_s(1.5, 0.4)

    def wraps_up_s(self) -> float:
        """Return how long an agent writes notes afterwards."""
        return self._about_s(3.0, 0.5)

    def works_s(self) -> float:
        """Return how long an agent works until the next break."""
        return self.pace * self.chance.uniform(120, 600)

    def rests_s(self) -> float:
        """Return how long a break is."""
        return self.pace * self.chance.uniform(10, 40)

    def watches_s(self) -> float:
        """Return how long a supervisor looks at something."""
        return self.pace * self.chance.uniform(2, 8)

    def comes_after_s(self, mean_s: float) -> float:
        """Return how long after the one before them they come, whether that one has left or not."""
        return self.pace * self.chance.expovariate(1 / mean_s)

    def questions(self) -> list[str]:
        """Return what somebody has to ask: one thing, or a few."""
        count = 1
        while count < 6 and self.chance.random() < 0.6:
            count += 1
        return self.chance.sample(QUESTIONS, count)

    def answer(self) -> str:
        """Return what an agent says."""
        return self.chance.choice(ANSWERS)

    def farewell(self) -> str:
        """Return a last word."""
        return self.chance.choice(FAREWELLS)

    def score(self) -> int | None:
        """Return how they rate it; most do not."""
        return self.chance.choice((3, 4, 4, 5, 5, 5)) if self.chance.random() < 0.3 else None

    def _about_s(self, median_s: float, sigma: float) -> float:
        """Return about ``median_s``: mostly near it, sometimes much longer."""
        return self.pace * min(self.chance.lognormvariate(0, sigma), 6) * median_s


@dataclass(frozen=True, slots=True)
class Phone:
    """What a device does to its connection, in seconds."""

    lag_s: float = 0.0
    loses_signal_after_s: float = float("inf")
    finds_it_after_s: float = 0.0

    @property
    def is_slow(self) -> bool:
        """Whether what it measures says more about itself than about the nodes."""
        return self.lag_s > 0


def phone(chance: Random, slow: float) -> Phone:
    """Return somebody's device; ``slow`` (0..1) of them are slow phones."""
    if chance.random() >= slow:
        return Phone()
    return Phone(
        lag_s=chance.uniform(0.15, 0.6),
        loses_signal_after_s=chance.uniform(8, 45),
        finds_it_after_s=chance.uniform(1, 12),
    )
