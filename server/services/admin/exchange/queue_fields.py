"""The settings of a queue, as files have them. All that can be read and changed comes along."""

import json
import re
from collections.abc import Mapping
from typing import cast

import msgspec
from msgspec import UNSET, inspect

from server.protocol.setup.queues import QueuePatch, QueueRecord, QueueSkillGiven

Builtin = dict[str, object]
NOT_IN_FILES = {"archived"}
FIELDS = tuple(
    name
    for name in QueuePatch.__struct_fields__
    if name in QueueRecord.__struct_fields__ and name not in NOT_IN_FILES
)
BETWEEN = " | "
_SHORT = re.compile(r"(?P<skill>\S+) (?P<level>[1-5])(?: (?P<how>required|preferred))?")
_PLAIN: Builtin = msgspec.to_builtins(QueueSkillGiven(skill="-"))


def _kinds() -> dict[str, str]:
    """Tell by field what it is made of, and whether it may be empty."""
    kinds: dict[str, str] = {}
    for each in cast("inspect.StructType", inspect.type_info(QueuePatch)).fields:
        types = each.type.types if isinstance(each.type, inspect.UnionType) else (each.type,)
        kind = "may be empty" if any(isinstance(t, inspect.NoneType) for t in types) else "plain"
        for one in types:
            kind = _kind(one) or kind
        kinds[each.name] = kind
    return kinds


def _kind(one: inspect.Type) -> str | None:
    match one:
        case inspect.ListType(item_type=inspect.StrType()):
            return "texts"
        case inspect.ListType():
            return "things"
        case inspect.StrType():
            return "text"
        case inspect.BoolType():
            return "truth"
        case _:
            return None


KINDS = _kinds()


def patch_of(record: QueueRecord) -> QueuePatch:
    """Return the settings of a queue as the change that would make them."""
    values = msgspec.to_builtins(record)
    defaults = {name: getattr(record, name) for name in FIELDS}
    whole = {name: values.get(name, msgspec.to_builtins(defaults[name])) for name in FIELDS}
    return msgspec.convert(whole, QueuePatch)


def values_of(patch: QueuePatch) -> Builtin:
    """Return what a change sets, whole, skills in a steady order."""
    values = {name: getattr(patch, name) for name in FIELDS}
    plain: Builtin = {
        name: msgspec.to_builtins(value) for name, value in values.items() if value is not UNSET
    }
    if isinstance(plain.get("skills"), list):
        needs = cast("list[Mapping[str, str]]", plain["skills"])
        plain["skills"] = sorted(needs, key=lambda need: need["skill"])
    return plain


def to_text(name: str, value: object) -> str:
    """Return a setting as a cell of a table."""
    if value is None:
        return ""
    if name == "skills":
        return _skills_text(cast("list[Builtin]", value))
    if KINDS[name] == "texts":
        return _texts_text(cast("list[str]", value))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return str(value)


def from_text(name: str, text: str) -> object:
    """Read a cell of a table; raise ValueError in words when it cannot be read."""
    kind, plain = KINDS[name], text.strip()
    if kind == "text":
        return text
    if kind in {"texts", "things"}:
        return _list_of(name, plain)
    if not plain:
        if kind == "may be empty":
            return None
        raise ValueError("This must not be empty.")
    return plain.lower() if kind == "truth" else plain


def _list_of(name: str, text: str) -> object:
    if text.startswith("["):
        try:
            given: object = json.loads(text)
            json.dumps(given, ensure_ascii=False).encode()  # halves of pairs cannot be stored
        except (ValueError, RecursionError):
            raise ValueError("This is no list in JSON.") from None
        return given
    parts = [part.strip() for part in text.split("|") if part.strip()]
    if name == "skills":
        return [_skill_of(part) for part in parts]
    if KINDS[name] == "things" and parts:
        raise ValueError("Write this as a list in JSON.")
    return parts


def _skills_text(needs: list[Builtin]) -> str:
    is_short = all(
        need.get(name, plain) == plain
        for need in needs
        for name, plain in _PLAIN.items()
        if name not in {"skill", "level", "required"}
    )
    if not is_short:
        return json.dumps(needs, ensure_ascii=False)
    return BETWEEN.join(
        f"{need['skill']} {need['level']}{'' if need['required'] else ' preferred'}"
        for need in needs
    )


def _skill_of(text: str) -> Builtin:
    found = _SHORT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text} is not like `refunds 3` or `lang:zh 2 preferred`.")
    how = found["how"] or "required"
    return {"skill": found["skill"], "level": int(found["level"]), "required": how == "required"}


def _texts_text(texts: list[str]) -> str:
    is_plain = all(text == text.strip() and "|" not in text for text in texts)
    if not is_plain or (texts and texts[0].startswith("[")):
        return json.dumps(texts, ensure_ascii=False)
    return BETWEEN.join(texts)
