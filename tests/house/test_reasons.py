"""Whoever is refused reads why in their language: every reason of the server has words."""

import re
from pathlib import Path

import pytest

from tests.support.words import console_words

ROOT = Path(__file__).parents[2]
REASON = re.compile(r'reason="([a-z_]+)"')

TOLD_OTHERWISE = {
    "origin": "the widget is not there at all",
    "unknown_command": "our own pages know the commands",
    "taken": "by its field, as taken.email",
    "offline": "as refusal.not_here",
    "not_done": "the page says what has to be done first",
}


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_every_reason_has_words(locale: str) -> None:
    words = console_words(locale)
    reasons = {
        reason
        for path in (ROOT / "server").rglob("*.py")
        for reason in REASON.findall(path.read_text())
    }
    assert {"ends_first", "card_archived"} <= reasons
    untold = {each for each in reasons if f"'refusal.{each}'" not in words}
    assert untold - TOLD_OTHERWISE.keys() == set()
