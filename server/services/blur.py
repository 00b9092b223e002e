"""Personal data made unreadable for those who watch, where a shop says so. Pure.

Hidden are who the customer is, and in everything that was said: what they are called, addresses of
e-mail, and numbers of seven digits or more, such as those of phones, cards and accounts.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, cast

import msgspec

from server.protocol.shapes import Shape
from storage.people import VisitorRow

HIDDEN = "•••"
ADDRESS = r"[^\s@<>()\[\]{},;:\"']"
EMAIL = re.compile(rf"(?<!{ADDRESS}){ADDRESS}+@{ADDRESS}+")
NUMBER = re.compile(r"\+?\d(?:[ \u00a0().\-/]{0,2}\d){6,}[Xx]?")
DATE = re.compile(r"\d{4}-\d\d-\d\d|\d\d?[./]\d\d?[./]\d{4}")
DIGIT = re.compile(r"\d")
ORIGIN = re.compile(r"https?://[^/?#@\\\s]+(?=[/?#]|$)")
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
        said = () if row is None else (row.name, row.email, row.phone)
        known = sorted({each.strip() for each in said if each and each.strip()}, key=len)
        return cls(str(conversation_id), str(visitor_id), tuple(reversed(known)))

    def text(self, text: str) -> str:
        """Hide what is personal in a text; the rest of it stays as it is."""
        text = NUMBER.sub(_without_digits, EMAIL.sub(f"{HIDDEN}@{HIDDEN}", text))
        return text if self._known is None else self._known.sub(HIDDEN, text)

    def shape(self, shape: ShapeT) -> ShapeT:
        """Hide it in an answer."""
        return msgspec.convert(self._hide(msgspec.to_builtins(shape)), type(shape))

    def event(self, body: bytes) -> bytes:
        """Hide it in the payload of an event; of what does not concern it, the same bytes."""
        told = msgspec.json.decode(body)
        return msgspec.json.encode(self._hide(told)) if self._concerns(told) else body

    @cached_property
    def _known(self) -> re.Pattern[str] | None:
        if not self.known:
            return None
        return re.compile("|".join(map(re.escape, self.known)), re.IGNORECASE)

    def _concerns(self, told: Mapping[str, Any]) -> bool:
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
        """Hide what is told of them."""
        for veil in tuple(self._veils.values()):
            body = veil.event(body)
        return body


def through(veils: Iterable[Veil], shape: ShapeT) -> ShapeT:
    """Return an answer as it looks behind all of these."""
    for veil in veils:
        shape = veil.shape(shape)
    return shape


def _without_digits(found: re.Match[str]) -> str:
    number = found.group()
    return number if DATE.fullmatch(number) else DIGIT.sub("•", number)
