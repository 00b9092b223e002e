"""What people write is kept as it is: one place says what cannot be stored; nothing is cut."""

from collections.abc import Mapping
from typing import Protocol

from server.protocol.errors import Invalid, TooLarge
from server.protocol.shapes import Scalar

NAME_MAX = 200
REASON_MIN = 3
REASON_MAX = 500
URL_MAX = 2000


class TextLimits(Protocol):
    """The settings that bound texts; lengths in characters (code points)."""

    @property
    def message_text_max_chars(self) -> int:
        """Longest text of a message."""
        ...

    @property
    def comment_max_chars(self) -> int:
        """Longest comment with a rating."""
        ...

    @property
    def attributes_max(self) -> int:
        """Most attributes of one visitor."""
        ...

    @property
    def attribute_value_max_chars(self) -> int:
        """Longest value of an attribute."""
        ...


class Texts:
    """Decides what may be stored. Emoji, right-to-left, zero-width, control characters: all may."""

    def __init__(self, limits: TextLimits) -> None:
        self._limits = limits

    @property
    def limits(self) -> dict[str, int]:
        """What clients are told when their session starts, by the name of the setting."""
        return {
            "message_text_max_chars": self._limits.message_text_max_chars,
            "comment_max_chars": self._limits.comment_max_chars,
            "attributes_max": self._limits.attributes_max,
            "attribute_value_max_chars": self._limits.attribute_value_max_chars,
        }

    def message(self, text: str, field: str = "text") -> str:
        """Return ``text`` unchanged, or say why it cannot be sent."""
        if not text.strip():
            raise Invalid("There is nothing to send.", field=field)
        return self.optional(text, field)

    def optional(self, text: str, field: str) -> str:
        """Return ``text`` unchanged, empty included, or say why it cannot be stored."""
        limit = self._limits.message_text_max_chars
        return self._bounded(text, field, limit, "message_text_max_chars")

    def comment(self, text: str, field: str = "comment") -> str:
        """Return the comment of a rating unchanged, or say why it cannot be stored."""
        return self._bounded(text, field, self._limits.comment_max_chars, "comment_max_chars")

    def name(self, text: str, field: str) -> str:
        """Return a short text, such as a name, or say why it cannot be stored."""
        if not text.strip():
            raise Invalid("This may not be empty.", field=field)
        return self._bounded(text, field, NAME_MAX, None)

    def short(self, text: str, field: str, length_max: int = NAME_MAX) -> str:
        """Return a bounded text, empty included, or say why it cannot be stored."""
        return self._bounded(text, field, length_max, None)

    def reason(self, text: str) -> str:
        """Return why somebody overrules another, without the space around it."""
        reason = self.short(text.strip(), "reason", REASON_MAX)
        if len(reason) < REASON_MIN:
            raise Invalid("Please say why, in a few words.", field="reason")
        return reason

    def attributes(
        self, given: Mapping[str, Scalar], field: str = "attributes"
    ) -> dict[str, Scalar]:
        """Return attributes that may be stored: bounded in number and in length."""
        if len(given) > self._limits.attributes_max:
            raise TooLarge(
                f"There may be at most {self._limits.attributes_max} attributes.",
                field=field,
                setting="attributes_max",
                limit=self._limits.attributes_max,
            )
        for key, value in given.items():
            self._bounded(key, field, NAME_MAX, None)
            if isinstance(value, str):
                self._bounded(
                    value,
                    f"{field}.{key}"[:NAME_MAX],
                    self._limits.attribute_value_max_chars,
                    "attribute_value_max_chars",
                )
        return dict(given)

    def _bounded(self, text: str, field: str, length_max: int, setting: str | None) -> str:
        if len(text) > length_max:
            told = {"setting": setting} if setting else {}
            raise TooLarge(
                f"This has {len(text)} characters; at most {length_max} are accepted.",
                field=field,
                limit=length_max,
                length=len(text),
                **told,
            )
        if "\x00" in text:
            raise Invalid("This contains a NUL character, which cannot be stored.", field=field)
        if not text.isascii() and any("\ud800" <= each <= "\udfff" for each in text):
            raise Invalid("This contains half a character (a lone surrogate).", field=field)
        return text
