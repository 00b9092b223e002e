"""What a played agent knows to answer: the other half of the conversations that are told."""

import re
from collections.abc import Iterator

from server.seeding.people import Language
from server.seeding.talk import Repertoire, Script
from server.seeding.talk_en import ENGLISH
from server.seeding.talk_zh import CHINESE

REPERTOIRES: dict[Language, Repertoire] = {"en": ENGLISH, "zh": CHINESE}
SLOT = re.compile(r"\\\{(\w+)\\\}")
CJK = re.compile(r"[\u4e00-\u9fff]")
UNKNOWN: dict[Language, str] = {
    "en": "I am played by a program and only know what the demo customers ask. "
    "Stop `kefu demo` and sign in to the console to answer yourself.",
    "zh": "我是演示程序扮演的客服，只会回答演示顾客的问题。"
    "停掉 kefu demo，登录工作台，就可以由您来回答。",
}


def reply_to(text: str) -> list[str]:
    """Return the lines that follow what a customer said; none when the talk is over."""
    language = language_of(text)
    for script in REPERTOIRES[language].scripts:
        for said, answers in _turns(script):
            found = _pattern(said).fullmatch(text.strip())
            if found:
                return [_fill(answer, found.groupdict(), script) for answer in answers]
    return [UNKNOWN[language]]


def language_of(text: str) -> Language:
    """Guess the language from the characters."""
    return "zh" if CJK.search(text) else "en"


def _turns(script: Script) -> Iterator[tuple[str, list[str]]]:
    """Yield each customer line with the agent's lines behind it."""
    lines = script.lines()
    for index, (is_customer, text) in enumerate(lines):
        if is_customer:
            answers: list[str] = []
            for is_next_customer, answer in lines[index + 1 :]:
                if is_next_customer:
                    break
                answers.append(answer)
            yield text, answers


def _pattern(template: str) -> re.Pattern[str]:
    """Return what the line looks like with its blanks filled in; a blank twice must be the same."""
    seen: set[str] = set()

    def blank(found: re.Match[str]) -> str:
        name = found[1]
        if name in seen:
            return f"(?P={name})"
        seen.add(name)
        return f"(?P<{name}>.+?)"

    return re.compile(SLOT.sub(blank, re.escape(template)))


def _fill(answer: str, known: dict[str, str], script: Script) -> str:
    """Fill blanks with what the customer named, else with something that fits."""
    words = CHINESE if language_of(script.text) == "zh" else ENGLISH
    facts = {"product": words.products[0], "order": "WR-20001", "day": words.days[2]}
    return answer.format(**(facts | known))
