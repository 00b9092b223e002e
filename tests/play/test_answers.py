"""A played agent knows the other half of every conversation that a played customer begins."""

from itertools import pairwise

import pytest

from server.play.answers import REPERTOIRES, UNKNOWN, reply_to
from server.seeding.talk import Repertoire, Script

TOLD = [(words, script) for words in REPERTOIRES.values() for script in words.scripts]


@pytest.mark.parametrize(("words", "script"), TOLD, ids=lambda each: getattr(each, "topic", ""))
def test_every_line_of_a_customer_is_answered_with_what_follows(
    words: Repertoire, script: Script
) -> None:
    facts = {"product": words.products[3], "order": "WR-19001", "day": words.days[2]}
    lines = [(is_customer, text.format(**facts)) for is_customer, text in script.lines()]
    for (is_customer, text), (is_next_customer, answer) in pairwise(lines):
        if is_customer and not is_next_customer:
            known = reply_to(text)[0]
            assert known[:12] == answer[:12]


def test_who_asks_something_else_is_told_who_answers() -> None:
    assert reply_to("Is there life on Mars?") == [UNKNOWN["en"]]
    assert reply_to("火星上有生命吗？") == [UNKNOWN["zh"]]


def test_the_last_word_needs_no_answer() -> None:
    assert reply_to("ok") == []
