"""A command that is read in one go is the command that is read with care."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import Struct

from server.protocol.errors import AppError
from server.sockets.namespace import CommandNamespace, _draft  # pyright: ignore[reportPrivateUsage]
from tests.sockets.stage import COMMANDS, CONVERSATION, Chat, Hello

CHAT: CommandNamespace[Hello, str] = Chat("/visitor", stage=None)  # type: ignore[arg-type]
NAMES = st.sampled_from([*COMMANDS, "say", "message:send ", ""])
FIELDS = st.sampled_from(["conversation", "client_id", "text", "on", "number", "events", "x"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from([CONVERSATION, "client-id-1", "\0", "\\u0000", "\ud800", "9" * 400]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
PAYLOADS = st.dictionaries(FIELDS, VALUES, max_size=5)
MESSAGES = st.fixed_dictionaries(
    {"conversation": st.just(CONVERSATION), "client_id": st.just("client-id-1"), "text": VALUES}
)
EVENTS = st.builds(
    lambda name, payload, ascii_only: json.dumps(
        [name, payload], ensure_ascii=ascii_only, separators=(",", ":")
    ).encode("utf-8", "surrogatepass"),
    NAMES,
    PAYLOADS | MESSAGES,
    st.booleans(),
)
BROKEN = st.builds(
    lambda event, at, junk, cut: event[: at % len(event)] + junk + event[at % len(event) + cut :],
    EVENTS,
    st.integers(0, 400),
    st.binary(max_size=3),
    st.integers(0, 3),
)


def with_care(data: bytes) -> tuple[str, Struct]:
    reader: Any = CHAT
    name, payload = reader._read(data)
    kind, _ = reader._find(name)
    return name, _draft(payload, kind)


def in_one_go(data: bytes) -> tuple[str, Struct] | None:
    reader: Any = CHAT
    found = reader._read_quickly(data)
    return None if found is None else (found[0], found[2])


@given(EVENTS | BROKEN)
@example(b'["message:send",{"conversation":"c","client_id":"client-id-1","text":"\xff"}]')
@example(b'["test:slow",{"number":1,"number":2}]')
@example(b'["test:slow",{"number":1e0}]')
@example(b'["test:slow",{"number":1}]junk')
def test_p9_what_is_read_in_one_go_is_what_care_reads(data: bytes) -> None:
    quick = in_one_go(data)
    if quick is not None:
        assert quick == with_care(data)


def test_p9_what_people_send_is_read_in_one_go() -> None:
    said = {"conversation": CONVERSATION, "client_id": "client-id-1", "text": "你好, Ann \\ \n"}
    data = json.dumps(["message:send", said], separators=(",", ":")).encode()
    assert in_one_go(data) == with_care(data)


@pytest.mark.parametrize("text", ["\0", "\ud800"])
def test_p9_what_cannot_be_stored_is_left_to_care(text: str) -> None:
    said = {"conversation": CONVERSATION, "client_id": "client-id-1", "text": text}
    data = json.dumps(["message:send", said], separators=(",", ":")).encode()
    assert in_one_go(data) is None
    with pytest.raises(AppError):
        with_care(data)
