"""What is wrong with a file, in words: the field first, then what it must be."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar, cast

import msgspec

T = TypeVar("T")


class Mistake(ValueError):
    """Something in a file is not as it must be; the sentence names the field."""


KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}

PARTS = {
    "skills": ("level", "speed"),
    "rings": ("opening time", "level"),
}
"""Names of what stands in pairs."""

SENTENCES: tuple[tuple[str, str], ...] = (
    (r"Expected `(?:int|float)` >= ([\d.e+-]+)", "must be {0} or more"),
    (r"Expected `(?:int|float)` <= ([\d.e+-]+)", "must be {0} or less"),
    (r"Expected `(?:int|float)` > ([\d.e+-]+)", "must be more than {0}"),
    (r"Expected `array` of length >= (\d+).*", "must have {0} or more"),
    (r"Expected `array` of length (\d+).*", "must have {0} parts"),
    (r"Expected `([\w |]+)`, got `(\w+)`", "must be {0}, not {1}"),
    (r"Invalid enum value (.+)", "{0} is not known"),
)


def converted(value: object, kind: type[T], where: str) -> T:
    """Take a value as what it should be; ``Mistake`` names the field at fault."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        said = str(error)
        path = _with_keys(value, kind, said)
    raise Mistake(_sentence(said.partition(" - at ")[0], f"{where}{path}"))


def in_words(name: str) -> str:
    """Quote a name."""
    return f"“{name}”"


def _sentence(said: str, where: str) -> str:
    missing = re.fullmatch(r"Object missing required field `(\w+)`", said)
    if missing:
        return f"{where}.{missing[1]}: is missing"
    unknown = re.fullmatch(r"Object contains unknown field `(.+)`", said)
    if unknown:
        return f"{where}.{unknown[1]}: there is no such field"
    pair = re.fullmatch(r"(.*?\b(\w+)(?:\.[^.\[]+|\[\d+\]))\[([01])\]", where)
    if pair and pair[2] in PARTS:
        return f"{pair[1]}: {PARTS[pair[2]][int(pair[3])]} {_must(said)}"
    return f"{where}: {_must(said)}"


def _must(said: str) -> str:
    for pattern, sentence in SENTENCES:
        found = re.fullmatch(pattern, said)
        if found:
            return sentence.format(*map(_plain, found.groups()))
    return said[:1].lower() + said[1:]


def _plain(word: str) -> str:
    if re.fullmatch(r"[\d.e+-]+", word):
        return f"{float(word):.15g}"
    return " or ".join(KINDS.get(part, part) for part in word.split(" | "))


def _with_keys(value: object, kind: type[Any], said: str) -> str:
    """Return the path of a complaint; msgspec does not say which key of a mapping it means."""
    found = re.search(r" - at (?:`key` in )?`\$([^`]*)`", said)
    path = found[1] if found else ""
    while "[...]" in path:
        before, _, after = path.partition("[...]")
        path = f"{before}.{_culprit(value, before, kind, said)}{after}"
    return path


def _culprit(value: object, before: str, kind: type[Any], said: str) -> str:
    """Return the key of the mapping at ``before`` that suffices for the complaint."""
    keys = list(cast("Mapping[str, object]", _at(value, before)))
    for key in keys:
        try:
            msgspec.convert(_only(value, _steps(before), key), kind)
        except msgspec.ValidationError as error:
            if str(error) == said:
                return key
    return keys[0]


def _steps(path: str) -> list[str | int]:
    return [
        int(index) if index else name for name, index in re.findall(r"\.([^.\[]+)|\[(\d+)\]", path)
    ]


def _at(value: Any, path: str) -> object:
    for step in _steps(path):
        value = value[step]
    return value


def _only(value: Any, steps: list[str | int], key: str) -> object:
    """Return a copy in which the mapping behind ``steps`` has no other key."""
    if not steps:
        return {key: value[key]}
    copy = value.copy()
    copy[steps[0]] = _only(value[steps[0]], steps[1:], key)
    return copy
