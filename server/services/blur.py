"""Personal data made unreadable for those who watch, where a shop says so. Pure.

Hidden are who the customer is, and in everything that was said: what they are called, in whole and
by each word of it, addresses of e-mail, and numbers of seven digits or more, such as those of
phones, cards and accounts.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar, cast

import msgspec

from server.protocol.errors import Conflict
from server.protocol.shapes import Shape
from storage.people import VisitorRow

HIDDEN = "•••"
DOT = HIDDEN[0]
ADDRESS = r"[^\s@<>()\[\]{},;:\"']"
MASKED = re.compile(rf"{DOT}{{2,}}")
"""What was hidden, told from the dots of a list."""

EMAIL = re.compile(rf"(?<!{ADDRESS}){ADDRESS}+@{ADDRESS}+")
NUMBER = re.compile(r"\+?\d(?:[ \u00a0().\-/]{0,2}\d){6,}[Xx]?")
DATE = re.compile(r"\d{4}-\d\d-\d\d|\d\d?[./]\d\d?[./]\d{4}")
DIGIT = re.compile(r"\d")
ORIGIN = re.compile(r"https?://[^/?#@\\\s]+(?=[/?#]|$)")
LETTER = r"[^\W_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]"
"""What words are made of that stand apart from others; Thai, Chinese, Japanese, Korean do not."""
WORD = re.compile(r"[^\W\d_]{2,}")
UNVEILED = frozenset({"live:changed"})
"""Events that name no customer of such a shop."""
SPOKEN = frozenset(
    {"text", "note", "comment", "reason", "title", "sentence", "outcome", "customer", "phone"}
)
"""Where words stand that somebody has chosen, and who the customer is where nobody stands."""

ShapeT = TypeVar("ShapeT", bound=Shape)


@dataclass(frozen=True)
class Veil:
    """Hides the customer of one conversation. ``known`` is what they are called, and reached by."""

    conversation: str
    visitor: str
    known: tuple[str, ...]

    @classmethod
    def over(cls, conversation_id: object, visitor_id: object, row: VisitorRow | None) -> "Veil":
        """Return what hides a conversation whose customer is ``row``."""
        known = () if row is None else _known(row.name, row.email, row.phone)
        return cls(str(conversation_id), str(visitor_id), known)

    def renewed(self, told: Mapping[str, Any]) -> "Veil":
        """Return what hides the customer also by what an event calls them now."""
        visitor = told.get("visitor")
        if not isinstance(visitor, dict):
            return self
        fields = cast("dict[str, str | None]", visitor)
        now = _known(*(fields.get(each) for each in ("name", "email", "phone")))
        if set(self.known).issuperset(now):
            return self
        return replace(self, known=_longest_first({*self.known, *now}))

    def text(self, text: str) -> str:
        """Hide what is personal in a text; the rest of it stays as it is."""
        text = NUMBER.sub(_without_digits, EMAIL.sub(f"{HIDDEN}@{HIDDEN}", text))
        return text if self._known is None else self._known.sub(HIDDEN, text)

    def shape(self, shape: ShapeT) -> ShapeT:
        """Hide it in an answer."""
        return msgspec.convert(self._hide(msgspec.to_builtins(shape)), type(shape))

    def told(self, told: dict[str, Any]) -> dict[str, Any]:
        """Hide it in the payload of an event that concerns it."""
        return cast("dict[str, Any]", self._hide(told))

    @cached_property
    def _known(self) -> re.Pattern[str] | None:
        if not self.known:
            return None
        return re.compile("|".join(map(_apart, self.known)), re.IGNORECASE)

    def concerns(self, told: Mapping[str, Any]) -> bool:
        """Tell whether an event is about the conversation, or its customer."""
        of = told.get("conversation")
        if isinstance(of, dict):
            of = cast("dict[str, Any]", of).get("id")
        visitor = told.get("visitor")
        if isinstance(visitor, dict):
            visitor = cast("dict[str, Any]", visitor).get("id")
        return self.conversation in {of, told.get("id")} or visitor == self.visitor

    def _hide(self, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            fields = cast("dict[str, Any]", value)
            if fields.get("id") == self.visitor and "signed" in fields:
                return self._stranger(fields)
            if fields.get("kind") == "customer":
                fields = {key: each for key, each in fields.items() if key != "name"}
            return {key: self._hide(each, self._place(fields, key)) for key, each in fields.items()}
        if isinstance(value, list):
            return [self._hide(each, name) for each in cast("list[Any]", value)]
        return self.text(value) if isinstance(value, str) and name in SPOKEN else value

    @staticmethod
    def _place(fields: Mapping[str, Any], key: str) -> str:
        """Lines of ours speak of whom they name in the words of a text."""
        return "text" if key == "name" and fields.get("kind") == "system" else key

    def _stranger(self, visitor: Mapping[str, Any]) -> dict[str, Any]:
        """Show a customer as somebody of whom nothing is known but what they do here."""
        shown = {key: each for key, each in visitor.items() if key != "name"}
        shown |= {key: HIDDEN for key in ("email", "phone") if key in shown}
        if "attributes" in shown:
            shown["attributes"] = dict.fromkeys(shown["attributes"], HIDDEN)
        if "page" in shown:
            origin = ORIGIN.match(cast("dict[str, str]", shown["page"])["url"])
            shown["page"] = {"url": HIDDEN if origin is None else origin.group()}
        return shown


class Veils:
    """All that one session watches."""

    def __init__(self) -> None:
        self._veils: dict[str, Veil] = {}

    def put(self, veil: Veil) -> None:
        """Hide one conversation more."""
        self._veils[veil.conversation] = veil

    def drop(self, conversation_id: object) -> bool:
        """Hide it no longer; True when nothing is hidden any more."""
        self._veils.pop(str(conversation_id), None)
        return not self._veils

    def __call__(self, event: str, body: bytes) -> bytes:
        """Hide what is told of them; of what does not concern them, the same bytes.

        What a customer is called from now on is hidden from now on.
        """
        if event in UNVEILED:
            return body
        told = cast("dict[str, Any]", msgspec.json.decode(body))
        concerned = [veil.renewed(told) for veil in self._veils.values() if veil.concerns(told)]
        if not concerned:
            return body
        for veil in concerned:
            self.put(veil)
            told = veil.told(told)
        return msgspec.json.encode(told)


def unveiled(given: str, stored: str, veil: Veil, field: str) -> str:
    """Return what is to be stored of a text that was changed by somebody who may have read it so.

    As it was shown it stays as it is. What was hidden cannot be told from what they typed, so with
    it in the text nothing is stored: Conflict.
    """
    shown = veil.text(stored)
    if given == shown:
        return stored
    if shown != stored and len(MASKED.findall(given)) > len(MASKED.findall(stored)):
        raise Conflict(
            "Personal data in this text is hidden from you while you watch, and would be lost. "
            "Change it when you watch no longer.",
            field=field,
            reason="blurred",
        )
    return given


def through(veils: Iterable[Veil], shape: ShapeT) -> ShapeT:
    """Return an answer as it looks behind all of these."""
    for veil in veils:
        shape = veil.shape(shape)
    return shape


def _known(name: str | None, *reached_by: str | None) -> tuple[str, ...]:
    """Return what gives somebody away, the words of their name too, the longest first."""
    said = {each.strip() for each in (name, *reached_by) if each and each.strip()}
    return _longest_first(said | set(WORD.findall(name or "")))


def _longest_first(known: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(known, key=lambda each: (-len(each), each)))


def _apart(known: str) -> str:
    """Find it, but not within other words."""
    before = rf"(?<!{LETTER})" if re.match(LETTER, known) else ""
    behind = rf"(?!{LETTER})" if re.match(LETTER, known[-1]) else ""
    return f"{before}{re.escape(known)}{behind}"


def _without_digits(found: re.Match[str]) -> str:
    number = found.group()
    return number if DATE.fullmatch(number) else DIGIT.sub(DOT, number)
